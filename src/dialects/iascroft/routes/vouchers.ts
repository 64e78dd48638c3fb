import type { FastifyRequest } from 'fastify'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import { redeemCode } from '../../../core/redemptions/redeem-code.ts'
import { Failure } from '../../../values/failure.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toVoucherReply } from '../mapping/vouchers.ts'
import { namesOf } from '../names.ts'
import { asText, KeyHeaders, refusals, success } from '../wire/envelope.ts'
import { RedeemBody, RedeemReply } from '../wire/vouchers.ts'
import { answerCreated, keyOf, textOf } from './keyed.ts'
import { secured } from './secured.ts'

/** POST /voucher/redeem  credits the wallet with one of our own vouchers */
export function voucherRoutes(app: DialectApp, services: Services): void {
  const redeem = {
    tags: ['Vouchers'],
    security: secured,
    summary: 'Redeem a voucher into the wallet',
    headers: KeyHeaders,
    body: RedeemBody,
    response: { 201: asText(success(RedeemReply)), ...refusals(400, 404, 409, 422) },
  }
  app.post('/voucher/redeem', { schema: redeem, config: { area: 'vouchers' } }, (request, reply) =>
    answerCreated(services, request, reply, () => redeemOnce(services, request, request.body)),
  )
}

/** Throws Failure voucher_not_found, too_many_failures, external_id_conflict, wallet_not_found. */
async function redeemOnce(
  { database, keyRing }: Services,
  request: FastifyRequest,
  { code, reference: given }: RedeemBody,
): Promise<RedeemReply> {
  const { id: partnerId } = request.caller.partner
  const key = keyOf(request)
  const { reference, externalId } = namesOf(partnerId, { reference: given, key }, textOf(request))
  const order = await findOrderByExternalId(database, keyRing, partnerId, externalId).catch(nothingIfUnknown)
  if (order !== undefined) throw new Failure('external_id_conflict')
  const command = {
    partnerId,
    code,
    reference,
    dialect: 'iascroft',
    actor: `api:${request.caller.credentialId}`,
  }
  const { redemption, amount, currency, repeated } = await redeemCode(database, keyRing, command)
  // Without a key nothing repeats an earlier call: the reference was used before.
  if (repeated && key === undefined) throw new Failure('external_id_conflict')
  const { id, transactionCode, createdAt } = redemption
  const facts = {
    reference,
    redemption_id: id,
    amount: printAmount(amount),
    currency,
    transaction_code: transactionCode,
  }
  return toVoucherReply(facts, createdAt)
}

function nothingIfUnknown(failure: unknown): undefined {
  if (failure instanceof Failure && failure.code === 'order_not_found') return undefined
  throw failure
}
