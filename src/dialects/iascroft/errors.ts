import type { Failure, FailureCode } from '../../values/failure.ts'
import type { ErrorReply } from '../dialect.ts'

/** A failure in the vendor's envelope: `details` stands with VALIDATION_FAILED, and `Retry-After` wherever trying again makes sense. */
export function errorReply(failure: Failure): ErrorReply {
  const [status, code] = replies[failure.code]
  const error = { code, message: failure.sentence, http_status: status }
  return {
    status,
    body: {
      status: 'error',
      error: code === 'VALIDATION_FAILED' ? { ...error, details: byField(failure) } : error,
    },
    headers: headersOf(failure, status),
  }
}

/** The vendor's closed list of codes; where it has no word, the nearest one, under the status that says more. */
const replies: Readonly<Record<FailureCode, readonly [status: number, code: ErrorCode]>> = {
  validation_failed: [422, 'VALIDATION_FAILED'],
  malformed_body: [400, 'VALIDATION_FAILED'],
  unsupported_media_type: [415, 'VALIDATION_FAILED'],
  body_too_large: [413, 'VALIDATION_FAILED'],
  bad_request: [400, 'VALIDATION_FAILED'],
  route_not_found: [404, 'NOT_FOUND'],
  method_not_allowed: [405, 'NOT_FOUND'],
  unauthenticated: [401, 'INVALID_API_KEY'],
  credentials_missing: [401, 'MISSING_API_KEY'],
  address_not_allowed: [401, 'INVALID_API_KEY'],
  scope_missing: [403, 'PLAN_NOT_ALLOWED'],
  plan_excludes_call: [403, 'PLAN_NOT_ALLOWED'],
  signature_missing: [401, 'INVALID_API_KEY'],
  signature_invalid: [401, 'INVALID_API_KEY'],
  nonce_used: [401, 'INVALID_API_KEY'],
  timestamp_expired: [401, 'INVALID_API_KEY'],
  partner_inactive: [403, 'MERCHANT_SUSPENDED'],
  order_not_found: [404, 'NOT_FOUND'],
  product_not_found: [400, 'INVALID_PRODUCT_ID'],
  esim_not_found: [404, 'NOT_FOUND'],
  esim_not_renewable: [400, 'INVALID_PRODUCT_ID'],
  sku_not_found: [400, 'INVALID_PRODUCT_ID'],
  wallet_not_found: [400, 'INVALID_CURRENCY'],
  partner_not_found: [404, 'NOT_FOUND'],
  plan_not_found: [404, 'NOT_FOUND'],
  credential_not_found: [404, 'NOT_FOUND'],
  import_not_found: [404, 'NOT_FOUND'],
  hold_not_found: [404, 'NOT_FOUND'],
  endpoint_not_found: [404, 'NOT_FOUND'],
  endpoint_disabled: [409, 'VALIDATION_FAILED'],
  too_many_endpoints: [409, 'VALIDATION_FAILED'],
  delivery_not_found: [404, 'NOT_FOUND'],
  message_not_found: [404, 'NOT_FOUND'],
  call_not_found: [404, 'NOT_FOUND'],
  template_not_found: [404, 'NOT_FOUND'],
  supplier_not_found: [404, 'NOT_FOUND'],
  source_not_found: [404, 'NOT_FOUND'],
  fulfilment_not_found: [404, 'NOT_FOUND'],
  break_not_found: [404, 'NOT_FOUND'],
  proposal_not_found: [404, 'NOT_FOUND'],
  statement_not_found: [404, 'NOT_FOUND'],
  merchant_not_found: [404, 'NOT_FOUND'],
  till_not_found: [404, 'NOT_FOUND'],
  disbursement_not_found: [404, 'NOT_FOUND'],
  voucher_not_found: [404, 'NOT_FOUND'],
  one_time_code_wrong: [400, 'VALIDATION_FAILED'],
  gateway_not_found: [404, 'NOT_FOUND'],
  redemption_not_found: [404, 'NOT_FOUND'],
  redemption_reversed: [409, 'VALIDATION_FAILED'],
  voucher_balance_insufficient: [402, 'INSUFFICIENT_BALANCE'],
  too_many_failures: [429, 'RATE_LIMIT_EXCEEDED'],
  second_person_required: [403, 'PLAN_NOT_ALLOWED'],
  seller_not_found: [404, 'NOT_FOUND'],
  payer_not_found: [404, 'NOT_FOUND'],
  order_ended: [409, 'VALIDATION_FAILED'],
  wallet_mismatch: [400, 'INVALID_CURRENCY'],
  amounts_exclusive: [400, 'INVALID_AMOUNT'],
  invalid_phone: [400, 'INVALID_PHONE_NUMBER'],
  invalid_currency: [400, 'INVALID_CURRENCY'],
  invalid_amount: [400, 'INVALID_AMOUNT'],
  account_not_validated: [422, 'VALIDATION_FAILED'],
  date_range_too_wide: [422, 'VALIDATION_FAILED'],
  insufficient_funds: [402, 'INSUFFICIENT_BALANCE'],
  out_of_stock: [404, 'PRODUCT_OUT_OF_STOCK'],
  price_unavailable: [400, 'INVALID_CURRENCY'],
  external_id_conflict: [409, 'DUPLICATE_REFERENCE'],
  idempotency_conflict: [409, 'IDEMPOTENCY_CONFLICT'],
  idempotency_in_progress: [409, 'IDEMPOTENCY_CONFLICT'],
  order_in_progress: [503, 'SERVICE_UNAVAILABLE'],
  overdraft_in_use: [409, 'VALIDATION_FAILED'],
  transfer_conflict: [409, 'DUPLICATE_REFERENCE'],
  funding_not_found: [404, 'NOT_FOUND'],
  withdrawal_not_found: [404, 'NOT_FOUND'],
  settlement_not_found: [404, 'NOT_FOUND'],
  identity_not_found: [404, 'NOT_FOUND'],
  identity_not_approved: [403, 'PLAN_NOT_ALLOWED'],
  bank_account_not_found: [404, 'NOT_FOUND'],
  bank_line_not_found: [404, 'NOT_FOUND'],
  no_receiving_account: [400, 'INVALID_CURRENCY'],
  decided_otherwise: [409, 'DUPLICATE_REFERENCE'],
  message_in_hand: [409, 'VALIDATION_FAILED'],
  already_exists: [409, 'DUPLICATE_REFERENCE'],
  sign_in_failed: [401, 'INVALID_API_KEY'],
  code_required: [401, 'INVALID_API_KEY'],
  origin_not_proven: [403, 'PLAN_NOT_ALLOWED'],
  role_insufficient: [403, 'PLAN_NOT_ALLOWED'],
  user_not_found: [404, 'NOT_FOUND'],
  session_not_found: [404, 'NOT_FOUND'],
  link_ended: [404, 'NOT_FOUND'],
  own_account: [409, 'VALIDATION_FAILED'],
  last_in_charge: [409, 'VALIDATION_FAILED'],
  authenticator_conflict: [409, 'VALIDATION_FAILED'],
  invalid_file: [422, 'VALIDATION_FAILED'],
  rate_limited: [429, 'RATE_LIMIT_EXCEEDED'],
  unavailable: [503, 'SERVICE_UNAVAILABLE'],
  internal: [500, 'INTERNAL_ERROR'],
}

type ErrorCode =
  | 'MISSING_API_KEY'
  | 'INVALID_API_KEY'
  | 'MERCHANT_SUSPENDED'
  | 'PLAN_NOT_ALLOWED'
  | 'INVALID_PRODUCT_ID'
  | 'INVALID_AMOUNT'
  | 'INVALID_PHONE_NUMBER'
  | 'INVALID_CURRENCY'
  | 'INSUFFICIENT_BALANCE'
  | 'NOT_FOUND'
  | 'PRODUCT_OUT_OF_STOCK'
  | 'DUPLICATE_REFERENCE'
  | 'IDEMPOTENCY_CONFLICT'
  | 'VALIDATION_FAILED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'INTERNAL_ERROR'
  | 'SERVICE_UNAVAILABLE'

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
