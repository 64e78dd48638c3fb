import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toPage } from '../mapping/envelope.ts'
import { isIn, listingOf } from '../mapping/listing.ts'
import { toDigitalRow } from '../mapping/products.ts'
import type { Wish } from '../mapping/purchases.ts'
import { DigitalQuery, DigitalRow } from '../wire/catalogue.ts'
import { asText, KeyHeaders, refusals, success, successPage } from '../wire/envelope.ts'
import { DigitalBody, DigitalReply } from '../wire/purchases.ts'
import { buy, requireEmail } from './buy.ts'
import { answerCreated } from './keyed.ts'
import { secured } from './secured.ts'

const shared = { tags: ['Digital products'], security: secured }
const config = { area: 'digital' }

/**
 * GET  /digital/products  licence keys and activation codes, with prices
 * POST /digital/purchase  buys one or several of a product
 */
export function digitalRoutes(app: DialectApp, services: Services): void {
  const list = {
    ...shared,
    summary: 'Licence keys and activation codes',
    querystring: DigitalQuery,
    response: { 200: successPage(DigitalRow), ...refusals(422) },
  }
  app.get('/digital/products', { schema: list, config }, (request) => {
    const { category, page = 1, limit = 20 } = request.query
    const catalogue = services.catalogue.current()
    const rows = listingOf(catalogue).digital.filter((listed) => isIn(catalogue, listed, category))
    const viewer = { catalogue, partnerId: request.caller.partner.id }
    return toPage(rows, { page, limit }, (listed) => toDigitalRow(listed, viewer))
  })

  const purchase = {
    ...shared,
    summary: 'Buy licence keys',
    headers: KeyHeaders,
    body: DigitalBody,
    response: { 201: asText(success(DigitalReply)), ...refusals(400, 402, 404, 409, 422) },
  }
  app.post('/digital/purchase', { schema: purchase, config }, (request, reply) =>
    answerCreated(services, request, reply, () =>
      buy(services, request, request.body.reference, () => findWish(services, request.body)),
    ),
  )
}

/** Throws Failure product_not_found, validation_failed. */
function findWish(
  { catalogue }: Services,
  { product_id: productId, quantity = 1, ...body }: DigitalBody,
): Wish {
  const email = requireEmail(body.recipient_email)
  const listed = listingOf(catalogue.current()).digitalById.get(productId)
  if (listed === undefined) throw new Failure('product_not_found')
  const { denomination, maxPerOrder } = listed.sku
  if (quantity > maxPerOrder) {
    const sentence = `The quantity field must be at most ${maxPerOrder} for this product.`
    throw new Failure('validation_failed', { fields: [{ field: 'quantity', sentence }] })
  }
  const faceValue = denomination.kind === 'fixed' ? denomination.value : denomination.least
  return { kind: 'digital', listed, productId, quantity, faceValue, email }
}
