import type { Database } from '../../platform/database.ts'
import type { LiveCatalogue } from './catalogue.ts'
import { selectCatalogue, selectChanges } from './catalogue.sql.ts'
import { createCatalogue, withStock } from './snapshot.ts'

/**
 * Loads the whole catalogue and keeps it up to date: it looks for changes each second, and at once when one is announced. While the
 * database is away it keeps what it has. Throws if the first load fails.
 *
 * @param onError told of each look that failed; the next one follows all the same
 */
export async function openCatalogue(
  database: Database,
  onError: (error: unknown) => void = () => undefined,
): Promise<LiveCatalogue> {
  const load = async () => {
    const parts = await database.inTransaction(selectCatalogue)
    return { catalogue: createCatalogue(parts), stockMark: parts.stock.mark }
  }
  let held = await load()
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let dueAt = Infinity
  let closed = false

  /** One after the other: an older view must never replace a newer one. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }

  async function reload(): Promise<void> {
    held = await load()
  }

  async function look(): Promise<void> {
    const { version, stock } = await selectChanges(database, held.stockMark)
    if (version !== held.catalogue.version) await reload()
    else if (stock !== undefined)
      held = { catalogue: withStock(held.catalogue, stock), stockMark: stock.mark }
  }

  async function tick(): Promise<void> {
    dueAt = Infinity
    try {
      await inTurn(look)
    } catch (error) {
      onError(error)
    }
    lookIn(pollMs)
  }

  /** Moves the next look forward to `delayMs` from now; one that is due before stays. */
  function lookIn(delayMs: number): void {
    const at = performance.now() + delayMs
    if (closed || dueAt <= at) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => void tick(), delayMs)
  }

  // After a gap in listening announcements may have been missed.
  const subscription = database.listen(
    'catalogue_changed',
    () => lookIn(gatherMs),
    () => lookIn(gatherMs),
  )
  lookIn(pollMs)

  return {
    current: () => held.catalogue,
    refresh() {
      if (closed) return Promise.reject(new Error('The catalogue is closed.'))
      // Whoever asks before the load begins can share it; one that runs may have begun too early for them.
      waiting ??= inTurn(() => {
        waiting = undefined
        return reload()
      })
      return waiting
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await subscription.close()
      await last
    },
  }
}

const pollMs = 1_000

/** Changes that are announced together are loaded together. */
const gatherMs = 50
