import type { Goods, Purchase, RefusalReason, SupplierAnswer } from '../../../core/fulfilment/supplier.ts'
import { exactNumber } from '../../../values/json.ts'
import { printAmount } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import { wire } from '../wire.ts'
import type { Delivery, Order, Voucher } from '../wire.ts'
import { toMicros } from './amounts.ts'

/** The body of `POST /orders`. The same purchase has the same body for ever: the other side takes a different one for a conflict. */
export function toOrderBody(purchase: Purchase): object {
  const { reference, productCode, quantity, isOpenAmount, faceValue, recipient } = purchase
  const amount = isOpenAmount ? { amount: exactNumber(printAmount(faceValue)) } : {}
  return {
    external_id: reference,
    item: { sku_id: productCode, fields: { ...recipient, ...amount, quantity } },
  }
}

/** What an order says about our purchase. `currency` is that of our wallet there. */
export function toAnswer(order: Order, purchase: Purchase, currency: Currency): SupplierAnswer {
  const problem = problemOf(order, purchase, currency)
  if (problem !== undefined) return unknown(problem)
  const [item] = order.items
  const wasDelivered = item !== undefined && item.delivery_data.length > 0
  switch (order.status) {
    case 'completed':
    case 'partially_completed':
      return toDelivered(order, purchase, currency)
    case 'created':
    case 'processing':
      return { state: 'pending', detail: `The order is ${order.status}.`, supplierReference: order.id }
    case 'failed':
    case 'cancelled':
      // An order that ended badly and still shows what it delivered had been completed before.
      if (wasDelivered) return { state: 'reversed', detail: `The delivered order is now ${order.status}.` }
      return {
        state: 'refused',
        reason: toReason(item?.error_message ?? ''),
        detail: `The order is ${order.status}: ${item?.error_message ?? 'no reason is given'}`,
      }
    default:
      return unknown(`The order has the unknown status "${order.status}".`)
  }
}

/** Why this answer cannot be about what we bought. */
function problemOf(order: Order, purchase: Purchase, currency: Currency): string | undefined {
  const [item] = order.items
  if (order.external_id !== purchase.reference) return 'The answer is about another order.'
  if (item === undefined || item.sku_id.toLowerCase() !== purchase.productCode.toLowerCase())
    return 'The order is for another SKU.'
  if (item.quantity !== purchase.quantity) return 'The order is for another quantity.'
  if (order.currency !== currency || item.currency !== currency)
    return `The order is in ${order.currency}, not in ${currency}.`
  return undefined
}

function toDelivered(order: Order, { quantity }: Purchase, currency: Currency): SupplierAnswer {
  const amount = toMicros(order.total_amount)
  if (amount === undefined || amount < 0n) return unknown('The order has no readable amount.')
  const given = order.items[0]?.delivery_data ?? []
  const deliveries = given.filter((one): one is Delivery => wire.delivery.Check(one))
  if (deliveries.length < given.length) return unknown('A part of the delivery cannot be read.')
  if (deliveries.length === 0) return unknown(`The order is ${order.status}, but nothing was delivered.`)
  const isWhole = deliveries.length === quantity
  if (deliveries.length > quantity || (order.status === 'completed' && !isWhole))
    return unknown(`${deliveries.length} units were delivered for ${quantity}.`)
  const goods = deliveries.map(toGoods)
  if (hasRepeats(goods)) return unknown('The same code was delivered twice in one order.')
  return { state: 'delivered', goods, cost: { amount, currency }, supplierReference: order.id }
}

function toGoods(delivery: Delivery): Goods {
  if ('qr_code' in delivery) return { kind: 'esim', iccid: delivery.iccid, lpa: delivery.qr_code }
  if ('pin' in delivery) return toCode(delivery)
  const { status, message, operator_reference: operatorReference, iccid } = delivery
  return { kind: 'receipt', status, message, operatorReference: operatorReference ?? undefined, iccid }
}

/**
 * On this wire a code stands in `pin`, unless it has a key of its own. A PIN of a few digits names no card, though: there the code
 * is the card's number, beside it.
 */
function toCode({ pin, code, serialNumber = '', url = '', expiration }: Voucher): Goods {
  const isCard = code === undefined && serialNumber !== '' && /^\d{1,8}$/.test(pin)
  const numbers = isCard
    ? { code: serialNumber, pin, serial: undefined }
    : { code: code ?? pin, pin: code === undefined ? undefined : pin, serial: serialNumber || undefined }
  return { kind: 'code', ...numbers, url: url || undefined, expiresOn: expiration ?? undefined }
}

function hasRepeats(goods: readonly Goods[]): boolean {
  const secrets = goods.flatMap((one) => {
    if (one.kind === 'code') return [JSON.stringify([one.code, one.pin, one.serial])]
    return one.kind === 'esim' ? [one.iccid] : []
  })
  return new Set(secrets).size < secrets.length
}

/** The wire gives a sentence only; the reason is for people, and any of them is a refusal. */
function toReason(sentence: string): RefusalReason {
  return reasons.find(([words]) => words.test(sentence))?.[1] ?? 'rejected'
}

const reasons: readonly (readonly [RegExp, RefusalReason])[] = [
  [/out of stock/i, 'out_of_stock'],
  [/recipient|account|phone number|meter/i, 'invalid_recipient'],
  [/operator|biller/i, 'operator_unavailable'],
]

function unknown(detail: string): SupplierAnswer {
  return { state: 'unknown', detail }
}
