import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export type TcpProxy = {
  /** The given URL with the proxy's address in it. */
  readonly url: string
  /** Breaks all connections and refuses new ones, as a server that has died. */
  cut(): Promise<void>
  /** Takes connections again, at the same address. */
  restore(): Promise<void>
  /** Passes nothing on, and closes nothing: as a network that loses every packet. */
  swallow(): void
  /** Passes on again, what was held back first. */
  release(): void
  close(): Promise<void>
}

/**
 * Stands between a client and a server, to be cut.
 *
 * @param onAnswer hears of each piece of what the server says, with its number, before it is passed on
 */
export async function startTcpProxy(
  targetUrl: string,
  onAnswer?: (count: number) => void,
): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  const pairs = new Set<readonly [Socket, Socket]>()
  let isSwallowing = false
  let answers = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    if (onAnswer !== undefined) upstream.on('data', () => onAnswer((answers += 1)))
    const pair = [client, upstream] as const
    pairs.add(pair)
    client.on('close', () => pairs.delete(pair))
    if (isSwallowing) part(pair)
    else join(pair)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A TCP server's address is no string.
  const url = new URL(targetUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const cut = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    sockets.forEach((socket) => socket.destroy())
    await closed
  }
  return {
    url: url.href,
    cut,
    async restore() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    swallow() {
      isSwallowing = true
      pairs.forEach(part)
    },
    release() {
      isSwallowing = false
      pairs.forEach(join)
    },
    close: cut,
  }
}

function join([client, upstream]: readonly [Socket, Socket]): void {
  client.pipe(upstream).pipe(client)
}

function part([client, upstream]: readonly [Socket, Socket]): void {
  client.unpipe(upstream).pause()
  upstream.unpipe(client).pause()
}
