import type { TellableDisbursement } from '../../../core/disbursements/disbursement.ts'
import type { RedemptionMode, TellableRedemption } from '../../../core/redemptions/redemption.ts'
import { maskedCode } from '../../../core/vouchers/code.ts'
import type { EventFacts } from '../../../core/webhooks/writer.ts'
import type { EventId } from '../../../values/ids.ts'
import type { DisbursementEvent, RedemptionEvent, TestEvent } from '../wire/events.ts'
import { toAmount } from './amounts.ts'
import { toDay, toTransactionDate, zoneOf } from './days.ts'
import { toStatusWord } from './disbursements.ts'

/** The body of an event; the core's gatherers say what the subject of each type is. */
export function toEventBody({
  id,
  type,
  happenedAt,
  subject,
}: EventFacts): DisbursementEvent | RedemptionEvent | TestEvent {
  if (type === 'disbursement.processed') return toDisbursementEvent(id, subject as TellableDisbursement)
  if (type === 'redemption.completed') return toRedemptionEvent(id, subject as TellableRedemption)
  return { EventID: id, Event: 'test', CreatedAt: happenedAt.toISOString() }
}

function toDisbursementEvent(id: EventId, disbursement: TellableDisbursement): DisbursementEvent {
  return {
    EventID: id,
    DisbursementID: disbursement.externalId,
    DisbursementTitle: disbursement.title,
    VoucherStartDate: toDay(disbursement.startsOn),
    VoucherEndDate: toDay(disbursement.endsOn),
    Merchant: disbursement.merchants,
    Recipients: disbursement.recipients.map(({ name, amount, phone, voucherId, code }) => ({
      Name: name,
      Amount: toAmount(amount),
      Phone: phone,
      VoucherCode: voucherId === undefined ? null : (code ?? maskedCode),
    })),
    Amount: toAmount(disbursement.amount),
    AmountDisbursed: toAmount(disbursement.issuedAmount),
    CreatedAt: disbursement.createdAt.toISOString(),
    DateProcessed: disbursement.endedAt?.toISOString() ?? null,
    Status: toStatusWord(disbursement),
    TransactionCode: disbursement.transactionCode,
  }
}

function toRedemptionEvent(id: EventId, redemption: TellableRedemption): RedemptionEvent {
  return {
    EventID: id,
    Phone: redemption.phone,
    Amount: toAmount(redemption.amount),
    TillNo: redemption.tillNumber ?? '',
    TransactionDate: toTransactionDate(redemption.createdAt, zoneOf(redemption.timeZone)),
    TransactionCode: redemption.transactionCode,
    Status: 'success',
    MpesaCode: redemption.mpesaCode ?? null,
    Merchant: { ID: redemption.merchantCode ?? '', Name: redemption.merchantName ?? '' },
    Recipients: redemption.vouchers.map(({ holder, amount, phone, code }) => ({
      Name: holder,
      Amount: toAmount(amount),
      Phone: phone,
      VoucherCode: code ?? maskedCode,
    })),
    VoucherCodes: redemption.vouchers.map(({ code }) => code ?? maskedCode),
    Mode: modes[redemption.mode],
  }
}

/** A voucher that goes whole into a wallet is told as another event; the word is only for completeness. */
const modes = {
  api: 'API',
  ussd: 'USSD',
  web: 'Web',
  external: 'External',
  wallet: 'API',
} as const satisfies Record<RedemptionMode, RedemptionEvent['Mode']>
