import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseHome } from '../platform/database-home.ts'
import { isDatabaseDown } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import { collectOpenThings } from '../platform/shutdown.ts'
import type { OpenThings } from '../platform/shutdown.ts'

/**
 * Waits for the database and runs `start`. Where the database goes away in the middle of it, what `start` has opened is closed and
 * it is run again: a process that is being started must not end because the database was restarted just then. What `things` held
 * before stays open, and closes after what `start` opened. Throws whatever else `start` throws.
 *
 * @param stopping ends the waiting; the start that it interrupts throws
 * @returns what `start` does
 */
export async function startOnDatabase<T>(
  {
    home,
    log,
    stopping,
  }: {
    readonly home: Pick<DatabaseHome, 'untilReachable'>
    readonly log: Log
    readonly stopping: AbortSignal
  },
  things: OpenThings,
  start: (opened: OpenThings) => Promise<T>,
): Promise<T> {
  let opened = collectOpenThings(log)
  things.add('what stands on the database', () => opened.close())
  // As the wait for a database that does not answer yet, it has no end but being told to stop.
  for (;;) {
    try {
      await home.untilReachable(stopping)
      return await start(opened)
    } catch (error) {
      if (stopping.aborted || !isDatabaseDown(error)) throw error
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'the database went away during the start; starting again',
      )
    }
    await opened.close()
    await sleep(pauseMs, undefined, { signal: stopping })
    opened = collectOpenThings(log)
  }
}

/** Short, for requests are answered with 503 meanwhile. */
const pauseMs = 500
