import type { Failure, FailureCode } from '../../values/failure.ts'
import type { ErrorReply } from '../dialect.ts'
import { newIdentity } from './identity.ts'
import { toFailed } from './mapping/envelope.ts'

/** A failure in the vendor's envelope: `Retry-After` stands wherever trying again makes sense. */
export function errorReply(failure: Failure): ErrorReply {
  const [status, errorCode] = replies[failure.code]
  const fields = byField(failure)
  return {
    status,
    body: toFailed(newIdentity(), status, failure.sentence, { errorCode, fields }),
    headers: headersOf(failure, status),
  }
}

const replies: Readonly<Record<FailureCode, readonly [status: number, errorCode: string]>> = {
  validation_failed: [400, 'INVALID_REQUEST'],
  malformed_body: [400, 'INVALID_REQUEST'],
  unsupported_media_type: [415, 'INVALID_REQUEST'],
  body_too_large: [413, 'INVALID_REQUEST'],
  bad_request: [400, 'INVALID_REQUEST'],
  route_not_found: [404, 'NOT_FOUND'],
  method_not_allowed: [405, 'INVALID_REQUEST'],
  unauthenticated: [401, 'UNAUTHENTICATED'],
  credentials_missing: [401, 'UNAUTHENTICATED'],
  address_not_allowed: [403, 'FORBIDDEN'],
  scope_missing: [403, 'FORBIDDEN'],
  plan_excludes_call: [403, 'FORBIDDEN'],
  signature_missing: [401, 'UNAUTHENTICATED'],
  signature_invalid: [401, 'UNAUTHENTICATED'],
  nonce_used: [401, 'UNAUTHENTICATED'],
  timestamp_expired: [401, 'UNAUTHENTICATED'],
  partner_inactive: [403, 'FORBIDDEN'],
  order_not_found: [404, 'NOT_FOUND'],
  product_not_found: [404, 'NOT_FOUND'],
  esim_not_found: [404, 'NOT_FOUND'],
  esim_not_renewable: [409, 'INVALID_REQUEST'],
  sku_not_found: [404, 'NOT_FOUND'],
  // A wallet that is not the caller's, whether it is another's or nobody's.
  wallet_not_found: [403, 'FORBIDDEN'],
  partner_not_found: [404, 'NOT_FOUND'],
  plan_not_found: [404, 'NOT_FOUND'],
  credential_not_found: [404, 'NOT_FOUND'],
  import_not_found: [404, 'NOT_FOUND'],
  hold_not_found: [404, 'NOT_FOUND'],
  endpoint_not_found: [404, 'NOT_FOUND'],
  endpoint_disabled: [409, 'INVALID_REQUEST'],
  too_many_endpoints: [409, 'INVALID_REQUEST'],
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
  second_person_required: [403, 'FORBIDDEN'],
  merchant_not_found: [404, 'NOT_FOUND'],
  till_not_found: [404, 'NOT_FOUND'],
  disbursement_not_found: [404, 'NOT_FOUND'],
  voucher_not_found: [404, 'NOT_FOUND'],
  one_time_code_wrong: [400, 'INVALID_REQUEST'],
  gateway_not_found: [404, 'NOT_FOUND'],
  redemption_not_found: [404, 'NOT_FOUND'],
  redemption_reversed: [409, 'INVALID_REQUEST'],
  voucher_balance_insufficient: [409, 'INVALID_REQUEST'],
  too_many_failures: [429, 'RATE_LIMITED'],
  seller_not_found: [404, 'NOT_FOUND'],
  payer_not_found: [404, 'NOT_FOUND'],
  order_ended: [409, 'INVALID_REQUEST'],
  wallet_mismatch: [400, 'WALLET_MISMATCH'],
  amounts_exclusive: [400, 'VALUE_AND_FACEVALUE'],
  invalid_phone: [400, 'INVALID_REQUEST'],
  invalid_currency: [400, 'INVALID_REQUEST'],
  invalid_amount: [400, 'INVALID_AMOUNT'],
  account_not_validated: [400, 'VALIDATION_REQUIRED'],
  date_range_too_wide: [400, 'DATE_RANGE_TOO_WIDE'],
  insufficient_funds: [402, 'INSUFFICIENT_FUNDS'],
  out_of_stock: [409, 'OUT_OF_STOCK'],
  // There is no rate to the wallet's currency: the product is none for this wallet.
  price_unavailable: [404, 'NOT_FOUND'],
  external_id_conflict: [409, 'DUPLICATE_REFERENCE'],
  idempotency_conflict: [409, 'DUPLICATE_REFERENCE'],
  idempotency_in_progress: [503, 'UNAVAILABLE'],
  order_in_progress: [503, 'UNAVAILABLE'],
  overdraft_in_use: [409, 'INVALID_REQUEST'],
  transfer_conflict: [409, 'INVALID_REQUEST'],
  funding_not_found: [404, 'NOT_FOUND'],
  withdrawal_not_found: [404, 'NOT_FOUND'],
  settlement_not_found: [404, 'NOT_FOUND'],
  identity_not_found: [404, 'NOT_FOUND'],
  identity_not_approved: [403, 'FORBIDDEN'],
  bank_account_not_found: [404, 'NOT_FOUND'],
  bank_line_not_found: [404, 'NOT_FOUND'],
  no_receiving_account: [409, 'INVALID_REQUEST'],
  decided_otherwise: [409, 'INVALID_REQUEST'],
  message_in_hand: [409, 'INVALID_REQUEST'],
  already_exists: [409, 'INVALID_REQUEST'],
  sign_in_failed: [401, 'UNAUTHORIZED'],
  code_required: [401, 'UNAUTHORIZED'],
  origin_not_proven: [403, 'FORBIDDEN'],
  role_insufficient: [403, 'FORBIDDEN'],
  user_not_found: [404, 'NOT_FOUND'],
  session_not_found: [404, 'NOT_FOUND'],
  link_ended: [404, 'NOT_FOUND'],
  own_account: [409, 'INVALID_REQUEST'],
  last_in_charge: [409, 'INVALID_REQUEST'],
  authenticator_conflict: [409, 'INVALID_REQUEST'],
  invalid_file: [400, 'INVALID_REQUEST'],
  rate_limited: [429, 'RATE_LIMITED'],
  unavailable: [503, 'UNAVAILABLE'],
  internal: [500, 'INTERNAL'],
}

function byField(failure: Failure): Record<string, string> {
  const fields = new Map<string, string>()
  for (const { field, sentence } of failure.fields)
    fields.set(field, fields.has(field) ? `${fields.get(field)} ${sentence}` : sentence)
  return Object.fromEntries(fields)
}

function headersOf(failure: Failure, status: number): Readonly<Record<string, string>> {
  const retryAfterSeconds = failure.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined)
  return retryAfterSeconds === undefined
    ? {}
    : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) }
}
