import type { Redemption } from '../../../core/redemptions/redemption.ts'
import { printAmount } from '../../../values/money.ts'
import type { RedeemReply } from '../wire/redemptions.ts'
import { toAmount } from './amounts.ts'
import { toTransactionDate } from './days.ts'

/** @param timeZone in which the date is told */
export function toRedeemReply(redemption: Redemption, timeZone: string): RedeemReply {
  const date = toTransactionDate(redemption.createdAt, timeZone)
  const merchant = `${redemption.merchantName ?? ''} - ${redemption.tillName ?? ''}`
  const { receipt, currency } = redemption
  return {
    TransactionID: redemption.transactionId,
    Status: 'success',
    ReceiptNo: receipt,
    TransactionCode: redemption.transactionCode,
    TrasanctionDate: date,
    TransactionDate: date,
    Merchant: merchant,
    TillNo: redemption.tillNumber ?? '',
    Amount: toAmount(redemption.amount),
    Message: `${receipt} confirmed. ${currency} ${printAmount(redemption.amount)} redeemed at ${merchant} on ${date}.`,
  }
}
