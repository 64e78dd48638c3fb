import type { Quote, Sku } from '../../../core/catalogue/catalogue.ts'
import type { DeliveredCode, Order as CoreOrder, OrderItem, PlaceOrder } from '../../../core/orders/order.ts'
import { failureSentences } from '../../../values/failure.ts'
import type { FailureCode } from '../../../values/failure.ts'
import { translate } from '../../../values/locale.ts'
import type { Locale } from '../../../values/locale.ts'
import { printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { PartnerId, WalletId } from '../../../values/ids.ts'
import type { Order } from '../wire/partner.ts'
import { toInstant, toInstantOrNull, toMoney } from './shared.ts'

export type Wish = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly locale: Locale
  readonly sku: Sku
  readonly quote: Quote
  readonly canBeSupplied: boolean
  readonly quantity: number
  readonly amount: Micros | undefined
  readonly fields: Readonly<Record<string, string>>
  readonly externalId: string
}

export function toPlaceOrder(wish: Wish): PlaceOrder {
  const { partnerId, walletId, sku, quote, canBeSupplied, quantity, fields, externalId } = wish
  const hasFields = Object.keys(fields).length > 0
  return {
    partnerId,
    walletId,
    currency: quote.currency,
    dialect: 'house',
    externalId,
    requestKey: requestKeyOf(wish),
    skuId: sku.id,
    skuName: translate(sku.names, wish.locale),
    quantity,
    unitPrice: quote.unitPrice,
    faceValue: quote.faceValue,
    faceCurrency: quote.faceCurrency,
    allowPartial: true,
    canBeSupplied,
    customerData: hasFields ? fields : undefined,
    metadata: undefined,
  }
}

/** What makes two orders the same. */
export function requestKeyOf({
  sku,
  walletId,
  quantity,
  amount,
  fields,
}: Pick<Wish, 'sku' | 'walletId' | 'quantity' | 'amount' | 'fields'>): string {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    sku.id,
    walletId,
    quantity,
    amount === undefined ? null : printAmount(amount),
    sorted,
  ])
}

/** An order without what was delivered: codes are shown by a call of their own. */
export function toOrder(order: CoreOrder): Order {
  return {
    id: order.id,
    external_id: order.externalId,
    format: order.dialect,
    status: order.status,
    total: toMoney(order.totalAmount, order.currency),
    created_at: toInstant(order.createdAt),
    completed_at: toInstantOrNull(order.completedAt),
    items: order.items.map((item) => ({
      sku_id: item.skuId,
      name: item.skuName,
      quantity: item.quantity,
      delivered: item.delivered,
      unit_price: printAmount(item.unitPrice),
      status: item.status,
      error: item.errorCode === undefined ? null : sentenceOf(item.errorCode),
      recipient: recipientOf(item),
    })),
  }
}

export function toCode(code: DeliveredCode) {
  return {
    code: code.code,
    pin: code.pin ?? null,
    serial: code.serial ?? null,
    url: code.url ?? null,
    lpa: code.lpa ?? null,
    expires_on: code.expiresOn ?? null,
  }
}

/** What the buyer gave, as texts: a phone, a meter. */
function recipientOf({ customerData }: OrderItem): Record<string, string> {
  if (typeof customerData !== 'object' || customerData === null) return {}
  return Object.fromEntries(
    Object.entries(customerData).flatMap(([key, value]) =>
      typeof value === 'string' && key !== 'quantity' ? [[key, value]] : [],
    ),
  )
}

function sentenceOf(code: string): string {
  return Object.hasOwn(failureSentences, code)
    ? failureSentences[code as FailureCode] // It was just found there.
    : 'It could not be delivered.'
}
