import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openLogFile } from './log-file.ts'

/** A webhook as it came. A line of the receiver's log, written before it was answered. */
export type Received = {
  readonly atMs: number
  readonly path: string
  /** The event's id in the headers, which is the same on each try. */
  readonly id: string
  readonly body: string
  readonly answer: ReceiverAnswer
}

type ReceiverAnswer = 'taken' | 'failed' | 'hung' | 'reset'

export type Receiver = {
  readonly logPath: string
  urlFor(dialect: string): string
  /** From now on it takes everything. */
  behave(): void
  close(): Promise<void>
}

/** Partners' servers, on one port. While it misbehaves it fails, hangs or resets the first try of one event in five, as its id decides. */
export async function openReceiver(logPath: string, seed: number): Promise<Receiver> {
  const log = openLogFile<Received>(logPath)
  const seen = new Set<string>()
  let misbehaves = true
  const answerTo = (id: string): ReceiverAnswer => {
    const draw = createHash('sha256').update(`${seed}/${id}`).digest().readUInt8()
    const isFirst = !seen.has(id)
    seen.add(id)
    if (!misbehaves || !isFirst || draw >= 51) return 'taken'
    return (['failed', 'hung', 'reset'] as const)[draw % 3] ?? 'failed'
  }
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const id = String(request.headers['webhook-id'] ?? '')
      const answer = answerTo(id)
      log.write({ atMs: Date.now(), path: request.url ?? '', id, body, answer })
      give(response, answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A TCP server's address.
  return {
    logPath,
    urlFor: (dialect) => `http://127.0.0.1:${port}/${dialect}`,
    behave: () => void (misbehaves = false),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function give(response: ServerResponse, answer: ReceiverAnswer): void {
  if (answer === 'taken') response.writeHead(200).end()
  else if (answer === 'failed') response.writeHead(500).end()
  else if (answer === 'reset') response.socket?.resetAndDestroy()
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
