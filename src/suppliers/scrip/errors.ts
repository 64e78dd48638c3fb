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
  const detail = refusal === undefined ? `HTTP ${status}` : `${status} ${refusal.error}: ${refusal.message}`
  const busy: SupplierAnswer = { state: 'busy', detail, retryAfterMs: retryAfterMs(headers, nowMs) }
  const unclear: SupplierAnswer = { state: 'unknown', detail }
  if (status === 429) return busy
  const meaning = refusal === undefined ? undefined : meanings.get(`${status} ${refusal.error}`)
  switch (meaning) {
    case undefined:
      return unclear
    case 'setup':
      return { state: 'busy', detail: `An operator must look at this account: ${detail}` }
    case 'closed':
      // Told before the reference is looked at: an earlier try may have been accepted.
      return purchase.tries > 1 ? unclear : { state: 'refused', reason: 'rejected', detail }
    case 'fields':
      return { state: 'refused', reason: toFieldReason(refusal), detail: detailOf(refusal, detail) }
    default:
      return { state: 'refused', reason: meaning, detail }
  }
}

/** 'setup': nothing can be bought before an operator mends something. 'closed': our account. 'fields': what was asked for. */
type Meaning = RefusalReason | 'setup' | 'closed' | 'fields'

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['402 insufficient_balance', 'insufficient_funds_at_supplier'],
  ['404 sku_not_found', 'product_unavailable'],
  ['404 esim_not_found', 'invalid_recipient'],
  ['409 out_of_stock', 'out_of_stock'],
  ['409 price_unavailable', 'product_unavailable'],
  ['409 esim_not_renewable', 'not_renewable'],
  ['422 validation_failed', 'fields'],
  ['403 partner_inactive', 'closed'],
  ['403 address_not_allowed', 'closed'],
  ['403 scope_missing', 'closed'],
  ['400 malformed_body', 'setup'],
  ['400 bad_request', 'setup'],
  ['401 unauthenticated', 'setup'],
  ['401 signature_missing', 'setup'],
  ['401 signature_invalid', 'setup'],
  ['401 timestamp_expired', 'setup'],
  ['404 route_not_found', 'setup'],
  ['405 method_not_allowed', 'setup'],
  ['415 unsupported_media_type', 'setup'],
])

function toFieldReason(refusal: Refusal | undefined): RefusalReason {
  const fields = Object.keys(refusal?.errors ?? {})
  const own = fields.filter((field) => field.startsWith('item.fields.')).map((field) => field.slice(12))
  if (own.length === 0) return 'rejected'
  return own.some((field) => field === 'amount' || field === 'quantity')
    ? 'limit_exceeded'
    : 'invalid_recipient'
}

function detailOf(refusal: Refusal | undefined, detail: string): string {
  return [detail, ...Object.values(refusal?.errors ?? {}).flat()].join(' ')
}
