import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import pg from 'pg'

export type TransactionPooler = {
  /** The database's address through the pooler, logged in as the given user. */
  readonly url: string
  /** Ends all sessions: the next transactions get new ones, as after RECONNECT in PgBouncer. */
  reconnect(): Promise<void>
  close(): Promise<void>
}

/**
 * A pooler of transactions, as strict as one can be: each transaction gets the session that has waited longest, so no client meets the
 * same one twice in a row.
 *
 * @param url the database, with the login of all sessions
 */
export async function startTransactionPooler(url: string, size = 3): Promise<TransactionPooler> {
  const sessions = openSessions(url, size)
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.on('close', () => clients.delete(client))
    serve(client, sessions)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A TCP server's address is no string.
  const through = new URL(url)
  through.host = `127.0.0.1:${port}`
  return {
    url: through.href,
    reconnect: async () => sessions.drop(),
    async close() {
      clients.forEach((client) => client.destroy())
      server.close()
      await once(server, 'close')
      sessions.close()
    },
  }
}

type Sessions = {
  take(): Promise<Socket>
  giveBack(session: Socket): void
  drop(): void
  close(): void
}

/** Sessions of the database, each lent to one transaction at a time, in turn. */
function openSessions(url: string, size: number): Sessions {
  const idle: Socket[] = []
  const waiting: ((session: Socket) => void)[] = []
  const current = new Set<Socket>()
  let count = 0

  async function open(): Promise<Socket> {
    const client = new pg.Client(url)
    client.on('error', () => undefined)
    await client.connect()
    // Once it is logged in only its socket is of use; the driver does not show it in its types.
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    stream.removeAllListeners('data')
    stream.removeAllListeners('error')
    stream.removeAllListeners('end')
    stream.on('error', () => undefined)
    stream.once('close', () => {
      if (current.delete(stream)) count -= 1
    })
    current.add(stream)
    return stream
  }

  async function take(): Promise<Socket> {
    for (let session = idle.shift(); session !== undefined; session = idle.shift())
      if (current.has(session) && !session.destroyed) return session
    if (count < size) {
      count += 1
      return await open()
    }
    return await new Promise((resolve) => waiting.push(resolve))
  }

  return {
    take,
    giveBack(session) {
      const waiter = waiting.shift()
      if (current.has(session)) {
        if (waiter === undefined) idle.push(session)
        else waiter(session)
      } else {
        session.destroy()
        if (waiter !== undefined) void take().then(waiter)
      }
    },
    drop() {
      for (const session of idle.splice(0)) session.destroy()
      count -= current.size
      current.clear()
    },
    close() {
      for (const session of [...idle, ...current]) session.destroy()
    },
  }
}

/** One client: greeted by us, and each of its transactions passed on to a session. */
function serve(client: Socket, sessions: Sessions): void {
  let isGreeted = false
  let unread = Buffer.alloc(0)
  let session: Promise<Socket> | undefined
  /** Answers that say "ready" which the client still waits for. */
  let awaited = 0

  function lend(): Promise<Socket> {
    session ??= sessions.take().then((taken) => {
      let answer = Buffer.alloc(0)
      taken.on('data', (chunk: Buffer) => {
        client.write(chunk)
        answer = Buffer.concat([answer, chunk])
        for (let frame = frameOf(answer); frame !== undefined; frame = frameOf(answer)) {
          answer = answer.subarray(frame.length)
          if (frame[0] !== letter('Z')) continue
          awaited -= 1
          if (awaited === 0 && frame[5] === letter('I')) {
            taken.removeAllListeners('data')
            session = undefined
            sessions.giveBack(taken)
          }
        }
      })
      return taken
    })
    return session
  }

  client.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    if (!isGreeted) {
      if (unread.length < 8 || unread.length < unread.readInt32BE(0)) return
      unread = unread.subarray(unread.readInt32BE(0))
      client.write(greeting)
      isGreeted = true
    }
    for (let frame = frameOf(unread); frame !== undefined; frame = frameOf(unread)) {
      unread = unread.subarray(frame.length)
      if (frame[0] === letter('X')) return void client.end()
      if (frame[0] === letter('Q') || frame[0] === letter('S')) awaited += 1
      const passed = frame
      void lend().then((to) => to.write(passed))
    }
  })
  // Whoever leaves in the middle of a transaction takes its session along.
  client.on('close', () => void session?.then((taken) => taken.destroy()))
}

/** The first whole message of a stream: a letter, the length of what follows it, and that. */
function frameOf(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 5) return undefined
  const length = 1 + bytes.readInt32BE(1)
  return bytes.length < length ? undefined : bytes.subarray(0, length)
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

function letter(one: string): number {
  return one.charCodeAt(0)
}

/** Let in without a password; what the driver wants to know; ready. */
const greeting = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('S', Buffer.from('server_version\x0018.0\x00')),
  message('S', Buffer.from('client_encoding\x00UTF8\x00')),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
])
