import { parseCurrency } from '../../../values/money.ts'
import { toAmount } from './envelope.ts'

type Details = Readonly<Record<string, unknown>>

/** What is told of money that came in or went out; the core tells micro-units as a text. */
export function toMoneyEvent(details: Details, status: 'completed' | 'paid'): object {
  const micros = textOf(details['amount'])
  return {
    reference: details['reference'] ?? null,
    status,
    amount: toAmount(/^\d{1,19}$/.test(micros) ? BigInt(micros) : 0n),
    currency: parseCurrency(textOf(details['currency'])) ?? null,
  }
}

/** What is told of a decision about who the merchant is. */
export function toIdentityEvent(details: Details, status: 'approved' | 'rejected'): object {
  const reason = textOf(details['reason'])
  return { status, legal_name: textOf(details['legalName']), reason: reason === '' ? null : reason }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
