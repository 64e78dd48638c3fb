import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, PartnerId } from '../../values/ids.ts'
import { releaseMoney, selectHold } from './holds.sql.ts'

/**
 * Ends a hold and gives all of its money back to the wallet. Repeated, it has no effect.
 * Throws Failure hold_not_found, and transfer_conflict for a hold that was settled.
 */
export async function releaseHold(
  tx: Tx,
  command: { readonly partnerId: PartnerId; readonly holdId: HoldId },
): Promise<{ repeated: boolean }> {
  const { partnerId, holdId } = command
  if (await releaseMoney(tx, partnerId, holdId)) return { repeated: false }
  const hold = await selectHold(tx, partnerId, holdId)
  if (hold === undefined) throw new Failure('hold_not_found')
  if (hold.state === 'released') return { repeated: true }
  throw new Failure('transfer_conflict', { sentence: 'The hold has ended already.' })
}
