import { parseAmount } from '../../../values/money.ts'
import type { RedeemReply } from '../wire/vouchers.ts'
import { toAmount } from './envelope.ts'

/** A redemption as its endpoint answers it, out of what the core's event tells of it. */
export function toVoucherReply(details: Readonly<Record<string, unknown>>, createdAt: Date): RedeemReply {
  return {
    reference: textOf(details['reference']),
    transaction_id: textOf(details['redemption_id']),
    status: 'completed',
    amount: toAmount(parseAmount(textOf(details['amount'])) ?? 0n),
    currency: textOf(details['currency']),
    transaction_code: textOf(details['transaction_code']),
    created_at: createdAt.toISOString(),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
