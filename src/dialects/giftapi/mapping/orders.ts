import type { Quote, Sku } from '../../../core/catalogue/catalogue.ts'
import type { DeliveredCode, Order as CoreOrder, OrderItem, PlaceOrder } from '../../../core/orders/order.ts'
import type { Caller } from '../../../core/partners/partner.ts'
import { failureSentences } from '../../../values/failure.ts'
import type { FailureCode } from '../../../values/failure.ts'
import type { SkuId } from '../../../values/ids.ts'
import { translate } from '../../../values/locale.ts'
import type { Delivery, Item, Order, OrderInFull } from '../wire/orders.ts'
import { toOtherDeliveries, vouchersOf } from './deliveries.ts'
import { toAmount, toInstant } from './envelope.ts'
import type { FieldsRead } from './fields.ts'
import { toVoucher } from './vouchers.ts'

/** What was asked for and found: everything that the command is made of. */
export type Purchase = {
  readonly caller: Caller
  readonly sku: Sku
  readonly quote: Quote
  readonly canBeSupplied: boolean
  readonly fields: FieldsRead
  readonly externalId: string
  readonly requestKey: string
  readonly metadata: unknown
}

export function toPlaceOrder({
  caller,
  sku,
  quote,
  canBeSupplied,
  fields,
  externalId,
  requestKey,
  metadata,
}: Purchase): PlaceOrder {
  return {
    partnerId: caller.partner.id,
    walletId: caller.defaultWallet.id,
    currency: quote.currency,
    dialect: 'giftapi',
    externalId,
    requestKey,
    skuId: sku.id,
    skuName: translate(sku.names, caller.partner.locale),
    quantity: fields.quantity,
    unitPrice: quote.unitPrice,
    faceValue: quote.faceValue,
    faceCurrency: quote.faceCurrency,
    allowPartial: true,
    canBeSupplied,
    customerData: fields.customerData,
    metadata: metadata ?? undefined,
  }
}

/** Where the brand of a SKU redeems: an address with `{code}` in it. */
export type RedeemUrlOf = (skuId: SkuId) => string | undefined

export function toOrder(order: CoreOrder, redeemUrlOf: RedeemUrlOf): Order {
  return { ...toOrderHead(order), items: order.items.map((item) => toItem(order, item, redeemUrlOf)) }
}

export function toOrderInFull(order: CoreOrder, redeemUrlOf: RedeemUrlOf): OrderInFull {
  return {
    ...toOrderHead(order),
    items: order.items.map((item) => ({ id: item.item, ...toItem(order, item, redeemUrlOf) })),
  }
}

function toOrderHead(order: CoreOrder): Omit<Order, 'items'> {
  return {
    id: order.id,
    external_id: order.externalId,
    status: order.status,
    total_amount: toAmount(order.totalAmount),
    currency: order.currency,
    metadata: order.metadata ?? null,
    created_at: toInstant(order.createdAt),
  }
}

function toItem(order: CoreOrder, item: OrderItem, redeemUrlOf: RedeemUrlOf): Item {
  return {
    sku_id: item.skuId,
    sku_name: item.skuName,
    quantity: item.quantity,
    price: toAmount(item.unitPrice),
    currency: order.currency,
    status: item.status,
    delivery_data: [
      ...vouchersOf(item).map((code) => toDelivery(code, redeemUrlOf(item.skuId))),
      ...toOtherDeliveries(item),
    ],
    customer_data: item.customerData ?? null,
    error_message: item.errorCode === undefined ? null : sentenceOf(item.errorCode),
  }
}

function toDelivery(delivered: DeliveredCode, redeemUrl: string | undefined): Delivery {
  const { pin, serialNumber, code } = toVoucher(delivered)
  const link =
    delivered.url ?? redeemUrl?.replaceAll('{code}', encodeURIComponent(delivered.code.toWellFormed()))
  return {
    pin,
    expiration: delivered.expiresOn ?? null,
    serialNumber,
    ...(code === undefined ? {} : { code }),
    ...(link === undefined ? {} : { url: link }),
  }
}

function sentenceOf(errorCode: string): string {
  if (isFailureCode(errorCode)) return failureSentences[errorCode]
  return refusalSentences.get(errorCode) ?? 'The item could not be delivered.'
}

/** What the last supplier of the chain gave as its reason. */
const refusalSentences: ReadonlyMap<string, string> = new Map([
  ['invalid_recipient', 'The recipient is not valid.'],
  ['operator_unavailable', 'The operator is not available; try again later.'],
  ['product_unavailable', 'The product is not available.'],
  ['price_changed', 'The price has changed; order again.'],
  ['limit_exceeded', 'The amount is outside the limits.'],
  ['not_renewable', 'This eSIM cannot be topped up.'],
])

function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(failureSentences, code)
}
