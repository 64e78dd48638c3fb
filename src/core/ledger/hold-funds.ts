import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, OrderId, PartnerId, WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { findWallet } from './find-wallet.ts'
import { reserveMoney, selectHold } from './holds.sql.ts'

export type HoldFunds = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  /** Made by the caller and kept, so that a retry finds its hold. */
  readonly holdId: HoldId
  /** Micro-units, more than 0. */
  readonly amount: Micros
  /** What the money is held for; when the hold is settled, the order is charged. Absent: for no order, so that it is only ever released. */
  readonly orderId?: OrderId | undefined
  /** Only out of what is in the wallet, nothing of its overdraft: money that leaves the house is nobody's credit. */
  readonly isOwnMoney?: boolean | undefined
}

/**
 * Sets money of a wallet aside until the hold is settled or released. Idempotent by the hold's id, whatever has become of it.
 * Throws Failure wallet_not_found, insufficient_funds, validation_failed, and transfer_conflict when the id is another hold's.
 */
export async function holdFunds(tx: Tx, command: HoldFunds): Promise<{ repeated: boolean }> {
  const { partnerId, walletId, holdId, amount, orderId, isOwnMoney = false } = command
  if (amount <= 0n || amount > largestAmountMicros) {
    const sentence = 'The amount must be more than zero and not beyond the largest amount.'
    throw new Failure('validation_failed', { fields: [{ field: 'amount', sentence }] })
  }
  const held = await reserveMoney(tx, { partnerId, id: holdId, walletId, amount, orderId, isOwnMoney }).catch(
    (error: unknown) => {
      throw violatedConstraint(error) === 'wallets_not_overdrawn'
        ? new Failure('insufficient_funds', { cause: error })
        : error
    },
  )
  if (held) return { repeated: false }
  const first = await selectHold(tx, partnerId, holdId)
  if (first === undefined) {
    await findWallet(tx, partnerId, walletId)
    throw new Failure('insufficient_funds')
  }
  const isSame = first.walletId === walletId && first.amount === amount && first.orderId === (orderId ?? null)
  if (!isSame) throw new Failure('transfer_conflict')
  return { repeated: true }
}
