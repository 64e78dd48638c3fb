import { findOrder } from '../../../core/orders/find-order.ts'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import type { Order } from '../../../core/orders/order.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { OrderId, PartnerId } from '../../../values/ids.ts'
import { parseCurrency } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toPage, toSuccess } from '../mapping/envelope.ts'
import { isUsedIn, listingOf, skusFor } from '../mapping/listing.ts'
import { notesOf } from '../mapping/notes.ts'
import { toGiftCardRow } from '../mapping/products.ts'
import type { Wish } from '../mapping/purchases.ts'
import { GiftCardRow, GiftCardsQuery } from '../wire/catalogue.ts'
import { asText, KeyHeaders, refusals, success, successPage } from '../wire/envelope.ts'
import { GiftCardBody, GiftCardReply, PurchaseReply, ReferencePath } from '../wire/purchases.ts'
import { externalIdOf } from '../names.ts'
import { buy, replyTo, requireAmount, requireCurrency, requireEmail } from './buy.ts'
import { answerCreated } from './keyed.ts'
import { secured } from './secured.ts'

const shared = { tags: ['Gift cards'], security: secured }
const config = { area: 'gift-cards' }

/**
 * GET  /giftcard/products            what can be bought, with prices
 * POST /giftcard/purchase            buys one
 * GET  /giftcard/status/{reference}  what became of a purchase, of any kind
 */
export function giftCardRoutes(app: DialectApp, services: Services): void {
  const list = {
    ...shared,
    summary: 'Gift cards',
    querystring: GiftCardsQuery,
    response: { 200: successPage(GiftCardRow), ...refusals(400, 422) },
  }
  app.get('/giftcard/products', { schema: list, config }, (request) => {
    const { country, currency, page = 1, limit = 20 } = request.query
    const catalogue = services.catalogue.current()
    const wanted = currency === undefined ? undefined : parseCurrency(currency.toUpperCase())
    if (currency !== undefined && wanted === undefined) throw new Failure('invalid_currency')
    const rows = listingOf(catalogue).giftCards.filter(
      (listed) =>
        isUsedIn(listed, country?.toUpperCase()) && (wanted === undefined || listed.sku.currency === wanted),
    )
    const viewer = { catalogue, partnerId: request.caller.partner.id }
    return toPage(rows, { page, limit }, (listed) => toGiftCardRow(listed, viewer))
  })

  const purchase = {
    ...shared,
    summary: 'Buy a gift card',
    headers: KeyHeaders,
    body: GiftCardBody,
    response: { 201: asText(success(GiftCardReply)), ...refusals(400, 402, 404, 409, 422) },
  }
  app.post('/giftcard/purchase', { schema: purchase, config }, (request, reply) =>
    answerCreated(services, request, reply, () =>
      buy(services, request, request.body.reference, () => findWish(services, request.body)),
    ),
  )

  const status = {
    ...shared,
    summary: 'What became of a purchase',
    params: ReferencePath,
    response: { 200: success(PurchaseReply), ...refusals(404) },
  }
  app.get('/giftcard/status/:reference', { schema: status, config }, async (request) => {
    const order = await findAsked(services, request.caller.partner.id, request.params.reference)
    return toSuccess(await replyTo(services, order))
  })
}

/** Throws Failure product_not_found, invalid_amount, invalid_currency, validation_failed. */
function findWish({ catalogue }: Services, body: GiftCardBody): Wish {
  const amount = requireAmount(body.amount)
  const email = requireEmail(body.recipient_email)
  const listed = listingOf(catalogue.current()).giftCardsById.get(body.product_id)
  if (listed === undefined) throw new Failure('product_not_found')
  requireCurrency(body.currency, listed.sku.currency)
  if (skusFor([listed], amount).length === 0) throw new Failure('invalid_amount')
  return { kind: 'giftcard', listed, productId: body.product_id, quantity: 1, faceValue: amount, email }
}

/** By the reference of the call, or by the transaction's id. Throws Failure order_not_found. */
async function findAsked(
  { database, keyRing }: Services,
  partnerId: PartnerId,
  reference: string,
): Promise<Order> {
  const id = parseId<OrderId>(reference)
  const byReference = findOrderByExternalId(database, keyRing, partnerId, externalIdOf(reference))
  const order = await byReference.catch(async (failure: unknown) => {
    if (id === undefined || !(failure instanceof Failure)) throw failure
    return findOrder(database, keyRing, partnerId, id)
  })
  // An order that another format took has no reference of this one.
  if (notesOf(order) === undefined) throw new Failure('order_not_found')
  return order
}
