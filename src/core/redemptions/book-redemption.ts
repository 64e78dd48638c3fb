import type { Tx } from '../../platform/database.ts'
import type { PartnerId, TransferId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import { moveVoucherMoney } from '../ledger/move-voucher-money.ts'
import type { Redemption, Share } from './redemption.ts'

/**
 * Books a redemption at a till, or its reversal: in the books of each issuer a transfer between what its vouchers are worth and what the
 * merchant is owed. The transfers of a redemption have its id, those of its reversal that of the reversal.
 */
export async function bookRedemption(
  tx: Tx,
  booking:
    | {
        readonly redemption: Redemption
        readonly shares: readonly Share[]
        readonly merchant: string
        readonly isReversal: false
        readonly actor: string
      }
    | {
        readonly redemption: Redemption
        readonly shares: readonly Share[]
        readonly merchant: string
        readonly isReversal: true
        readonly reversalId: TransferId
        readonly actor: string
      },
): Promise<void> {
  const { redemption, shares, merchant, actor } = booking
  const id = booking.isReversal ? booking.reversalId : (redemption.id as string as TransferId) // Named after the redemption.
  const sign = booking.isReversal ? -1n : 1n
  const transfers = [...sumByIssuer(shares)].map(([partnerId, amount]) => ({
    partnerId,
    id,
    sides: [
      { kind: 'voucher_liability', amount: -amount * sign } as const,
      { kind: 'merchant_payable', merchant, amount: amount * sign } as const,
    ],
  }))
  await moveVoucherMoney(tx, {
    kind: booking.isReversal ? 'redemption_reversal' : 'redemption',
    currency: redemption.currency,
    transfers,
    description: `${booking.isReversal ? 'Reversal of receipt' : 'Receipt'} ${redemption.receipt}`,
    actor,
  })
}

/** What was taken from each issuer's vouchers. */
function sumByIssuer(shares: readonly Share[]): ReadonlyMap<PartnerId, Micros> {
  const sums = new Map<PartnerId, Micros>()
  for (const { partnerId, amount } of shares) sums.set(partnerId, (sums.get(partnerId) ?? 0n) + amount)
  return sums
}
