import { Type } from 'typebox'
import type { Catalogue } from '../../../core/catalogue/catalogue.ts'
import { canCredit } from '../../../core/operators/can-credit.ts'
import { findOperator } from '../../../core/operators/find-operator.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { isThere, listingOf, skusFor } from '../mapping/listing.ts'
import type { Operator } from '../mapping/listing.ts'
import { toOperatorRow } from '../mapping/products.ts'
import type { Wish } from '../mapping/purchases.ts'
import { OperatorRow, OperatorsQuery } from '../wire/catalogue.ts'
import { asText, KeyHeaders, refusals, success } from '../wire/envelope.ts'
import { TopUpBody, TopUpReply } from '../wire/purchases.ts'
import { buy, requireAmount, requireCurrency } from './buy.ts'
import { answerCreated } from './keyed.ts'
import { secured } from './secured.ts'

const shared = { tags: ['Airtime'], security: secured }
const config = { area: 'airtime' }

/**
 * GET  /airtime/operators  whose phones can be topped up
 * POST /airtime/topup      tops a phone up
 */
export function airtimeRoutes(app: DialectApp, services: Services): void {
  const list = {
    ...shared,
    summary: 'Mobile operators',
    querystring: OperatorsQuery,
    response: { 200: success(Type.Array(OperatorRow)), ...refusals(422) },
  }
  app.get('/airtime/operators', { schema: list, config }, (request) => {
    const country = request.query.country?.toUpperCase()
    const { operators } = listingOf(services.catalogue.current())
    return toSuccess(
      operators.filter((one) => country === undefined || one.country === country).map(toOperatorRow),
    )
  })

  const topUp = {
    ...shared,
    summary: 'Top a phone up',
    headers: KeyHeaders,
    body: TopUpBody,
    response: { 201: asText(success(TopUpReply)), ...refusals(400, 402, 404, 409, 422) },
  }
  app.post('/airtime/topup', { schema: topUp, config }, (request, reply) =>
    answerCreated(services, request, reply, () =>
      buy(services, request, request.body.reference, () => findWish(services, request.body)),
    ),
  )
}

/** Throws Failure invalid_phone, validation_failed, invalid_amount, invalid_currency. */
async function findWish({ catalogue: live }: Services, { phone, ...body }: TopUpBody): Promise<Wish> {
  if (!/^\+[1-9]\d{6,14}$/.test(phone)) throw new Failure('invalid_phone')
  const amount = requireAmount(body.amount)
  const catalogue = live.current()
  const operator = await operatorFor(catalogue, phone, body.operator_id)
  if (body.currency !== undefined) requireCurrency(body.currency, operator.currency)
  const skus = skusFor(operator.skus, amount)
  const listed = skus.find((one) => isThere(one, catalogue)) ?? skus[0]
  if (listed === undefined) throw new Failure('invalid_amount')
  return { kind: 'airtime', listed, productId: operator.id, quantity: 1, faceValue: amount, phone, operator }
}

/**
 * The operator that was chosen, whose country the number must be of; else the one to whom the number's range was given.
 * Throws Failure invalid_phone, validation_failed.
 */
async function operatorFor(
  catalogue: Catalogue,
  phone: string,
  chosen: string | undefined,
): Promise<Operator> {
  const { operatorsById } = listingOf(catalogue)
  if (chosen !== undefined) {
    const operator = operatorsById.get(chosen)
    if (operator === undefined) throw unknownOperator('The operator_id field must be one of those listed.')
    if (operator.skus.every(({ product }) => canCredit(product, phone))) return operator
    throw new Failure('invalid_phone', { sentence: 'The phone number is none of the operator’s country.' })
  }
  const found = await findOperator(catalogue, phone)
  if (found === undefined)
    throw new Failure('invalid_phone', { sentence: 'The phone number is of no country that there is.' })
  const detected = operatorsById.get(found.operator?.brand.code ?? '')
  if (detected !== undefined) return detected
  throw unknownOperator('The operator cannot be told from the number: give the operator_id field.')
}

function unknownOperator(sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field: 'operator_id', sentence }] })
}
