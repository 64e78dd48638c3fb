import type { FastifyRequest } from 'fastify'
import { withReference } from '../../../core/references/with-reference.ts'
import { redeemCode } from '../../../core/redemptions/redeem-code.ts'
import { Failure } from '../../../values/failure.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toVoucherReply } from '../mapping/vouchers.ts'
import { namesOf } from '../names.ts'
import { asText, KeyHeaders, refusals, success } from '../wire/envelope.ts'
import { RedeemBody, RedeemReply } from '../wire/vouchers.ts'
import { answerCreated, keyOf, refuseOrder, textOf } from './keyed.ts'
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
  const { reference, externalId: name } = namesOf(partnerId, { reference: given, key }, textOf(request))
  const command = {
    partnerId,
    code,
    reference,
    dialect: 'iascroft',
    actor: `api:${request.caller.credentialId}`,
  }
  const wish = { partnerId, kind: 'redemption', reference, name, key } as const
  const { redemption, amount, currency, repeated } = await withReference(database, wish, async () => {
    await refuseOrder(database, keyRing, partnerId, name)
    return redeemCode(database, keyRing, command)
  })
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
