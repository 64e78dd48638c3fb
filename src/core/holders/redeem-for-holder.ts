import { printAmount } from '../../values/money.ts'
import { redeemAtTill } from '../redemptions/redeem-at-till.ts'
import { nobodysId } from '../redemptions/redemption.ts'
import type { Redemption } from '../redemptions/redemption.ts'
import type { HolderParts } from './ask-for-code.ts'
import type { CodePurpose, HolderPayment } from './holder.ts'

/**
 * Pays at a till out of all vouchers of a telephone, whoever issued them, as its owner wants it. The same transaction id answers the first time.
 * Throws what `redeemAtTill` throws.
 */
export async function redeemForHolder(
  parts: HolderParts,
  command: {
    readonly mode: CodePurpose
    /** 1 to 64 characters. */
    readonly transactionId: string
    /** Whose owner has shown that it is his. */
    readonly phone: string
    readonly payment: HolderPayment
  },
): Promise<Redemption> {
  const { mode, transactionId, phone, payment } = command
  const { redemption } = await redeemAtTill(parts, {
    partnerId: nobodysId,
    issuerId: undefined,
    mode,
    transactionId,
    phone,
    name: '',
    ...payment,
    remarks: '',
    requestKey: JSON.stringify([phone, printAmount(payment.amount), payment.currency, payment.tillNumber]),
    actor: `holder:${mode}`,
  })
  return redemption
}
