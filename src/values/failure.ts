/**
 * The closed catalogue of expected failures. A code is a word of the domain and stays; its sentence is what a partner may read
 * when a dialect has no words of its own. A dialect's `errors.ts` gives every code a status and a body.
 */
export const failureSentences = {
  validation_failed: 'The given data was invalid.',
  malformed_body: 'The request body is not valid JSON.',
  unsupported_media_type: 'The request body must be JSON.',
  body_too_large: 'The request body is too large.',
  bad_request: 'The request is malformed.',
  route_not_found: 'There is nothing at this address.',
  method_not_allowed: 'This address does not answer this method.',
  unauthenticated: 'The credentials are missing or invalid.',
  credentials_missing: 'The credentials are missing.',
  address_not_allowed: 'The credentials may not be used from this address.',
  scope_missing: 'The credentials do not cover this call.',
  plan_excludes_call: 'The plan of the account does not cover this call.',
  signature_missing: 'The request signature is missing.',
  signature_invalid: 'The request signature is invalid.',
  nonce_used: 'This nonce was used before.',
  timestamp_expired: 'The request timestamp is outside the accepted window.',
  partner_inactive: 'The account is not active.',
  order_not_found: 'The order does not exist.',
  product_not_found: 'The product does not exist.',
  esim_not_found: 'The eSIM does not exist.',
  esim_not_renewable: 'This eSIM cannot be topped up.',
  sku_not_found: 'The SKU does not exist.',
  wallet_not_found: 'The wallet does not exist.',
  partner_not_found: 'The partner does not exist.',
  plan_not_found: 'The plan does not exist.',
  credential_not_found: 'The credential does not exist.',
  import_not_found: 'The import does not exist.',
  hold_not_found: 'The hold does not exist.',
  endpoint_not_found: 'The webhook endpoint does not exist.',
  endpoint_disabled: 'The webhook endpoint is disabled; make it active first.',
  too_many_endpoints: 'There are as many webhook endpoints as there may be; remove one first.',
  delivery_not_found: 'The event was never on its way to this webhook endpoint.',
  message_not_found: 'The message does not exist.',
  call_not_found: 'The call does not exist, or is not kept any more.',
  template_not_found: 'The template does not exist.',
  supplier_not_found: 'The supplier does not exist.',
  source_not_found: 'The supplier is not in the chain of this SKU.',
  fulfilment_not_found: 'No supplier was asked to fill this order.',
  break_not_found: 'The break does not exist.',
  proposal_not_found: 'The proposal does not exist, or another has taken its place.',
  statement_not_found: 'The statement does not exist.',
  second_person_required: 'Whoever proposed this cannot confirm it: it takes a second person.',
  merchant_not_found: 'The merchant does not exist.',
  till_not_found: 'The till does not exist.',
  disbursement_not_found: 'The disbursement does not exist.',
  voucher_not_found: 'The voucher does not exist, or cannot be used now.',
  redemption_not_found: 'The redemption does not exist.',
  redemption_reversed: 'The redemption was reversed already.',
  voucher_balance_insufficient: 'The vouchers are not worth that much.',
  too_many_failures: 'Too many tries failed; nothing is tried for an hour.',
  one_time_code_wrong: 'The code is wrong, or has ended.',
  gateway_not_found: 'The gateway does not exist.',
  seller_not_found: 'The seller does not exist.',
  payer_not_found: 'The payer does not exist.',
  order_ended: 'The order has ended.',
  wallet_mismatch: 'The wallet of the order is not the wallet of the call.',
  amounts_exclusive: 'Give either the value or the face value, and the other as 0.',
  invalid_phone: 'The phone number must be international, in E.164 form.',
  invalid_currency: 'The currency is none that this can be paid or bought in.',
  invalid_amount: 'The amount is none that this product can be bought for.',
  account_not_validated: 'The account must be validated shortly before this is bought for it.',
  date_range_too_wide: 'The report covers more time than can be asked for at once.',
  insufficient_funds: 'The balance is insufficient for this order.',
  out_of_stock: 'The product is out of stock.',
  price_unavailable: 'The product cannot be priced in the currency of the wallet.',
  external_id_conflict: 'This external id was already used for a different order.',
  idempotency_conflict: 'This idempotency key was already used for a different request.',
  idempotency_in_progress: 'The first request with this idempotency key is still running; try again shortly.',
  order_in_progress: 'The same order is being processed; try again shortly.',
  overdraft_in_use: 'The overdraft limit cannot be set below what is in use.',
  transfer_conflict: 'This reference was already used for a different transfer.',
  funding_not_found: 'There is no such funding request.',
  withdrawal_not_found: 'There is no such withdrawal.',
  settlement_not_found: 'There is no such payout to a merchant.',
  identity_not_found: 'There is no such proof of identity.',
  identity_not_approved: 'This needs an account whose identity was approved.',
  bank_account_not_found: 'There is no such bank account.',
  bank_line_not_found: 'There is no such line of a bank statement.',
  no_receiving_account: 'There is no bank account to pay this currency into.',
  decided_otherwise: 'This was decided already.',
  message_in_hand: 'The message is being sent, or its state does not allow this.',
  already_exists: 'A record with this key exists already.',
  sign_in_failed: 'The e-mail address or the password is wrong.',
  code_required: 'A code from the authenticator app is needed.',
  origin_not_proven: 'The request does not come from a page of this site.',
  role_insufficient: 'Your role does not allow this.',
  user_not_found: 'The person does not exist.',
  session_not_found: 'The session does not exist.',
  link_ended: 'The link was used already, or has ended.',
  own_account: 'Nobody changes their own role, or ends their own access.',
  last_in_charge: 'Somebody has to stay in charge.',
  authenticator_conflict: 'The authenticator app is set up already, or was not begun.',
  invalid_file: 'The file cannot be read.',
  rate_limited: 'Too many requests; slow down.',
  unavailable: 'The service is temporarily unavailable; try again shortly.',
  internal: 'Something went wrong on our side.',
} as const satisfies Record<string, string>

export type FailureCode = keyof typeof failureSentences

/** What is wrong with one field: its path in the caller's words ("item.fields.quantity") and a whole sentence. */
export type FieldProblem = { readonly field: string; readonly sentence: string }

type FailureDetails = {
  /** Replaces the catalogue's sentence; it is shown to the partner. */
  readonly sentence?: string
  readonly fields?: readonly FieldProblem[]
  /** For the operator's log only. */
  readonly internal?: string
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** An expected failure. Thrown, it rolls the transaction back and becomes the dialect's error at the edge. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly sentence: string
  readonly fields: readonly FieldProblem[]
  readonly internal: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: FailureCode, details: FailureDetails = {}) {
    const sentence = details.sentence ?? failureSentences[code]
    super(details.internal === undefined ? sentence : `${sentence} (${details.internal})`, {
      cause: details.cause,
    })
    this.code = code
    this.sentence = sentence
    this.fields = details.fields ?? []
    this.internal = details.internal
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}
