import type { Quote } from '../../../core/catalogue/catalogue.ts'
import type { Order, OrderItem, OrderStatus, PlaceOrder } from '../../../core/orders/order.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import type { PartnerId } from '../../../values/ids.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { DigitalReply, GiftCardReply, PurchaseReply, StatusWord, TopUpReply } from '../wire/purchases.ts'
import { toAmount } from './envelope.ts'
import type { Listed } from './listing.ts'
import type { PurchaseKind, PurchaseNotes } from './notes.ts'

/** What is wanted, found in the catalogue, before anybody pays. */
export type Wish = {
  readonly kind: PurchaseKind
  readonly listed: Listed
  /** As the wire calls it. */
  readonly productId: string
  readonly quantity: number
  /** Of one. */
  readonly faceValue: Micros
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly operator?: { readonly id: string; readonly name: string } | undefined
}

/** Under which names a purchase stands. */
export type Names = {
  readonly reference: string
  readonly externalId: string
  /** What makes a repeat of it the same. */
  readonly requestKey: string
}

export function toPlaceOrder(
  { listed: { product, sku }, ...wish }: Wish,
  names: Names,
  paid: {
    readonly partnerId: PartnerId
    readonly wallet: PayingWallet
    readonly price: Quote
    readonly canBeSupplied: boolean
  },
): PlaceOrder {
  const { partnerId, wallet, price, canBeSupplied } = paid
  const notes: PurchaseNotes = {
    kind: wish.kind,
    reference: names.reference,
    productId: wish.productId,
    productName: sku.names.en,
    amount: printAmount(wish.faceValue),
    currency: sku.currency,
    email: wish.email ?? '',
    redeemUrl: product.brand.redeemUrl ?? '',
    phone: wish.phone ?? '',
    operatorId: wish.operator?.id ?? '',
    operator: wish.operator?.name ?? '',
  }
  return {
    partnerId,
    walletId: wallet.id,
    currency: wallet.currency,
    dialect: 'iascroft',
    externalId: names.externalId,
    requestKey: names.requestKey,
    skuId: sku.id,
    skuName: sku.names.en,
    quantity: wish.quantity,
    unitPrice: price.unitPrice,
    faceValue: wish.faceValue,
    faceCurrency: sku.currency,
    allowPartial: false,
    canBeSupplied,
    customerData: wish.phone === undefined ? undefined : { phone: wish.phone },
    metadata: undefined,
    notes,
  }
}

function toStatusWord(status: OrderStatus): StatusWord {
  if (status === 'completed' || status === 'partially_completed') return 'completed'
  return status === 'failed' || status === 'cancelled' ? 'failed' : 'pending'
}

/**
 * A purchase as its endpoint answers it.
 *
 * @param status what is told of it: the order's own state, or an earlier one that an event speaks of
 */
export function toPurchaseReply(
  order: Order,
  notes: PurchaseNotes,
  status: StatusWord = toStatusWord(order.status),
): PurchaseReply {
  // Only one item is ever ordered here.
  const [item] = order.items
  if (notes.kind === 'airtime') return toTopUpReply(order, item, notes, status)
  const goods = toGoodsReply(order, item, notes, status)
  return notes.kind === 'digital' ? withKeys(goods, item, status) : goods
}

function toGoodsReply(
  order: Order,
  item: OrderItem | undefined,
  notes: PurchaseNotes,
  status: StatusWord,
): GiftCardReply {
  const code = status === 'completed' ? item?.codes[0] : undefined
  const link =
    notes.redeemUrl === '' || code === undefined
      ? undefined
      : notes.redeemUrl.replaceAll('{code}', encodeURIComponent(code.code.toWellFormed()))
  return {
    ...toHead(order, notes, status),
    product_id: notes.productId,
    product_name: notes.productName,
    ...toCharge(order, item, notes, status),
    code: code?.code ?? null,
    pin: code?.pin ?? null,
    serial: code?.serial ?? null,
    expires_at: code?.expiresOn ?? null,
    redeem_url: code?.url ?? link ?? null,
    recipient_email: notes.email === '' ? null : notes.email,
    created_at: order.createdAt.toISOString(),
  }
}

function withKeys(reply: GiftCardReply, item: OrderItem | undefined, status: StatusWord): DigitalReply {
  const keys = status === 'completed' ? (item?.codes ?? []).map(({ code }) => code) : []
  return { ...reply, quantity: item?.quantity ?? 0, license_keys: keys }
}

function toTopUpReply(
  order: Order,
  item: OrderItem | undefined,
  notes: PurchaseNotes,
  status: StatusWord,
): TopUpReply {
  const receipt = status === 'completed' ? item?.receipts[0] : undefined
  return {
    ...toHead(order, notes, status),
    phone: notes.phone,
    operator_id: notes.operatorId,
    operator: notes.operator,
    ...toCharge(order, item, notes, status),
    operator_reference: receipt?.operatorReference ?? null,
    created_at: order.createdAt.toISOString(),
  }
}

function toHead({ id }: Order, { reference }: PurchaseNotes, status: StatusWord) {
  return { reference, transaction_id: id, status }
}

/** What was bought, and what it costs: all of it while it is pending, what was delivered once it is there, nothing if it failed. */
function toCharge(order: Order, item: OrderItem | undefined, notes: PurchaseNotes, status: StatusWord) {
  const units = status === 'completed' ? item?.delivered : item?.quantity
  const charged = status === 'failed' ? 0n : (item?.unitPrice ?? 0n) * BigInt(units ?? 0)
  const face = (parseAmount(notes.amount) ?? 0n) * BigInt(item?.quantity ?? 1)
  return {
    amount: toAmount(face),
    currency: notes.currency,
    charged_amount: toAmount(charged),
    charged_currency: order.currency,
  }
}
