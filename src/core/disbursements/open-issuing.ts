import type { Database } from '../../platform/database.ts'
import type { Log } from '../../platform/log.ts'
import type { Renderer } from '../../platform/templates.ts'
import { startWorkLoop } from '../../platform/work-loop.ts'
import type { KeyRing } from '../keys/ring.ts'
import { claimDue } from './disbursements.sql.ts'
import { issueDisbursement } from './issue-disbursement.ts'

export type IssuingOptions = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly renderer: Renderer
  readonly log: Log
  /** Told of vouchers as they are issued. */
  readonly onIssued?: ((count: number) => void) | undefined
  /** Disbursements in hand at a time; 2 by default. */
  readonly concurrency?: number
  /** Vouchers in one transaction. */
  readonly perLot?: number
  readonly leaseMs?: number
  readonly pollMs?: number
}

/**
 * Issues the vouchers of booked disbursements until it is stopped, beside any others that do the same: a disbursement is in one's hands for
 * `leaseMs`, which each lot renews, and when that one dies, another goes on behind the last lot that was committed.
 */
export function openIssuing(options: IssuingOptions): { stop(): Promise<void> } {
  const { database, keyRing, renderer, log, concurrency = 2, perLot = 1_000 } = options
  const { leaseMs = 30_000, pollMs = 1_000, onIssued = () => undefined } = options
  const loop = startWorkLoop({
    name: 'disbursements',
    log,
    concurrency,
    pollMs,
    claim: (room) => claimDue(database, room, leaseMs),
    run: (claim) => issueDisbursement({ database, keyRing, renderer, log, perLot, leaseMs, onIssued }, claim),
  })
  const subscription = database.listen('disbursements_due', loop.wake, loop.wake)
  return {
    async stop() {
      await subscription.close()
      await loop.stop()
    },
  }
}
