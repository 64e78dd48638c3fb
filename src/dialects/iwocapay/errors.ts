import type { Failure, FailureCode } from '../../values/failure.ts'
import type { ErrorReply } from '../dialect.ts'

/** A failure in the vendor's envelope: an error for each field, pointing at it, or one for the whole. */
export function errorReply(failure: Failure): ErrorReply {
  const status = statuses[failure.code]
  const { code, sentence, fields } = failure
  const errors =
    fields.length === 0
      ? [{ detail: sentence, code }]
      : fields.map(({ field, sentence: detail }) => ({ detail, code, source: sourceOf(field) }))
  return { status, body: { errors }, headers: headersOf(failure, status) }
}

const statuses: Readonly<Record<FailureCode, number>> = {
  validation_failed: 400,
  malformed_body: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  bad_request: 400,
  route_not_found: 404,
  method_not_allowed: 405,
  unauthenticated: 401,
  address_not_allowed: 403,
  scope_missing: 403,
  signature_missing: 401,
  signature_invalid: 401,
  nonce_used: 401,
  timestamp_expired: 401,
  partner_inactive: 403,
  order_not_found: 404,
  product_not_found: 404,
  esim_not_found: 404,
  esim_not_renewable: 409,
  sku_not_found: 404,
  wallet_not_found: 404,
  partner_not_found: 404,
  credential_not_found: 404,
  import_not_found: 404,
  hold_not_found: 404,
  endpoint_not_found: 404,
  endpoint_disabled: 409,
  too_many_endpoints: 409,
  delivery_not_found: 404,
  message_not_found: 404,
  call_not_found: 404,
  template_not_found: 404,
  supplier_not_found: 404,
  source_not_found: 404,
  fulfilment_not_found: 404,
  break_not_found: 404,
  proposal_not_found: 404,
  statement_not_found: 404,
  second_person_required: 403,
  // Another's seller, or nobody's: the token is not this seller's.
  seller_not_found: 403,
  payer_not_found: 404,
  order_ended: 400,
  wallet_mismatch: 400,
  amounts_exclusive: 400,
  invalid_amount: 400,
  account_not_validated: 400,
  date_range_too_wide: 400,
  insufficient_funds: 400,
  out_of_stock: 409,
  price_unavailable: 409,
  external_id_conflict: 409,
  order_in_progress: 409,
  overdraft_in_use: 409,
  transfer_conflict: 409,
  funding_not_found: 404,
  withdrawal_not_found: 404,
  settlement_not_found: 404,
  identity_not_found: 404,
  identity_not_approved: 403,
  bank_account_not_found: 404,
  bank_line_not_found: 404,
  no_receiving_account: 409,
  decided_otherwise: 409,
  message_in_hand: 409,
  already_exists: 409,
  sign_in_failed: 401,
  code_required: 401,
  origin_not_proven: 403,
  role_insufficient: 403,
  user_not_found: 404,
  session_not_found: 404,
  link_ended: 410,
  own_account: 409,
  last_in_charge: 409,
  authenticator_conflict: 409,
  invalid_file: 400,
  credentials_missing: 401,
  plan_excludes_call: 403,
  plan_not_found: 404,
  merchant_not_found: 404,
  till_not_found: 404,
  disbursement_not_found: 404,
  voucher_not_found: 404,
  one_time_code_wrong: 400,
  gateway_not_found: 404,
  redemption_not_found: 404,
  redemption_reversed: 409,
  voucher_balance_insufficient: 409,
  too_many_failures: 429,
  invalid_phone: 400,
  invalid_currency: 400,
  idempotency_conflict: 409,
  idempotency_in_progress: 409,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

/** A field as a JSON pointer into the request; our own verbs name fields of an order without the object around them. */
function sourceOf(field: string): { readonly pointer: string } | { readonly header: string } {
  if (field === 'Idempotency-Key') return { header: field }
  const path = field.split('.')
  const rooted = path[0] === 'data' || path[0] === 'events' || path[0] === 'body' || !inOrder.has(field)
  return { pointer: `/${(rooted ? path : ['data', ...path]).join('/')}` }
}

const inOrder = new Set([
  'amount',
  'reference',
  'allowed_payment_terms',
  'redirect_url',
  'webhook_url',
  'source',
])

function headersOf(failure: Failure, status: number): Readonly<Record<string, string>> {
  const retryAfterSeconds = failure.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined)
  return {
    ...(retryAfterSeconds === undefined
      ? {}
      : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    ...(failure.code === 'unauthenticated' ? { 'WWW-Authenticate': 'Bearer' } : {}),
  }
}
