import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { summarise } from './figures.ts'
import type { Figures } from './figures.ts'

/**
 * HTTP/1.1 clients, each with one kept-alive connection and one request under way. Written by hand because the client shares two cores
 * with what it measures: it sends bytes that were made before the clock started and reads no more of an answer than its status and
 * length.
 *
 * Without `perSecond` it is a closed loop: whoever has an answer asks again at once, so that latency is clients ÷ throughput whatever the
 * server does. With it requests fall due evenly, and latency counts from when a request fell due, not from when a client was free to
 * send it: a server that falls behind cannot hide that by slowing its clients down.
 *
 * @param requests whole requests; each is sent at most once when `once` is set, else they go round
 */
export async function httpLoad(
  baseUrl: string,
  requests: readonly Buffer[],
  options: {
    readonly clients: number
    readonly seconds: number
    readonly status: number
    readonly once: boolean
    readonly perSecond?: number | undefined
  },
): Promise<Figures> {
  const { hostname, port } = new URL(baseUrl)
  const latencies: number[] = []
  const end = performance.now() + options.seconds * 1000
  let next = 0
  const startedAt = performance.now()
  const takeRequest = (): Due | undefined => {
    const now = performance.now()
    const dueAt = options.perSecond === undefined ? now : startedAt + (next / options.perSecond) * 1000
    if (Math.max(now, dueAt) >= end || (options.once && next >= requests.length)) return undefined
    const bytes = requests[next % requests.length]
    next += 1
    return bytes === undefined ? undefined : { bytes, dueAt }
  }
  await Promise.all(
    Array.from({ length: options.clients }, () =>
      runClient(connect(Number(port), hostname), takeRequest, options.status, latencies),
    ),
  )
  return summarise(latencies, (performance.now() - startedAt) / 1000)
}

/** A request, and when it is to be sent on the clock of `performance.now()`. */
type Due = { readonly bytes: Buffer; readonly dueAt: number }

function runClient(
  socket: Socket,
  takeRequest: () => Due | undefined,
  status: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    /** Bytes of the answer that are still to come; undefined while its head is not complete. */
    let missing: number | undefined
    let head: Buffer = Buffer.alloc(0)
    let dueAt = 0
    const send = (): void => {
      const request = takeRequest()
      if (request === undefined) {
        socket.end()
        resolve()
        return
      }
      dueAt = request.dueAt
      const waitMs = dueAt - performance.now()
      if (waitMs > 0) setTimeout(() => socket.write(request.bytes), waitMs)
      else socket.write(request.bytes)
    }
    const receive = (chunk: Buffer): void => {
      if (missing === undefined) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        const size = answerSize(head)
        if (size === undefined) return
        const got = head.toString('latin1', 9, 12)
        if (got !== String(status)) {
          socket.destroy(new Error(`The server answered ${got}: ${head.toString('utf8').slice(0, 600)}`))
          return
        }
        missing = size - head.length
      } else missing -= chunk.length
      if (missing > 0) return
      latencies.push(performance.now() - dueAt)
      missing = undefined
      head = Buffer.alloc(0)
      send()
    }
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.once('connect', send)
    socket.on('data', receive)
  })
}

/** The bytes of a whole answer; undefined while its head is not complete. */
function answerSize(received: Buffer): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const match = /\r\ncontent-length: (\d+)/i.exec(head)
  return headEnd + 4 + Number(match?.[1] ?? 0)
}
