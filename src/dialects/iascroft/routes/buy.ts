import type { FastifyRequest } from 'fastify'
import { awaitOrder } from '../../../core/orders/await-order.ts'
import { findRepeatedOrder } from '../../../core/orders/find-repeated-order.ts'
import { placeOrder } from '../../../core/orders/place-order.ts'
import type { PlacedOrder } from '../../../core/orders/place-order.ts'
import { dropOrderMail } from '../../../core/order-mails/drop-order-mail.ts'
import { planOrderMail } from '../../../core/order-mails/plan-order-mail.ts'
import { sendOrderMail } from '../../../core/order-mails/send-order-mail.ts'
import { isUnclear } from '../../../core/idempotency/idempotency.ts'
import type { Order } from '../../../core/orders/order.ts'
import { withReference } from '../../../core/references/with-reference.ts'
import type { Caller, PayingWallet } from '../../../core/partners/partner.ts'
import { addressProblem } from '../../../core/messages/message.ts'
import { Failure } from '../../../values/failure.ts'
import { parseCurrency } from '../../../values/money.ts'
import type { Currency, Micros } from '../../../values/money.ts'
import type { Services } from '../../dialect.ts'
import { readAmount } from '../mapping/envelope.ts'
import { notesOf } from '../mapping/notes.ts'
import { toPlaceOrder, toPurchaseReply } from '../mapping/purchases.ts'
import type { Names, Wish } from '../mapping/purchases.ts'
import type { PurchaseReply } from '../wire/purchases.ts'
import { namesOf } from '../names.ts'
import { keyOf, textOf } from './keyed.ts'

/**
 * Buys what `find` finds in the catalogue, and answers with what became of it. A call that was made before under its idempotency key is answered with
 * that order, even where the product has gone or changed since.
 */
export async function buy(
  services: Services,
  request: FastifyRequest,
  reference: string | null | undefined,
  find: () => Wish | Promise<Wish>,
): Promise<PurchaseReply> {
  const { database, keyRing, orderNews, patienceMs } = services
  const { caller } = request
  const partnerId = caller.partner.id
  const key = keyOf(request)
  const names = namesOf(partnerId, { reference: reference ?? undefined, key }, textOf(request))
  const buyIt = () => place(services, caller, names, find)
  // A reference that was made here is nobody else's.
  const wish = {
    partnerId,
    kind: 'purchase',
    reference: names.reference,
    name: names.externalId,
    key,
  } as const
  const placing =
    reference === undefined || reference === null ? buyIt() : withReference(database, wish, buyIt)
  const placed = await placing.catch(async (failure: unknown) => {
    if (key === undefined || !(failure instanceof Failure)) throw failure
    const repeated = { partnerId, dialect: 'iascroft', ...names }
    const first = await findRepeatedOrder(database, keyRing, repeated)
    if (first === undefined) throw failure
    return { order: first, repeated: true }
  })
  const order = placed.repeated
    ? placed.order
    : await awaitOrder(database, keyRing, orderNews, placed.order, patienceMs)
  return replyTo(services, order)
}

/** An order as it is answered; its goods are mailed if nobody has done so yet. */
export async function replyTo({ database, keyRing }: Services, order: Order): Promise<PurchaseReply> {
  const notes = notesOf(order)
  if (notes === undefined) throw new Failure('order_not_found')
  if (notes.email !== '')
    // The order stands whatever becomes of its mail; a job sends what was not sent.
    await sendOrderMail(database, keyRing, order.partnerId, order.id).catch(() => false)
  return toPurchaseReply(order, notes)
}

/**
 * The wallet of the product's currency pays, if there is one with enough; else the default one, at the rate. Each tries in one
 * statement, which pays or refuses.
 * Throws Failure price_unavailable, insufficient_funds, and what `find` and `placeOrder` throw.
 */
async function place(
  { database, orders, catalogue: live }: Services,
  caller: Caller,
  names: Names,
  find: () => Wish | Promise<Wish>,
): Promise<PlacedOrder> {
  const wish = await find()
  const { sku, product } = wish.listed
  const partnerId = caller.partner.id
  const catalogue = live.current()
  const canBeSupplied = catalogue.isSupplied(sku.id)
  let refusal = new Failure('price_unavailable')
  const of = { partnerId, dialect: 'iascroft', ...names }
  if (wish.email !== undefined)
    await planOrderMail(database, {
      of,
      recipient: wish.email,
      locale: 'en',
      reference: names.reference,
      redeemUrl: product.brand.redeemUrl,
    })
  try {
    for (const wallet of payers(caller, sku.currency)) {
      const price = catalogue.quote(partnerId, sku, wallet.currency, wish.faceValue)
      if (price === undefined) continue
      try {
        const paid = { partnerId, wallet, price, canBeSupplied }
        return await placeOrder(orders, toPlaceOrder(wish, names, paid))
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'insufficient_funds') throw error
        refusal = error
      }
    }
    throw refusal
  } catch (error) {
    const isRefused = error instanceof Failure && !isUnclear(error.code)
    if (wish.email !== undefined && isRefused) await dropOrderMail(database, of).catch(() => undefined)
    throw error
  }
}

function payers({ wallets, defaultWallet }: Caller, currency: Currency): PayingWallet[] {
  const own = wallets.find((wallet) => wallet.currency === currency)
  const usual = wallets.find(({ id }) => id === defaultWallet.id)
  return [...new Set([own, usual])].filter((wallet) => wallet !== undefined)
}

/** Throws Failure validation_failed where it is no number, invalid_amount where it cannot be paid. */
export function requireAmount(given: unknown): Micros {
  const amount = readAmount(given)
  if (amount === undefined) {
    const sentence = 'The amount field must be a number.'
    throw new Failure('validation_failed', { fields: [{ field: 'amount', sentence }] })
  }
  if (amount === 'invalid') {
    const sentence = 'The amount must be above zero, with at most 6 fraction digits.'
    throw new Failure('invalid_amount', { sentence })
  }
  return amount
}

/** Throws Failure invalid_currency. */
export function requireCurrency(given: string, wanted: Currency): void {
  if (given.toUpperCase() === wanted) return
  throw new Failure('invalid_currency', {
    sentence:
      parseCurrency(given.toUpperCase()) === undefined
        ? 'The currency must be a code of ISO 4217.'
        : `This is sold in ${wanted}.`,
  })
}

/** Throws Failure validation_failed. */
export function requireEmail(given: string | null | undefined): string | undefined {
  const email = given?.trim() ?? ''
  if (email === '') return undefined
  const sentence = addressProblem('mail', email)
  if (sentence !== undefined)
    throw new Failure('validation_failed', { fields: [{ field: 'recipient_email', sentence }] })
  return email
}
