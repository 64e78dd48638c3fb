import type { RefusalReason, SupplierAnswer } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble, retryAfterMs } from '../../platform/http.ts'
import { SignInTrouble } from './client.ts'
import type { Reply } from './client.ts'
import { wire } from './wire.ts'
import type { Refusal } from './wire.ts'

/** What became of a purchase whose call has no whole answer. Throws whatever is no trouble of the network: a defect of ours. */
export function toTroubleAnswer(
  error: unknown,
): Extract<SupplierAnswer, { readonly state: 'unknown' | 'busy' }> {
  if (error instanceof SignInTrouble) return toSignInAnswer(error)
  if (!(error instanceof HttpTrouble)) throw error
  return { state: error.wasSent ? 'unknown' : 'busy', detail: error.message }
}

/** Nothing of the purchase itself was sent. */
function toSignInAnswer({
  message,
  reply,
}: SignInTrouble): Extract<SupplierAnswer, { readonly state: 'unknown' | 'busy' }> {
  if (reply?.status === 401)
    return { state: 'busy', detail: `An operator must look at this account: ${message}` }
  return { state: 'busy', detail: message, retryAfterMs: reply && retryAfterMs(reply.headers, Date.now()) }
}

/** What an answer that is no disbursement says about one. Only documented words are believed, under their own status. */
export function toRefusal({ status, headers, body }: Reply): SupplierAnswer {
  const refusal = wire.refusal.Check(body) && body.Error.Code === status ? body : undefined
  const detail = refusal === undefined ? `HTTP ${status}` : detailOf(refusal)
  if (status === 429) return { state: 'busy', detail, retryAfterMs: retryAfterMs(headers, Date.now()) }
  if (refusal === undefined) return { state: 'unknown', detail }
  switch (status) {
    case 400: {
      // Without a field it is about the reference: it has another disbursement.
      const reason = reasonOf(refusal)
      return reason === undefined ? { state: 'unknown', detail } : { state: 'refused', reason, detail }
    }
    case 401:
      return { state: 'busy', detail: `An operator must look at this account: ${detail}` }
    case 403: {
      const isPoor = refusal.Error.Message === 'Insufficient balance'
      return { state: 'refused', reason: isPoor ? 'insufficient_funds_at_supplier' : 'rejected', detail }
    }
    default:
      return { state: 'unknown', detail }
  }
}

function reasonOf({ Error: { Fields: fields = {} } }: Refusal): RefusalReason | undefined {
  const names = Object.keys(fields)
  if (names.length === 0) return undefined
  for (const [name, reason] of reasons) if (names.some((field) => name.test(field))) return reason
  return 'rejected'
}

const reasons: readonly (readonly [RegExp, RefusalReason])[] = [
  [/\.Phone$/, 'invalid_recipient'],
  [/^Merchant$/, 'product_unavailable'],
  [/\.Amount$|^Recipients$/, 'limit_exceeded'],
]

function detailOf({ Error: { Code: code, Message: message, Fields: fields = {} } }: Refusal): string {
  return [`${code} ${message}`, ...Object.values(fields).slice(0, 5)].join(' ')
}
