import type { Product } from '../../../core/catalogue/catalogue.ts'
import type { Order, OrderStatus, PlaceOrder } from '../../../core/orders/order.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { parseDecimal, printDecimal } from '../../../values/decimal.ts'
import { failureSentences } from '../../../values/failure.ts'
import { exactNumber } from '../../../values/json.ts'
import { parseCurrency, printAmount, rateScale } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { OrderBody, OrderReply, StatusReply, StatusWord } from '../wire/orders.ts'
import type { Priced } from './amounts.ts'
import { toCurrencyId } from './currencies.ts'
import { toDelivered, toEsimLinks } from './deliveries.ts'
import type { Display, Pages } from './deliveries.ts'
import { toAmount, toRate } from './envelope.ts'
import type { Identity } from './envelope.ts'
import type { Listed } from './listing.ts'
import { notesOf, referenceOf } from './notes.ts'
import type { OrderNotes } from './notes.ts'
import { toRateComment } from './products.ts'

/** What was asked for and found: everything that the command is made of. */
export type Purchase = {
  readonly partnerId: PartnerId
  readonly wallet: PayingWallet
  readonly listed: Listed
  readonly priced: Priced
  readonly canBeSupplied: boolean
  readonly recipient: Readonly<Record<string, string>>
  readonly body: OrderBody
  readonly identity: Identity
  readonly externalId: string
  readonly requestKey: string
}

export function toPlaceOrder(purchase: Purchase): PlaceOrder {
  const { partnerId, wallet, recipient, externalId, requestKey, canBeSupplied } = purchase
  const { sku, price } = purchase.priced
  return {
    partnerId,
    walletId: wallet.id,
    currency: price.currency,
    dialect: 'vendify',
    externalId,
    requestKey,
    skuId: sku.id,
    skuName: sku.names.en,
    quantity: 1,
    unitPrice: price.cost,
    faceValue: price.faceValue,
    faceCurrency: price.faceCurrency,
    allowPartial: false,
    canBeSupplied,
    customerData: Object.keys(recipient).length === 0 ? undefined : recipient,
    metadata: undefined,
    notes: toNotes(purchase),
  }
}

function toNotes({
  wallet,
  listed,
  priced: { sku, price },
  recipient,
  body,
  identity,
}: Purchase): OrderNotes {
  const { brand } = listed.product
  // A phone that is credited is the recipient's, whatever else the order says.
  const credited = recipient['account'] === undefined ? recipient['phone'] : undefined
  return {
    sysId: identity.sysId,
    sessionUid: identity.sessionUid,
    walletId: wallet.code,
    productId: listed.id,
    productCode: sku.code,
    providerId: brand.id,
    providerName: brand.names.en,
    faceValue: printAmount(price.faceValue),
    faceCurrency: price.faceCurrency,
    targetValue: printAmount(price.targetValue),
    rate: printDecimal(price.rate, rateScale),
    customerReference: body.customerReference ?? '',
    uniqueAccountId: body.uniqueAccountId ?? '',
    transactionTitle: body.transactionTitle ?? '',
    transactionComment: body.transactionComment ?? '',
    email: body.beneficiaryEmail?.trim() ?? '',
    telephone: credited ?? body.beneficiaryTelephone ?? body.accountTelephone ?? '',
  }
}

/** What makes two orders under one reference the same: what is bought, for how much, from which wallet, for whom. */
export function toRequestKey(
  body: OrderBody,
  amounts: readonly [string, string],
  walletCode: string,
): string {
  const fold = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase()
  return JSON.stringify([
    String(body.productId),
    ...amounts,
    walletCode,
    fold(body.uniqueAccountId),
    fold(body.productCode),
  ])
}

/** Where an order's product is shown and its pages are. */
export type Shown = Pages & { readonly product: Product | undefined }

