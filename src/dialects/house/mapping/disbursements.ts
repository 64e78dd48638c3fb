import type {
  Disbursement as CoreDisbursement,
  Recipient as CoreRecipient,
} from '../../../core/disbursements/disbursement.ts'
import { printAmount } from '../../../values/money.ts'
import type { Disbursement, Recipient } from '../wire/disbursements.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toDisbursement(one: CoreDisbursement): Disbursement {
  return {
    id: one.id,
    external_id: one.externalId,
    title: one.title,
    state: one.state,
    recipients: one.recipientsCount,
    issued: one.issuedCount,
    amount: printAmount(one.amount),
    issued_amount: printAmount(one.issuedAmount),
    fee: printAmount(one.fee),
    currency: one.currency,
    starts_on: one.startsOn,
    ends_on: one.endsOn,
    created_at: toInstant(one.createdAt),
    ended_at: toInstantOrNull(one.endedAt),
  }
}

export function toRecipient(one: CoreRecipient): Recipient {
  return {
    position: one.position,
    name: one.name,
    phone: one.phone,
    amount: printAmount(one.amount),
    balance: printAmount(one.balance),
    is_issued: one.voucherId !== undefined,
  }
}
