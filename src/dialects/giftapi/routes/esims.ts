import type { FastifyRequest } from 'fastify'
import type { Catalogue } from '../../../core/catalogue/catalogue.ts'
import { askEsimStatus } from '../../../core/fulfilment/ask-esim-status.ts'
import type { Esim } from '../../../core/fulfilment/esim.ts'
import { findEsim } from '../../../core/fulfilment/find-esim.ts'
import { findOrder } from '../../../core/orders/find-order.ts'
import { findRepeatedOrder } from '../../../core/orders/find-repeated-order.ts'
import type { PlaceOrder } from '../../../core/orders/order.ts'
import type { PlacedOrder } from '../../../core/orders/place-order.ts'
import type { Caller } from '../../../core/partners/partner.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { SkuId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toEsimStatus } from '../mapping/esims.ts'
import { toOrder, toPlaceOrder } from '../mapping/orders.ts'
import { refusals } from '../wire/envelope.ts'
import { EsimPath, EsimStatusReply, TopUpBody } from '../wire/esims.ts'
import { CreatedTopUpReply, SignatureHeaders, topUpCreatedMessage } from '../wire/orders.ts'
import { placeAndAwait, redeemUrls } from './orders.ts'
import { requireSignatureOver } from './signed.ts'
import type { SignedSubject } from './signed.ts'

const shared = { tags: ['eSIM'], security: [{ partnerToken: [] }], params: EsimPath }

/**
 * POST /services/esim/{iccid}/topup   another package on an eSIM; signed over the ICCID
 * POST /esim/{iccid}/topup            the same
 * GET  /services/esim/{iccid}/status  how it is doing
 */
export function esimRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, catalogue, suppliers } = services

  const topUp = {
    ...shared,
    summary: 'Top up an eSIM',
    description: 'Requires a signature over X-Timestamp + iccid + external_id. 200 answers a repeat.',
    headers: SignatureHeaders,
    body: TopUpBody,
    response: { 200: CreatedTopUpReply, 201: CreatedTopUpReply, ...refusals(402, 404, 409, 422) },
  }
  for (const path of ['/services/esim/:iccid/topup', '/esim/:iccid/topup'] as const) {
    app.post(
      path,
      { schema: topUp, preValidation: requireSignatureOver(iccidIn) },
      async (request, reply) => {
        const { order, repeated } = await addPackage(
          services,
          request.caller,
          request.params.iccid,
          request.body,
        )
        const data = toOrder(order, redeemUrls(catalogue.current()))
        return reply.code(repeated ? 200 : 201).send({ success: true, message: topUpCreatedMessage, data })
      },
    )
  }

  const status = {
    ...shared,
    summary: 'How an eSIM is doing',
    response: { 200: EsimStatusReply, ...refusals(404) },
  }
  app.get('/services/esim/:iccid/status', { schema: status }, async (request) => {
    const partnerId = request.caller.partner.id
    const esim = await findEsim(database, partnerId, request.params.iccid)
    const [found, order] = await Promise.all([
      askEsimStatus(suppliers, esim),
      findOrder(database, keyRing, partnerId, esim.orderId),
    ])
    const codes = order.items.flatMap((item) => item.codes)
    const lpa = codes.find(({ code }) => code === esim.iccid)?.lpa
    return { success: true as const, data: toEsimStatus(esim, found, lpa) }
  })
}

function iccidIn(request: FastifyRequest): SignedSubject {
  const { params } = request
  const value = typeof params === 'object' && params !== null && 'iccid' in params ? params.iccid : undefined
  return { field: 'iccid', value }
}

/** A retry is answered from the first order before anything else is asked, whatever has become of the eSIM. */
async function addPackage(
  services: Services,
  caller: Caller,
  iccid: string,
  body: TopUpBody,
): Promise<PlacedOrder> {
  const { database, keyRing, catalogue, suppliers } = services
  const partnerId = caller.partner.id
  const request = {
    partnerId,
    dialect: 'giftapi',
    externalId: body.external_id,
    requestKey: `esim top-up ${iccid} ${body.sku_uuid?.toLowerCase() ?? ''}`,
  }
  const first = await findRepeatedOrder(database, keyRing, request)
  if (first !== undefined) return { order: first, repeated: true }
  const esim = await findEsim(database, partnerId, iccid)
  const command = toTopUp(catalogue.current(), caller, esim, body, request.requestKey)
  const { canRenew } = await askEsimStatus(suppliers, esim)
  if (!canRenew) throw new Failure('esim_not_renewable')
  return placeAndAwait(services, command)
}

/** Throws Failure sku_not_found (for what is no eSIM package, too), price_unavailable. */
function toTopUp(
  catalogue: Catalogue,
  caller: Caller,
  esim: Esim,
  body: TopUpBody,
  requestKey: string,
): PlaceOrder {
  const given = body.sku_uuid ?? undefined
  const skuId = given === undefined ? esim.skuId : parseId<SkuId>(given)
  const found = skuId === undefined ? undefined : catalogue.sku(skuId)
  if (found === undefined || found.product.type !== 'esim') throw new Failure('sku_not_found')
  const quote = catalogue.quote(caller.partner.id, found.sku, caller.defaultWallet.currency)
  if (quote === undefined) throw new Failure('price_unavailable')
  const fields = {
    quantity: 1,
    amount: undefined,
    customerData: { iccid: esim.iccid, quantity: 1 },
    problems: [],
  }
  return toPlaceOrder({
    caller,
    sku: found.sku,
    quote,
    canBeSupplied: true,
    fields,
    externalId: body.external_id,
    requestKey,
    metadata: undefined,
  })
}
