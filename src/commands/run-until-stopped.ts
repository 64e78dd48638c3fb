import type { Log } from '../platform/log.ts'
import { collectOpenThings, untilToldToStop } from '../platform/shutdown.ts'
import type { OpenThings } from '../platform/shutdown.ts'

/**
 * Starts a process that goes on until it is told to stop, and stops it in good order: within `drainMs` and a little more, else at
 * once. Throws what `start` throws, after all that was opened by then is closed.
 */
export async function runUntilStopped(
  log: Log,
  drainMs: number,
  start: (things: OpenThings, stopping: AbortSignal) => Promise<void>,
): Promise<void> {
  const things = collectOpenThings(log)
  const stopping = new AbortController()
  const told = untilToldToStop(log)
  const started = start(things, stopping.signal)
  try {
    const signal = await Promise.race([started.then(() => told), told])
    log.info({ signal }, 'stopping')
  } finally {
    stopping.abort()
    const deadline = setTimeout(() => {
      log.error({ ms: drainMs + closingMs }, 'not everything could be stopped in time; ending at once')
      process.exit(1)
    }, drainMs + closingMs)
    await things.close()
    // Told to stop in the middle of starting: what is opened from here on closes as it opens.
    await started.catch(() => undefined)
    clearTimeout(deadline)
  }
  log.info('stopped')
}

/** For what comes after the requests: the queue, the connections, the embedded database. */
const closingMs = 10_000
