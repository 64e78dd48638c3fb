import type { Purchase, RefusalReason, SupplierAnswer } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble, retryAfterMs } from '../../platform/http.ts'
import type { Reply } from './client.ts'
import { wire } from './wire.ts'
import type { Refusal } from './wire.ts'

/** What became of a purchase whose call has no whole answer. Throws whatever is no trouble of the network: a defect of ours. */
export function toTroubleAnswer(
  error: unknown,
): Extract<SupplierAnswer, { readonly state: 'unknown' | 'busy' }> {
  if (!(error instanceof HttpTrouble)) throw error
  return { state: error.wasSent ? 'unknown' : 'busy', detail: error.message }
}

/** What an answer that is no order says about a purchase. Only documented words are believed, under their own status. */
export function toRefusal(
  { status, headers, body }: Reply,
  purchase: Purchase,
  nowMs: number,
): SupplierAnswer {
  const refusal = wire.refusal.Check(body) ? body : undefined
  const detail =
    refusal === undefined ? `HTTP ${status}` : `${status} ${refusal.response.errorCode}: ${refusal.message}`
  const busy: SupplierAnswer = { state: 'busy', detail, retryAfterMs: retryAfterMs(headers, nowMs) }
  const unclear: SupplierAnswer = { state: 'unknown', detail }
  if (status === 429) return busy
  const meaning = refusal === undefined ? undefined : meanings.get(`${status} ${refusal.response.errorCode}`)
  switch (meaning) {
    case undefined:
      return unclear
    case 'closed':
      // Told before the reference is looked at: an earlier try may have been accepted.
      return purchase.tries > 1 ? unclear : { state: 'refused', reason: 'rejected', detail }
    case 'fields':
      return { state: 'refused', reason: toFieldReason(refusal), detail: detailOf(refusal, detail) }
    default:
      return { state: 'refused', reason: meaning, detail }
  }
}

/** 'closed': our account, or a wallet that is not ours. 'fields': what was asked for. */
type Meaning = RefusalReason | 'closed' | 'fields'

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['402 INSUFFICIENT_FUNDS', 'insufficient_funds_at_supplier'],
  ['404 NOT_FOUND', 'product_unavailable'],
  ['409 OUT_OF_STOCK', 'out_of_stock'],
  ['400 INVALID_AMOUNT', 'limit_exceeded'],
  ['400 VALIDATION_REQUIRED', 'invalid_recipient'],
  ['400 INVALID_REQUEST', 'fields'],
  ['400 VALUE_AND_FACEVALUE', 'rejected'],
  ['400 WALLET_MISMATCH', 'closed'],
  ['403 FORBIDDEN', 'closed'],
])

function toFieldReason(refusal: Refusal | undefined): RefusalReason {
  const fields = Object.keys(refusal?.response.fields ?? {})
  return fields.some((field) => field === 'uniqueAccountId' || field === 'accountTelephone')
    ? 'invalid_recipient'
    : 'rejected'
}

function detailOf(refusal: Refusal | undefined, detail: string): string {
  return [detail, ...Object.values(refusal?.response.fields ?? {})].join(' ')
}
