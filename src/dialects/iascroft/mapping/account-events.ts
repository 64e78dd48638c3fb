import { parseCurrency } from '../../../values/money.ts'
import type { FundReply } from '../wire/wallet.ts'
import { toAmount } from './envelope.ts'

type Details = Readonly<Record<string, unknown>>

/** Money that came in, as the call that announced it answered, with what has come; without instructions where nobody announced it. */
export function toFundedEvent(details: Details): object {
  return { ...toMoney(details), status: 'completed', instructions: toInstructions(details['funding']) }
}

/** Money that went out, as the call that asked for it answered. */
export function toWithdrawnEvent(details: Details): object {
  const { destination = null, requestedAt = null } = details
  return { ...toMoney(details), status: 'paid', destination, created_at: requestedAt }
}

/** The core tells micro-units as a text. */
function toMoney(details: Details): object {
  const micros = textOf(details['amount'])
  return {
    reference: details['reference'] ?? null,
    amount: toAmount(/^\d{1,19}$/.test(micros) ? BigInt(micros) : 0n),
    currency: parseCurrency(textOf(details['currency'])) ?? null,
  }
}

function toInstructions(funding: unknown): FundReply['instructions'] | null {
  if (typeof funding !== 'object' || funding === null) return null
  const told = (field: string): string => textOf(Reflect.get(funding, field))
  return {
    bank_name: told('bankName'),
    account_name: told('accountName'),
    account_number: told('accountNumber'),
    payment_reference: told('paymentReference'),
    expires_at: told('expiresAt'),
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
