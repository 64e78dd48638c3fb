import type { Failure, FailureCode } from '../../values/failure.ts'
import type { ErrorReply } from '../dialect.ts'

/** A failure in the vendor's envelope: `Fields` stands where fields are wrong, and `Retry-After` wherever trying again makes sense. */
export function errorReply(failure: Failure): ErrorReply {
  const status = statuses[failure.code]
  const fields = byField(failure)
  const error = { Code: status, Message: sentences[failure.code] ?? failure.sentence }
  return {
    status,
    body: { Error: Object.keys(fields).length === 0 ? error : { ...error, Fields: fields } },
    headers: headersOf(failure, status),
  }
}

/** The vendor's closed list: 400, 401, 403, 404, 405, 406, 429, 500, 503. */
const statuses: Readonly<Record<FailureCode, 400 | 401 | 403 | 404 | 405 | 406 | 429 | 500 | 503>> = {
  validation_failed: 400,
  malformed_body: 400,
  unsupported_media_type: 406,
  body_too_large: 400,
  bad_request: 400,
  route_not_found: 404,
  method_not_allowed: 405,
  unauthenticated: 401,
  credentials_missing: 401,
  address_not_allowed: 403,
  scope_missing: 403,
  plan_excludes_call: 403,
  signature_missing: 401,
  signature_invalid: 401,
  nonce_used: 401,
  timestamp_expired: 401,
  partner_inactive: 403,
  order_not_found: 404,
  product_not_found: 404,
  esim_not_found: 404,
  esim_not_renewable: 400,
  sku_not_found: 404,
  wallet_not_found: 403,
  partner_not_found: 404,
  plan_not_found: 404,
  credential_not_found: 404,
  import_not_found: 404,
  hold_not_found: 404,
  endpoint_not_found: 404,
  endpoint_disabled: 400,
  too_many_endpoints: 400,
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
  merchant_not_found: 404,
  till_not_found: 400,
  disbursement_not_found: 404,
  voucher_not_found: 404,
  one_time_code_wrong: 400,
  gateway_not_found: 404,
  redemption_not_found: 404,
  redemption_reversed: 400,
  voucher_balance_insufficient: 400,
  too_many_failures: 429,
  seller_not_found: 404,
  payer_not_found: 404,
  order_ended: 400,
  wallet_mismatch: 400,
  amounts_exclusive: 400,
  invalid_phone: 400,
  invalid_currency: 400,
  invalid_amount: 400,
  account_not_validated: 400,
  date_range_too_wide: 400,
  insufficient_funds: 403,
  out_of_stock: 400,
  price_unavailable: 400,
  external_id_conflict: 400,
  idempotency_conflict: 400,
  idempotency_in_progress: 400,
  order_in_progress: 503,
  overdraft_in_use: 400,
  transfer_conflict: 400,
  funding_not_found: 404,
  withdrawal_not_found: 404,
  settlement_not_found: 404,
  identity_not_found: 404,
  identity_not_approved: 403,
  bank_account_not_found: 404,
  bank_line_not_found: 404,
  no_receiving_account: 400,
  decided_otherwise: 400,
  message_in_hand: 400,
  already_exists: 400,
  sign_in_failed: 401,
  code_required: 401,
  origin_not_proven: 403,
  role_insufficient: 403,
  user_not_found: 404,
  session_not_found: 404,
  link_ended: 400,
  own_account: 400,
  last_in_charge: 400,
  authenticator_conflict: 400,
  invalid_file: 400,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

/** Where the vendor has words of its own. */
const sentences: { readonly [code in FailureCode]?: string } = {
  insufficient_funds: 'Insufficient balance',
  voucher_balance_insufficient: 'Insufficient voucher balance',
  unauthenticated: 'Invalid API Key / Access Token.',
  credentials_missing: 'Invalid API Key / Access Token.',
}

function byField(failure: Failure): Record<string, string> {
  const fields = new Map<string, string>()
  for (const { field, sentence } of failure.fields)
    fields.set(field, fields.has(field) ? `${fields.get(field)} ${sentence}` : sentence)
  return Object.fromEntries(fields)
}

function headersOf(failure: Failure, status: number): Readonly<Record<string, string>> {
  const retryAfterSeconds = failure.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined)
  return {
    ...(retryAfterSeconds === undefined
      ? {}
      : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
  }
}
