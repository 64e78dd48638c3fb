import type { Log } from './log.ts'

/** What was opened, to be closed in the opposite order. */
export type OpenThings = {
  /** Remembers how a thing is closed. When closing has begun it is closed at once, and this throws, so that nothing more is opened. */
  add(name: string, close: () => Promise<unknown>): void
  /** Closes all, newest first, each even if another fails. Called again, it waits for the same closing. */
  close(): Promise<void>
}

export function collectOpenThings(log: Log): OpenThings {
  const things: { name: string; close: () => Promise<unknown> }[] = []
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    for (let thing = things.pop(); thing !== undefined; thing = things.pop()) {
      try {
        log.debug({ thing: thing.name }, 'closing')
        await thing.close()
      } catch (error) {
        log.error({ thing: thing.name, err: error }, 'could not be closed in good order')
      }
    }
  }

  return {
    add(name, close) {
      things.push({ name, close })
      if (closing === undefined) return
      closing = closing.then(closeAll)
      throw new Error('Everything is being closed.')
    },
    async close() {
      closing ??= closeAll()
      for (let seen; seen !== closing;) {
        seen = closing
        await seen
      }
    },
  }
}

/**
 * Waits for SIGINT, SIGTERM or SIGHUP. A second signal ends the process at once: whoever sends it does not want to wait for what the
 * first one began.
 */
export async function untilToldToStop(log: Log): Promise<NodeJS.Signals> {
  return await new Promise((resolve) => {
    let isStopping = false
    for (const [signal, number] of stopSignals) {
      process.on(signal, () => {
        if (isStopping) {
          log.warn({ signal }, 'stopping at once')
          process.exit(128 + number)
        }
        isStopping = true
        resolve(signal)
      })
    }
  })
}

const stopSignals = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const
