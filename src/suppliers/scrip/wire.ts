import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * What the giftapi dialect answers, as far as a buyer needs it. Money is a JSON number of major units whose digits count: such a
 * member is unknown here, because it may be an ExactNumber, and is read by its digits.
 */

const amount = Type.Unknown()
const text = Type.String()
const someText = Type.String({ pattern: '\\S', maxLength: 4_096 })

function nullable<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}

const Item = Type.Object({
  sku_id: text,
  quantity: Type.Integer(),
  currency: text,
  /** Looked into only where the order says that it was delivered. */
  delivery_data: Type.Array(Type.Unknown()),
  error_message: nullable(text),
})

const Order = Type.Object({
  id: someText,
  external_id: text,
  status: text,
  total_amount: amount,
  currency: text,
  items: Type.Array(Item, { minItems: 1, maxItems: 1 }),
})
export type Order = Static<typeof Order>

const Voucher = Type.Object({
  pin: someText,
  serialNumber: Type.Optional(text),
  expiration: nullable(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })),
  code: Type.Optional(someText),
  url: Type.Optional(text),
})
export type Voucher = Static<typeof Voucher>

const Esim = Type.Object({
  iccid: Type.String({ pattern: '^\\d{18,20}$' }),
  qr_code: Type.String({ pattern: '^LPA:1\\$\\S+$' }),
})

const Receipt = Type.Object({
  status: someText,
  message: text,
  operator_reference: nullable(text),
  iccid: Type.Optional(text),
})

const Delivery = Type.Union([Esim, Voucher, Receipt])
export type Delivery = Static<typeof Delivery>

const Refusal = Type.Object({
  success: Type.Literal(false),
  message: text,
  error: text,
  errors: Type.Optional(Type.Record(text, Type.Array(text))),
})
export type Refusal = Static<typeof Refusal>

const Balance = Type.Object({ available_balance: amount, currency: text })

const PriceRow = Type.Object({
  sku_id: someText,
  denomination_type: Type.String(),
  price: Type.Optional(amount),
  currency: text,
  stock: Type.Integer(),
  markup_percent: Type.Optional(amount),
  markup_fixed: Type.Optional(amount),
  rate: Type.Optional(amount),
})
export type PriceRow = Static<typeof PriceRow>

const Product = Type.Object({ skus: Type.Array(Type.Object({ id: text, name: text })) })

const EsimPackage = Type.Object({
  id: text,
  name: text,
  data_total: amount,
  data_remaining: amount,
  data_unit: Type.Literal('GB'),
  activated_at: nullable(text),
  expires_at: nullable(text),
  status: text,
})
export type EsimPackage = Static<typeof EsimPackage>

const EsimState = Type.Object({
  status: text,
  can_renew: Type.Boolean(),
  active_packages: Type.Array(EsimPackage),
  coverage: Type.Array(Type.Object({ country_name: text, country_code: text, network_name: text })),
})
export type EsimState = Static<typeof EsimState>

const Notice = Type.Object({
  event: Type.Literal('order.status_changed'),
  idempotency_key: someText,
  data: Type.Object({ order: Type.Object({ external_id: Type.String({ minLength: 1, maxLength: 64 }) }) }),
})

function success<T extends TSchema>(data: T) {
  return Type.Object({ success: Type.Literal(true), data })
}

function page<T extends TSchema>(row: T) {
  return Type.Object({
    success: Type.Literal(true),
    data: Type.Array(row),
    meta: Type.Object({ next_cursor: nullable(text) }),
  })
}

/** Whether a parsed body is what its name says. */
export const wire = {
  order: Compile(success(Order)),
  orders: Compile(page(Order)),
  delivery: Compile(Delivery),
  refusal: Compile(Refusal),
  balance: Compile(success(Balance)),
  prices: Compile(page(PriceRow)),
  products: Compile(page(Product)),
  esim: Compile(success(EsimState)),
  notice: Compile(Notice),
}
