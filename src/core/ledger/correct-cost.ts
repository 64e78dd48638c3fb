import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId, PartnerId, TransferId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { insertCorrection } from './costs.sql.ts'

/**
 * Books that an order cost us more at a supplier than was booked, or less: corrections against what we owe the supplier. No wallet is
 * touched. Under a reference that was used before it has no effect. Throws Failure validation_failed.
 */
export async function correctCost(
  tx: Tx,
  correction: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    /** The supplier's code: "scrip-kenya". */
    readonly supplier: string
    readonly currency: Currency
    /** Micro-units, not 0. More than 0: we owe the supplier more; less: we owe it less. */
    readonly amount: Micros
    /** The caller's key, unique among the partner's transfers for ever. */
    readonly reference: string
    readonly description: string
    readonly actor: string
  },
): Promise<{ repeated: boolean }> {
  const { amount } = correction
  if (amount === 0n || amount > largestAmountMicros || amount < -largestAmountMicros) {
    const sentence = 'The amount of a correction must not be zero or beyond the largest amount.'
    throw new Failure('validation_failed', { fields: [{ field: 'amount', sentence }] })
  }
  return { repeated: !(await insertCorrection(tx, { ...correction, id: newId<TransferId>() })) }
}
