import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** A request as a receiver got it. */
type Received = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly atMs: number
}

/** What a receiver does with its nth request (from 0): answers with a status and headers, or whatever else can go wrong. */
export type Behaviour = (received: Received, place: number) => Answering

export type Answering =
  | number
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly afterMs?: number
    }
  /** Never answers. */
  | 'hang'
  /** Resets the connection once the request is there. */
  | 'reset'
  /** Answers 200 and then a byte at a time, without end. */
  | 'drip'

export type Receiver = {
  /** "http://127.0.0.1:41234/hook" */
  readonly url: string
  readonly port: number
  readonly received: Received[]
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

/** A partner's server on a port of its own; closed when the test file ends. */
export async function startReceiver(behaviour: Behaviour = () => 200): Promise<Receiver> {
  const received: Received[] = []
  let behave = behaviour
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers,
        body,
        atMs: performance.now(),
      }
      const place = received.push(one) - 1
      answer(response, behave(one, place))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // A TCP server's address is no string.
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  afterAll(close)
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    behave: (next) => void (behave = next),
    close,
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function answer(response: ServerResponse, answering: Answering): void {
  if (answering === 'hang') return
  if (answering === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (answering === 'drip') {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
    return
  }
  const { status, headers, body, afterMs } =
    typeof answering === 'number' ? { status: answering, headers: {}, body: '', afterMs: 0 } : answering
  setTimeout(() => response.writeHead(status, headers).end(body), afterMs ?? 0)
}
