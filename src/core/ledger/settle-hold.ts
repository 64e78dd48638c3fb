import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, PartnerId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import { selectHold, settleMoney } from './holds.sql.ts'

export type SettleHold = {
  readonly partnerId: PartnerId
  readonly holdId: HoldId
  /** Micro-units, more than 0 and at most what is held; what is left over goes back to the wallet. Nothing at all: release the hold. */
  readonly amount: Micros
  readonly actor?: string | undefined
}

/**
 * Ends a hold by charging its order. Repeated with the same amount, it has no effect.
 * Throws Failure hold_not_found, validation_failed (more than is held), and transfer_conflict when the hold ended otherwise, or its
 * order has been charged already.
 */
export async function settleHold(tx: Tx, command: SettleHold): Promise<{ repeated: boolean }> {
  const { partnerId, holdId, amount, actor = 'system' } = command
  if (amount <= 0n) throw badAmount('The amount must be more than zero.')
  const settled = await settleMoney(tx, { partnerId, holdId, amount, actor }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'transfers_pkey') throw error
    throw new Failure('transfer_conflict', { sentence: 'The order was charged already.', cause: error })
  })
  if (settled) return { repeated: false }
  const hold = await selectHold(tx, partnerId, holdId)
  if (hold === undefined) throw new Failure('hold_not_found')
  if (hold.state === 'open') throw badAmount('The amount is more than is held.')
  if (hold.state === 'settled' && hold.settledAmount === amount) return { repeated: true }
  throw new Failure('transfer_conflict', { sentence: 'The hold has ended already.' })
}

function badAmount(sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field: 'amount', sentence }] })
}
