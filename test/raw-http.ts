import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type RawAnswer = {
  /** All that came back, as latin1. */
  readonly text: string
  /** Status lines in the order in which they came. */
  readonly statuses: readonly number[]
  /** Whether the server ended the connection. */
  readonly closed: boolean
}

/**
 * Writes bytes to a server as they are, which no HTTP client would do, and collects what comes back until the server ends the
 * connection or has been silent for `patienceMs`.
 */
export async function sendRaw(
  baseUrl: string,
  pieces: readonly (string | Buffer)[],
  patienceMs = 500,
  pauseMs = 0,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  let text = ''
  let lastHeardAt = performance.now()
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    lastHeardAt = performance.now()
  })
  socket.on('error', () => undefined)
  for (const piece of pieces) {
    socket.write(piece)
    if (pauseMs > 0) await sleep(pauseMs)
  }
  lastHeardAt = performance.now()
  while (!socket.closed && performance.now() - lastHeardAt < patienceMs) await sleep(10)
  const { closed } = socket
  socket.destroy()
  return {
    text,
    closed,
    statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1])),
  }
}
