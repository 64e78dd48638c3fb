import type { FastifyRequest } from 'fastify'
import type { OrderContacts } from '../../../core/contacts/contact.ts'
import { listContacts } from '../../../core/contacts/list-contacts.ts'
import { setContacts } from '../../../core/contacts/set-contacts.ts'
import { addressProblem } from '../../../core/messages/message.ts'
import { sendMessage } from '../../../core/messages/send-message.ts'
import { findExternalId } from '../../../core/nonces/find-external-id.ts'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import type { Order } from '../../../core/orders/order.ts'
import type { Tx } from '../../../platform/database.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { toGoodsLines } from '../mapping/deliveries.ts'
import { maskCode } from '../mapping/masks.ts'
import { notesOf, referenceOf } from '../mapping/notes.ts'
import { displayOf, toStatusWord } from '../mapping/orders.ts'
import { contactsOf, goodsOf } from '../mapping/reports.ts'
import { refusals, success } from '../wire/envelope.ts'
import { UpdateDeliveryBody, UpdatedDelivery, VoucherDetails, VoucherPath } from '../wire/reports.ts'
import { signed } from './signed.ts'

const shared = { tags: ['Vouchers'], security: signed }

/** The right that a key needs to send vouchers elsewhere. */
const updateScope = 'delivery:update'

/**
 * GET   /api/v1/Voucher/Details/{transactionReference}  sends a voucher again
 * PATCH /api/v1/Voucher/UpdateDelivery                  sends it elsewhere, from now on
 */
export function voucherRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const details = {
    ...shared,
    summary: 'Send a voucher again',
    params: VoucherPath,
    response: { 200: success(VoucherDetails), ...refusals(404) },
  }
  app.get('/api/v1/Voucher/Details/:transactionReference', { schema: details }, async (request) => {
    const order = await findSold(services, request, request.params.transactionReference)
    const partnerId = request.caller.partner.id
    const changed = (await listContacts(database, partnerId, [order.id])).get(order.id)
    const identity = newIdentity()
    const ways = await database.inTransaction((tx) =>
      sendGoods(tx, services, order, contactsOf(order, changed), identity.sysId),
    )
    const description =
      ways.length === 0
        ? 'There is no address to send the details to.'
        : `Details sent successfully. ${ways.join(' and ')} sent.`
    const expirationDate = order.items[0]?.codes[0]?.expiresOn?.replaceAll('-', '/') ?? ''
    return toSuccess(identity, {
      status: 1 as const,
      code: maskCode(goodsOf(order)),
      description,
      expirationDate,
    })
  })

  const update = {
    ...shared,
    summary: 'Send a voucher elsewhere',
    description: `Needs the right ${updateScope} on the key; the account’s administrator is told by mail.`,
    body: UpdateDeliveryBody,
    response: { 200: success(UpdatedDelivery), ...refusals(400, 404) },
  }
  app.patch('/api/v1/Voucher/UpdateDelivery', { schema: update }, async (request) => {
    const { caller, body } = request
    if (!caller.scopes.includes(updateScope)) throw new Failure('scope_missing')
    const contacts = readContacts(body)
    const order = await findSold(services, request, body.transactionReference)
    const identity = newIdentity()
    const partnerId = caller.partner.id
    await database.inTransaction(async (tx) => {
      const actor = `credential:${caller.credentialId}`
      await setContacts(tx, { partnerId, orderId: order.id, contacts, actor })
      await sendGoods(tx, services, order, contacts, identity.sysId)
      await sendMessage(tx, services.keyRing, renderer, {
        partnerId,
        channel: 'mail',
        to: caller.partner.email,
        locale: caller.partner.locale,
        reference: `delivery-changed:${order.id}:${identity.sysId}`,
        template: 'delivery_changed',
        facts: { order: body.transactionReference, key: caller.credentialId },
      })
    })
    return toSuccess(identity, {
      voucherCode: maskCode(goodsOf(order)),
      status: 1 as const,
      requestResponse: 'Delivery details has been updated.',
      expirationDate: order.items[0]?.codes[0]?.expiresOn ?? '',
    })
  })
}

/** An order that delivered something. Throws Failure order_not_found. */
async function findSold(
  { database, keyRing }: Services,
  { caller }: FastifyRequest,
  reference: string,
): Promise<Order> {
  const partnerId = caller.partner.id
  const externalId = await findExternalId(database, partnerId, { reference })
  if (externalId === undefined) throw new Failure('order_not_found')
  const order = await findOrderByExternalId(database, keyRing, partnerId, externalId)
  if (toStatusWord(order.status) !== 'SUCCESS') throw new Failure('order_not_found')
  return order
}

/** Puts the goods into the outbox for each address. @returns in which ways */
async function sendGoods(
  tx: Tx,
  { keyRing, catalogue }: Services,
  order: Order,
  contacts: OrderContacts,
  occasion: string,
): Promise<('Email' | 'SMS Message')[]> {
  const [item] = order.items
  const product = item === undefined ? undefined : catalogue.current().sku(item.skuId)?.product
  const codes = toGoodsLines(order, displayOf(product))
  const mails = new Set([contacts.buyerEmail, contacts.beneficiaryEmail].filter((to) => to !== undefined))
  const phone = contacts.beneficiaryTelephone
  const receivers = [
    ...[...mails].map((to) => ({ channel: 'mail' as const, to })),
    ...(phone === undefined || addressProblem('sms', phone) !== undefined
      ? []
      : [{ channel: 'sms' as const, to: phone }]),
  ]
  for (const [place, receiver] of receivers.entries()) {
    await sendMessage(tx, keyRing, renderer, {
      ...receiver,
      partnerId: order.partnerId,
      locale: 'en',
      reference: `voucher-again:${order.id}:${occasion}:${place + 1}`,
      template: 'order_delivered',
      facts: {
        order: referenceOf(notesOf(order)),
        product: item?.skuName ?? '',
        codes,
      },
    })
  }
  const ways = receivers.map(({ channel }) => (channel === 'mail' ? 'Email' : 'SMS Message'))
  return [...new Set(ways)]
}

/** Throws Failure validation_failed. */
function readContacts(body: UpdateDeliveryBody): OrderContacts {
  const problems: FieldProblem[] = []
  const read = (
    field: 'buyerEmail' | 'beneficiaryEmail' | 'beneficiaryTelephone',
    channel: 'mail' | 'sms',
  ): string | undefined => {
    const text = body[field]?.trim() ?? ''
    if (text === '') return undefined
    const sentence = addressProblem(channel, text)
    if (sentence !== undefined) problems.push({ field, sentence })
    return text
  }
  const contacts = {
    buyerEmail: read('buyerEmail', 'mail'),
    beneficiaryEmail: read('beneficiaryEmail', 'mail'),
    beneficiaryTelephone: read('beneficiaryTelephone', 'sms'),
  }
  if (Object.values(contacts).every((value) => value === undefined))
    problems.push({ field: 'beneficiaryEmail', sentence: 'Give at least one new address.' })
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  return contacts
}

const renderer = openRenderer()
