import type { Tx } from '../../platform/database.ts'
import type { TransferId } from '../../values/ids.ts'
import { moveVoucherMoney } from '../ledger/move-voucher-money.ts'
import type { Redemption, Share } from './redemption.ts'

/**
 * Books a voucher that went whole into a wallet, or the reversal of that: one transfer where issuer and redeemer are the same, else one in the
 * books of each, with clearing between them. Throws Failure insufficient_funds.
 */
export async function bookCode(
  tx: Tx,
  booking: {
    readonly redemption: Redemption
    readonly shares: readonly Share[]
    readonly isReversal: boolean
    /** Undefined: that of the redemption. */
    readonly reversalId?: TransferId
    readonly actor: string
  },
): Promise<void> {
  const { redemption, shares, isReversal, reversalId, actor } = booking
  const { partnerId, currency, walletId } = redemption
  const [share] = shares
  if (walletId === undefined || share === undefined)
    throw new Error('The redemption has no wallet or no voucher.')
  const amount = isReversal ? -redemption.amount : redemption.amount
  const id = reversalId ?? (redemption.id as string as TransferId) // Named after the redemption.
  const taken = { kind: 'voucher_liability', amount: -amount } as const
  const given = { kind: 'wallet', walletId, amount } as const
  const transfers =
    share.partnerId === partnerId
      ? [{ partnerId, id, sides: [taken, given] }]
      : [
          { partnerId: share.partnerId, id, sides: [taken, { kind: 'clearing', amount } as const] },
          { partnerId, id, sides: [given, { kind: 'clearing', amount: -amount } as const] },
        ]
  await moveVoucherMoney(tx, {
    kind: isReversal ? 'redemption_reversal' : 'redemption',
    currency,
    transfers,
    description: `${isReversal ? 'Reversal of voucher' : 'Voucher'} ${redemption.transactionCode}`,
    actor,
  })
}
