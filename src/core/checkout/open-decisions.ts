import type { Db } from '../../platform/database.ts'
import { startWorkLoop } from '../../platform/work-loop.ts'
import { claimDue, selectOpenDecisions } from './decisions.sql.ts'
import { decideCheckout } from './decide-checkout.ts'
import type { DecideParts } from './decide-checkout.ts'

export type DecisionsOptions = DecideParts & {
  /** Orders in hand at a time. */
  readonly concurrency?: number
  /** How long an order belongs to who has claimed it. */
  readonly leaseMs?: number
  /** How often due orders are looked for when nobody wakes it. */
  readonly pollMs?: number
}

/** Orders being decided and paid out, until it is stopped. */
export type Decisions = { stop(): Promise<void> }

/** Starts asking payers about agreed orders, and paying out what they approve, beside any other processes that do the same. */
export function openDecisions(options: DecisionsOptions): Decisions {
  const { database, log, concurrency = 16, leaseMs = 45_000, pollMs = 1_000 } = options
  const loop = startWorkLoop({
    name: 'checkout decisions',
    log,
    concurrency,
    pollMs,
    claim: (limit) => claimDue(database, { limit, leaseMs }),
    run: (decision) => decideCheckout(options, decision),
  })
  const wake = (): void => loop.wake()
  const subscription = database.listen('checkout_decisions', wake, wake)
  return {
    async stop() {
      await subscription.close()
      await loop.stop()
    },
  }
}

/** How many decisions are open by state, and for how long the oldest has been, for the figures. */
export async function countOpenDecisions(db: Db): ReturnType<typeof selectOpenDecisions> {
  return selectOpenDecisions(db)
}
