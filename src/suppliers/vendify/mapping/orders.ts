import type { Goods, Purchase, RefusalReason, SupplierAnswer } from '../../../core/fulfilment/supplier.ts'
import { exactNumber } from '../../../values/json.ts'
import { printAmount } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { Order } from '../wire.ts'
import { toMicros } from './amounts.ts'
import type { ProductCode } from './product-codes.ts'

/** One unit of a purchase: the wire sells one at a time. */
export type Unit = { readonly purchase: Purchase; readonly place: number; readonly code: ProductCode }

/** Ours, and the same for ever: a repeat under it is answered with the first order. */
function toCustomerReference({ purchase, place }: Unit): string {
  return `${purchase.reference}/${place + 1}`
}

/**
 * The nonce of one try, by which its order can be found: it follows from the purchase alone, so that whoever asks needs to remember nothing.
 *
 * @param tries which of the tries, the first one is 1
 */
export function toNonce({ purchase: { reference, firstSentAtMs }, place }: Unit, tries: number): string {
  const words = [place + 1, firstSentAtMs, tries].map((number) => number.toString(36))
  return [reference.replaceAll('-', ''), ...words].join('Z')
}

/** The body of `POST orders`. The same unit has the same body for ever: the other side takes a different one for a conflict. */
export function toOrderBody(unit: Unit, walletId: string): object {
  const { purchase, code } = unit
  const { account, phone, name, email } = purchase.recipient
  return {
    productId: code.productId,
    faceValue: exactNumber(printAmount(purchase.faceValue)),
    value: 0,
    walletId,
    ...((account ?? phone) ? { uniqueAccountId: account ?? phone } : {}),
    ...(account !== undefined && phone !== undefined ? { accountTelephone: phone } : {}),
    ...(name === undefined ? {} : { accountName: name }),
    ...(email === undefined ? {} : { beneficiaryEmail: email }),
    ...(code.named === undefined ? {} : { productCode: code.named }),
    customerReference: toCustomerReference(unit),
  }
}

/** What an order says about one unit. */
export function toUnitAnswer(order: Order, unit: Unit, currency: Currency): SupplierAnswer {
  const problem = problemOf(order, unit, currency)
  if (problem !== undefined) return unknown(problem)
  const { transactionReference: supplierReference, responseMessage } = order
  switch (order.orderStatus ?? order.responseStatus) {
    case 'SUCCESS':
      return toDelivered(order, unit, currency)
    case 'PENDING':
      return { state: 'pending', detail: 'The order is PENDING.', supplierReference }
    case 'FAILED':
      return {
        state: 'refused',
        reason: toReason(responseMessage ?? ''),
        detail: `The order is FAILED: ${responseMessage ?? 'no reason is given'}`,
      }
    default:
      return unknown(`The order has the unknown status "${order.orderStatus ?? order.responseStatus}".`)
  }
}

/** Why this answer cannot be about what we bought. A question is answered without our reference by some; they were asked by our nonce. */
function problemOf(order: Order, unit: Unit, currency: Currency): string | undefined {
  const reference = order.customerReference ?? ''
  if (reference !== '' && reference !== toCustomerReference(unit)) return 'The answer is about another order.'
  if (order.productId !== unit.code.productId) return 'The order is for another product.'
  if (order.productCostCurrencyCode !== currency)
    return `The order is in ${order.productCostCurrencyCode}, not in ${currency}.`
  return undefined
}

function toDelivered(order: Order, unit: Unit, currency: Currency): SupplierAnswer {
  const amount = toMicros(order.productCost)
  if (amount === undefined || amount < 0n) return unknown('The order has no readable amount.')
  const goods = toGoods(order, unit.purchase)
  if (goods === undefined) return unknown('The order is SUCCESS, but what it delivered cannot be read.')
  return {
    state: 'delivered',
    goods: [goods],
    cost: { amount, currency },
    supplierReference: order.transactionReference,
  }
}

/** What fills one of three fields; unused texts are empty and unused links "#". */
function toGoods(order: Order, { recipient }: Purchase): Goods | undefined {
  const [code, url, lpa] = [order.voucherCode, order.redemptionUrl, order.qrCodeData].map(textOf)
  if (order.deliveryField === 'qrCodeData') {
    const iccid = code?.replaceAll(/\s/g, '') ?? ''
    return lpa !== undefined && /^LPA:1\$\S+$/.test(lpa) && /^\d{18,20}$/.test(iccid)
      ? { kind: 'esim', iccid, lpa }
      : undefined
  }
  const isCredited = recipient['account'] !== undefined || recipient['phone'] !== undefined
  // A prepaid meter's token is twenty digits the world over, and as good as a code.
  const isToken = recipient['account'] !== undefined && /^\d{20}$/.test(code?.replaceAll(/\s/g, '') ?? '')
  if (isCredited && !isToken) return toReceipt(order, code)
  return toVoucher(order, code, url)
}

function toReceipt({ responseMessage, redemptionInfo }: Order, reference: string | undefined): Goods {
  const message = textOf(redemptionInfo) ?? textOf(responseMessage) ?? 'Delivered.'
  return { kind: 'receipt', status: 'success', message, operatorReference: reference }
}

/** A link may be all there is; it is the code then. */
function toVoucher(order: Order, code: string | undefined, url: string | undefined): Goods | undefined {
  const whole = code ?? url
  if (whole === undefined) return undefined
  const info = order.redemptionInfo ?? ''
  return {
    kind: 'code',
    code: whole,
    pin: /\bPIN: ([^\s.]+)/.exec(info)?.[1],
    serial: /\bSerial number: ([^\s.]+)/.exec(info)?.[1],
    url: order.deliveryField === 'redemptionUrl' ? url : undefined,
    expiresOn: /^\d{4}-\d\d-\d\d$/.test(order.expirationDate ?? '')
      ? (order.expirationDate ?? undefined)
      : undefined,
  }
}

function textOf(value: string | null | undefined): string | undefined {
  const text = value?.trim() ?? ''
  return text === '' || text === '#' ? undefined : text
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
