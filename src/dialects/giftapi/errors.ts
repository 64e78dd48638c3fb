import type { Failure, FailureCode } from '../../values/failure.ts'
import type { ErrorReply } from '../dialect.ts'

/** A failure in the vendor's envelope: `errors` stands only with 422, and `Retry-After` wherever trying again makes sense. */
export function errorReply(failure: Failure): ErrorReply {
  const [status, error] = replies[failure.code]
  const body = { success: false, message: failure.sentence, error }
  return {
    status,
    body: status === 422 ? { ...body, errors: byField(failure) } : body,
    headers: headersOf(failure, status),
  }
}

const replies: Readonly<Record<FailureCode, readonly [status: number, error: string]>> = {
  validation_failed: [422, 'validation_failed'],
  malformed_body: [400, 'malformed_body'],
  unsupported_media_type: [415, 'unsupported_media_type'],
  body_too_large: [413, 'body_too_large'],
  bad_request: [400, 'bad_request'],
  route_not_found: [404, 'route_not_found'],
  method_not_allowed: [405, 'method_not_allowed'],
  unauthenticated: [401, 'unauthenticated'],
  credentials_missing: [401, 'unauthenticated'],
  address_not_allowed: [403, 'address_not_allowed'],
  scope_missing: [403, 'scope_missing'],
  plan_excludes_call: [403, 'plan_excludes_call'],
  signature_missing: [401, 'signature_missing'],
  signature_invalid: [401, 'signature_invalid'],
  nonce_used: [401, 'nonce_used'],
  timestamp_expired: [401, 'timestamp_expired'],
  partner_inactive: [403, 'partner_inactive'],
  order_not_found: [404, 'order_not_found'],
  product_not_found: [404, 'product_not_found'],
  esim_not_found: [404, 'esim_not_found'],
  esim_not_renewable: [409, 'esim_not_renewable'],
  sku_not_found: [404, 'sku_not_found'],
  wallet_not_found: [404, 'wallet_not_found'],
  partner_not_found: [404, 'partner_not_found'],
  plan_not_found: [404, 'plan_not_found'],
  credential_not_found: [404, 'credential_not_found'],
  import_not_found: [404, 'import_not_found'],
  hold_not_found: [404, 'hold_not_found'],
  endpoint_not_found: [404, 'endpoint_not_found'],
  endpoint_disabled: [409, 'endpoint_disabled'],
  too_many_endpoints: [409, 'too_many_endpoints'],
  delivery_not_found: [404, 'delivery_not_found'],
  message_not_found: [404, 'message_not_found'],
  call_not_found: [404, 'call_not_found'],
  template_not_found: [404, 'template_not_found'],
  supplier_not_found: [404, 'supplier_not_found'],
  source_not_found: [404, 'source_not_found'],
  fulfilment_not_found: [404, 'fulfilment_not_found'],
  break_not_found: [404, 'break_not_found'],
  proposal_not_found: [404, 'proposal_not_found'],
  statement_not_found: [404, 'statement_not_found'],
  second_person_required: [403, 'second_person_required'],
  merchant_not_found: [404, 'merchant_not_found'],
  till_not_found: [404, 'till_not_found'],
  disbursement_not_found: [404, 'disbursement_not_found'],
  voucher_not_found: [404, 'voucher_not_found'],
  one_time_code_wrong: [400, 'one_time_code_wrong'],
  gateway_not_found: [404, 'gateway_not_found'],
  redemption_not_found: [404, 'redemption_not_found'],
  redemption_reversed: [409, 'redemption_reversed'],
  voucher_balance_insufficient: [409, 'voucher_balance_insufficient'],
  too_many_failures: [429, 'too_many_failures'],
  seller_not_found: [404, 'seller_not_found'],
  payer_not_found: [404, 'payer_not_found'],
  order_ended: [409, 'order_ended'],
  wallet_mismatch: [422, 'wallet_mismatch'],
  amounts_exclusive: [422, 'amounts_exclusive'],
  invalid_phone: [422, 'invalid_phone'],
  invalid_currency: [422, 'invalid_currency'],
  invalid_amount: [422, 'invalid_amount'],
  account_not_validated: [409, 'account_not_validated'],
  date_range_too_wide: [422, 'date_range_too_wide'],
  insufficient_funds: [402, 'insufficient_balance'],
  out_of_stock: [409, 'out_of_stock'],
  price_unavailable: [409, 'price_unavailable'],
  external_id_conflict: [409, 'external_id_conflict'],
  idempotency_conflict: [409, 'idempotency_conflict'],
  idempotency_in_progress: [409, 'idempotency_in_progress'],
  order_in_progress: [409, 'order_in_progress'],
  overdraft_in_use: [409, 'overdraft_in_use'],
  transfer_conflict: [409, 'transfer_conflict'],
  funding_not_found: [404, 'funding_not_found'],
  withdrawal_not_found: [404, 'withdrawal_not_found'],
  settlement_not_found: [404, 'settlement_not_found'],
  identity_not_found: [404, 'identity_not_found'],
  identity_not_approved: [403, 'identity_not_approved'],
  bank_account_not_found: [404, 'bank_account_not_found'],
  bank_line_not_found: [404, 'bank_line_not_found'],
  no_receiving_account: [409, 'no_receiving_account'],
  decided_otherwise: [409, 'decided_otherwise'],
  message_in_hand: [409, 'message_in_hand'],
  already_exists: [409, 'already_exists'],
  sign_in_failed: [401, 'sign_in_failed'],
  code_required: [401, 'code_required'],
  origin_not_proven: [403, 'origin_not_proven'],
  role_insufficient: [403, 'role_insufficient'],
  user_not_found: [404, 'user_not_found'],
  session_not_found: [404, 'session_not_found'],
  link_ended: [410, 'link_ended'],
  own_account: [409, 'own_account'],
  last_in_charge: [409, 'last_in_charge'],
  authenticator_conflict: [409, 'authenticator_conflict'],
  invalid_file: [422, 'invalid_file'],
  rate_limited: [429, 'rate_limited'],
  unavailable: [503, 'unavailable'],
  internal: [500, 'internal'],
}

function byField(failure: Failure): Record<string, string[]> {
  const sentences = new Map<string, string[]>()
  for (const { field, sentence } of failure.fields)
    sentences.set(field, [...(sentences.get(field) ?? []), sentence])
  return Object.fromEntries(sentences)
}

function headersOf(failure: Failure, status: number): Readonly<Record<string, string>> {
  const retryAfterSeconds = failure.retryAfterSeconds ?? (status === 429 || status === 503 ? 1 : undefined)
  return {
    ...(retryAfterSeconds === undefined
      ? {}
      : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    ...(failure.code === 'unauthenticated' || failure.code === 'credentials_missing'
      ? { 'WWW-Authenticate': 'Bearer' }
      : {}),
  }
}
