import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Micros } from '../../values/money.ts'
import type { Acceptance, Taken } from './voucher.ts'
import { lockSpendable, takeAmount } from './vouchers.sql.ts'

/**
 * Takes exactly `amount` out of what a telephone number may spend at a merchant, or nothing: locked vouchers before open ones, then those
 * that end first. Throws Failure voucher_balance_insufficient.
 */
export async function takeValue(tx: Tx, acceptance: Acceptance, amount: Micros): Promise<Taken[]> {
  // Once locked, a fresh statement sees what others have left.
  await lockSpendable(tx, acceptance)
  const taken = await takeAmount(tx, acceptance, amount)
  const sum = taken.reduce((total, part) => total + part.amount, 0n)
  if (sum === 0n) throw new Failure('voucher_balance_insufficient')
  if (sum !== amount) throw new Error('Vouchers that were locked have changed.')
  return taken.toSorted((a, b) => a.place - b.place)
}