/** The answer to an order, and to its repeat. */
export function toOrderReply(order: Order, shown: Shown): OrderReply {
  const notes = notesOf(order)
  const [item] = order.items
  const [faceCurrency, rate] = [currencyIn(notes.faceCurrency), rateIn(notes)]
  return {
    responseStatus: toStatusWord(order.status),
    responseMessage: messageOf(order, notes.email !== ''),
    customerReference: notes.customerReference,
    transactionReference: referenceOf(notes),
    uniqueAccountId: notes.uniqueAccountId,
    ...toDelivered(order, displayOf(shown.product)),
    ...toEsimLinks(item, shown),
    productId: notes.productId,
    productCode: notes.productCode,
    providerId: notes.providerId,
    providerName: notes.providerName,
    name: item?.skuName ?? '',
    description: shown.product?.descriptions.en ?? '',
    productMoreInfoUrl: '#',
    expirationDate: item?.codes[0]?.expiresOn ?? '',
    value: exactNumber(notes.faceValue),
    valueCurrencyId: toCurrencyId(faceCurrency),
    valueCurrencyCode: faceCurrency,
    targetValue: exactNumber(notes.targetValue),
    walletId: notes.walletId,
    productCost: toAmount(item?.unitPrice ?? 0n),
    productCostCurrencyCode: order.currency,
    productCostCurrencyId: toCurrencyId(order.currency),
    transactionTitle: notes.transactionTitle,
    transactionComment: notes.transactionComment,
    sysComment: toRateComment({ faceCurrency, currency: order.currency, rate }),
    fxRate: { rate: toRate(rate), currencyCode: order.currency },
  }
}

/** The answer to a question about an order. */
export function toStatusReply(order: Order, shown: Shown): StatusReply {
  const notes = notesOf(order)
  const [item] = order.items
  const status = toStatusWord(order.status)
  const [day = '', time = ''] = order.createdAt.toISOString().split('T')
  return {
    responseStatus: status,
    responseMessage: status === 'SUCCESS' ? 'Transaction completed successfully' : messageOf(order, false),
    orderStatus: status,
    customerReference: notes.customerReference,
    transactionReference: referenceOf(notes),
    name: item?.skuName ?? '',
    productId: notes.productId,
    providerName: notes.providerName,
    productCost: toAmount(item?.unitPrice ?? 0n),
    productCostCurrencyCode: order.currency,
    ...toDelivered(order, displayOf(shown.product)),
    ...toEsimLinks(item, shown),
    transactionDate: `${day}T00:00:00`,
    transactionTime: time.slice(0, 8),
    requestComment: 'Transaction record retrieved',
  }
}

export function toStatusWord(status: OrderStatus): StatusWord {
  if (status === 'completed' || status === 'partially_completed') return 'SUCCESS'
  return status === 'failed' || status === 'cancelled' ? 'FAILED' : 'PENDING'
}

export function displayOf(product: Product | undefined): Display {
  return {
    redeemUrl: product?.brand.redeemUrl,
    isGrouped: product?.attributes['code_groups'] === 4,
  }
}

function messageOf(order: Order, isMailed: boolean): string {
  switch (toStatusWord(order.status)) {
    case 'SUCCESS':
      return isMailed ? `${bought} Email receipt sent.` : bought
    case 'PENDING':
      return 'The order is being processed.'
    case 'FAILED':
      return `The order failed and was not charged. ${reasonOf(order.items[0]?.errorCode)}`
  }
}

const bought = 'Product purchased successfully.'

function reasonOf(errorCode: string | undefined): string {
  const known: Readonly<Record<string, string>> = { ...failureSentences, ...refusals }
  return known[errorCode ?? ''] ?? 'It could not be delivered.'
}

/** What the last supplier of the chain gave as its reason. */
const refusals: Readonly<Record<string, string>> = {
  invalid_recipient: 'The recipient is not valid.',
  operator_unavailable: 'The operator is not available; try again later.',
  product_unavailable: 'The product is not available.',
  limit_exceeded: 'The amount is outside the limits.',
}

function currencyIn(code: string): Currency {
  const currency = parseCurrency(code)
  if (currency === undefined) throw new Error(`${code} is no currency.`)
  return currency
}

function rateIn({ rate }: OrderNotes): bigint {
  return parseDecimal(rate, rateScale) ?? 0n
}
