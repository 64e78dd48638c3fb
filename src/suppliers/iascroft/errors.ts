import type { Purchase, RefusalReason, SupplierAnswer } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble, retryAfterMs } from '../../platform/http.ts'
import type { Reply } from './client.ts'
import { wire } from './wire.ts'

/** What became of a purchase whose call has no whole answer. Throws whatever is no trouble of the network: a defect of ours. */
export function toTroubleAnswer(
  error: unknown,
): Extract<SupplierAnswer, { readonly state: 'unknown' | 'busy' }> {
  if (!(error instanceof HttpTrouble)) throw error
  return { state: error.wasSent ? 'unknown' : 'busy', detail: error.message }
}

/** What an answer that is no purchase says about one. Only documented words are believed, under their own status. */
export function toRefusal({ status, headers, body }: Reply, { tries }: Purchase): SupplierAnswer {
  const refusal = wire.refusal.Check(body) ? body.error : undefined
  const detail = refusal === undefined ? `HTTP ${status}` : `${status} ${refusal.code}: ${refusal.message}`
  // Told before anything is looked at.
  if (status === 429) return { state: 'busy', detail, retryAfterMs: retryAfterMs(headers, Date.now()) }
  const meaning = refusal === undefined ? undefined : meanings.get(`${status} ${refusal.code}`)
  switch (meaning) {
    case undefined:
      return { state: 'unknown', detail }
    case 'setup':
      return { state: 'busy', detail: `An operator must look at this account: ${detail}` }
    case 'closed':
      // Told before the reference is looked at: an earlier try may have been accepted.
      return tries > 1 ? { state: 'unknown', detail } : { state: 'refused', reason: 'rejected', detail }
    default:
      return { state: 'refused', reason: meaning, detail }
  }
}

/** 'setup': nothing can be bought before an operator mends something. 'closed': our account, or its plan. */
const meanings: ReadonlyMap<string, RefusalReason | 'setup' | 'closed'> = new Map<
  string,
  RefusalReason | 'setup' | 'closed'
>([
  ['400 INVALID_PRODUCT_ID', 'product_unavailable'],
  ['400 INVALID_CURRENCY', 'product_unavailable'],
  ['400 INVALID_AMOUNT', 'limit_exceeded'],
  ['400 INVALID_PHONE_NUMBER', 'invalid_recipient'],
  ['402 INSUFFICIENT_BALANCE', 'insufficient_funds_at_supplier'],
  ['404 PRODUCT_OUT_OF_STOCK', 'out_of_stock'],
  ['422 VALIDATION_FAILED', 'rejected'],
  ['403 MERCHANT_SUSPENDED', 'closed'],
  ['403 PLAN_NOT_ALLOWED', 'closed'],
  ['401 MISSING_API_KEY', 'setup'],
  ['401 INVALID_API_KEY', 'setup'],
  ['404 NOT_FOUND', 'setup'],
])
