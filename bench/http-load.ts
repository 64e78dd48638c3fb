import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { summarise } from './figures.ts'
import type { Figures } from './figures.ts'

/**
 * A closed loop of HTTP/1.1 clients, each with one kept-alive connection and one request under way. Written by hand because the client
 * shares two cores with what it measures: it sends bytes that were made before the clock started and reads no more of an answer than
 * its status and length.
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
  },
): Promise<Figures> {
  const { hostname, port } = new URL(baseUrl)
  const latencies: number[] = []
  const end = performance.now() + options.seconds * 1000
  let next = 0
  const takeRequest = (): Buffer | undefined => {
    if (performance.now() >= end || (options.once && next >= requests.length)) return undefined
    next += 1
    return requests[(next - 1) % requests.length]
  }
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: options.clients }, () =>
      runClient(connect(Number(port), hostname), takeRequest, options.status, latencies),
    ),
  )
  return summarise(latencies, (performance.now() - startedAt) / 1000)
}

function runClient(
  socket: Socket,
  takeRequest: () => Buffer | undefined,
  status: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    /** Bytes of the answer that are still to come; undefined while its head is not complete. */
    let missing: number | undefined
    let head: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const send = (): void => {
      const request = takeRequest()
      if (request === undefined) {
        socket.end()
        resolve()
        return
      }
      sentAt = performance.now()
      socket.write(request)
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
      latencies.push(performance.now() - sentAt)
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
