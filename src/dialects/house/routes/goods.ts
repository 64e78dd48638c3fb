import {
  findCheckout,
  findDecision,
  listCheckouts,
  listInstalments,
} from '../../../core/checkout/find-checkout.ts'
import { askEsimStatus } from '../../../core/fulfilment/ask-esim-status.ts'
import { findEsim } from '../../../core/fulfilment/find-esim.ts'
import { listEsims } from '../../../core/fulfilment/list-esims.ts'
import { findVouchers } from '../../../core/vouchers/find-voucher.ts'
import { freezeVoucher } from '../../../core/vouchers/freeze-voucher.ts'
import { listVouchersOfPartner } from '../../../core/vouchers/list-vouchers.ts'
import { resendVoucher } from '../../../core/vouchers/resend-voucher.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { CheckoutId, PartnerId, VoucherId } from '../../../values/ids.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toCheckout, toEsim, toEsimReply, toVoucher } from '../mapping/goods.ts'
import { toInstantOrNull, toPage } from '../mapping/shared.ts'
import {
  CheckoutReply,
  CheckoutsQuery,
  CheckoutsReply,
  EsimReply,
  EsimsReply,
  FreezeBody,
  IccidPath,
  Voucher,
  VouchersQuery,
  VouchersReply,
} from '../wire/goods.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forPartner, partnerOf } from './access.ts'

/**
 * GET  /esims                  eSIMs that were bought
 * GET  /esims/{iccid}          how one is doing, as its supplier says now
 * GET  /vouchers               vouchers on telephones
 * POST /vouchers/{id}/send     sends a voucher's code to its telephone again
 * POST /vouchers/{id}/freeze   keeps one from being spent, or lets it go
 * GET  /checkouts              orders of the partner's shops that buyers pay on our page
 * GET  /checkouts/{id}         one, with what its buyer owes
 */
export function goodsRoutes(app: DialectApp, services: Services): void {
  esimRoutes(app, services)
  voucherRoutes(app, services)
  checkoutRoutes(app, services)
}

function esimRoutes(app: DialectApp, { database, suppliers }: Services): void {
  const shared = { tags: ['eSIMs'] }
  const list = {
    ...shared,
    summary: 'eSIMs, newest first',
    querystring: object(pageQuery),
    response: { 200: EsimsReply, ...refusals(401, 422) },
  }
  app.get('/esims', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listEsims(database, partnerOf(request), { cursor, limit }), toEsim)
  })

  const find = {
    ...shared,
    summary: 'How an eSIM is doing',
    description: 'Its supplier is asked; 503 where it cannot say now.',
    params: IccidPath,
    response: { 200: EsimReply, ...refusals(401, 404, 503) },
  }
  app.get('/esims/:iccid', { ...forPartner('read'), schema: find }, async (request) => {
    const esim = await findEsim(database, partnerOf(request), request.params.iccid)
    return toEsimReply(esim, await askEsimStatus(suppliers, esim))
  })
}

function voucherRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const shared = { tags: ['Vouchers'] }
  const renderer = openRenderer()
  /** Throws Failure voucher_not_found, for another partner's too. */
  const ownVoucher = async (partnerId: PartnerId, text: string): Promise<VoucherId> => {
    const id = parseId<VoucherId>(text)
    const [found] = id === undefined ? [] : await findVouchers(database, partnerId, [id])
    if (found === undefined) throw new Failure('voucher_not_found')
    return found.id
  }

  const list = {
    ...shared,
    summary: 'Vouchers on telephones, newest first',
    querystring: VouchersQuery,
    response: { 200: VouchersReply, ...refusals(401, 422) },
  }
  app.get('/vouchers', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25, phone } = request.query
    const filter = { partnerId: partnerOf(request), phone }
    const now = new Date()
    return toPage(await listVouchersOfPartner(database, filter, { cursor, limit }), (voucher) =>
      toVoucher(voucher, now),
    )
  })

  const send = {
    ...shared,
    summary: 'Send a voucher’s code to its telephone again',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404) },
  }
  app.post('/vouchers/:id/send', { ...forPartner('buy'), schema: send }, async (request, reply) => {
    const voucherId = await ownVoucher(partnerOf(request), request.params.id)
    const order = { voucherId, note: '', actor: actorIn(request) }
    await database.inTransaction((tx) => resendVoucher(tx, { keyRing, renderer }, order))
    return reply.code(204).send(null)
  })

  const freeze = {
    ...shared,
    summary: 'Keep a voucher from being spent, or let it be spent again',
    params: IdPath,
    body: FreezeBody,
    response: { 200: Voucher, ...refusals(401, 403, 404, 422) },
  }
  app.post('/vouchers/:id/freeze', { ...forPartner('buy'), schema: freeze }, async (request) => {
    const voucherId = await ownVoucher(partnerOf(request), request.params.id)
    const { is_frozen: isFrozen, note = '' } = request.body
    const order = { voucherId, isFrozen, note, actor: actorIn(request) }
    return toVoucher(await database.inTransaction((tx) => freezeVoucher(tx, order)), new Date())
  })
}

function checkoutRoutes(app: DialectApp, { database }: Services): void {
  const shared = { tags: ['Checkout'] }
  const list = {
    ...shared,
    summary: 'Checkout orders, newest first',
    querystring: CheckoutsQuery,
    response: { 200: CheckoutsReply, ...refusals(401, 422) },
  }
  app.get('/checkouts', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25, status } = request.query
    const filter = { partnerId: partnerOf(request), status }
    return toPage(await listCheckouts(database, filter, { cursor, limit }), toCheckout)
  })

  const find = {
    ...shared,
    summary: 'A checkout order, with what its buyer owes',
    params: IdPath,
    response: { 200: CheckoutReply, ...refusals(401, 404) },
  }
  app.get('/checkouts/:id', { ...forPartner('read'), schema: find }, async (request) => {
    const id = parseId<CheckoutId>(request.params.id)
    const checkout = await findCheckout(database, id, partnerOf(request))
    const [decision, instalments] = await Promise.all([
      findDecision(database, checkout.id),
      listInstalments(database, checkout.id),
    ])
    return {
      ...toCheckout(checkout),
      payer: decision?.payerCode ?? null,
      decision: decision?.state ?? null,
      instalments: instalments.map((one) => ({
        number: one.number,
        due_on: one.dueOn,
        principal: printAmount(one.principal),
        interest: printAmount(one.interest),
        state: one.state,
        paid_at: toInstantOrNull(one.paidAt),
      })),
    }
  })
}
