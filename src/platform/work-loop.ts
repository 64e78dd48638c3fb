import type { Log } from './log.ts'

export type WorkLoopOptions<Item> = {
  /** For the log. */
  readonly name: string
  readonly log: Log
  /** Items in hand at a time. */
  readonly concurrency: number
  /** It looks for work at least so often, whether somebody wakes it or not. */
  readonly pollMs: number
  /**
   * Takes up to `room` items that are due, so that nobody else does, for a limited time: a process that dies gives them back by
   * itself. Called by one at a time.
   */
  readonly claim: (room: number) => Promise<readonly Item[]>
  /** Does one item and notes the result. What it throws is logged; the item comes back when its claim has run out. */
  readonly run: (item: Item) => Promise<void>
}

/** Work that lies in the database, done as it falls due. */
export type WorkLoop = {
  /** There may be something to do now. */
  wake(): void
  /** Items in hand. */
  inHand(): number
  /** Takes nothing more and waits for what is in hand. Called again, it waits for the same. */
  stop(): Promise<void>
}

/**
 * Starts looking for work: at once, when woken, when a place becomes free and more may be waiting, and every `pollMs`. A database that
 * is away is asked again at the next look.
 */
export function startWorkLoop<Item>(options: WorkLoopOptions<Item>): WorkLoop {
  const { name, log, concurrency, pollMs } = options
  const inHand = new Set<Promise<void>>()
  let looking: Promise<void> | undefined
  let lookAgain = false
  /** Whether the last claim filled all the room that there was. */
  let moreWaiting = false
  let stopped: Promise<void> | undefined
  const timer = setInterval(look, pollMs)

  function look(): void {
    if (stopped !== undefined) return
    if (looking !== undefined) {
      lookAgain = true
      return
    }
    const room = concurrency - inHand.size
    if (room <= 0) {
      moreWaiting = true
      return
    }
    looking = take(room).finally(() => {
      looking = undefined
      if (lookAgain) {
        lookAgain = false
        look()
      }
    })
  }

  async function take(room: number): Promise<void> {
    try {
      const items = await options.claim(room)
      moreWaiting = items.length >= room
      for (const item of items) start(item)
    } catch (error) {
      log.warn({ loop: name, reason: reasonOf(error) }, 'no work could be taken; trying again')
    }
  }

  function start(item: Item): void {
    const running = options
      .run(item)
      .catch((error: unknown) => log.error({ loop: name, err: error }, 'a piece of work failed'))
      .finally(() => {
        inHand.delete(running)
        if (moreWaiting) look()
      })
    inHand.add(running)
  }

  async function stop(): Promise<void> {
    clearInterval(timer)
    await looking
    await Promise.all(inHand)
  }

  look()
  return { wake: look, inHand: () => inHand.size, stop: () => (stopped ??= stop()) }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
