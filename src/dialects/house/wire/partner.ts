import { Type } from 'typebox'
import type { Static } from 'typebox'
import { AmountText, Instant, Money, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

const OrderStatus = Type.Enum([
  'created',
  'processing',
  'completed',
  'cancelled',
  'failed',
  'partially_completed',
])

export const Wallet = Type.Object({
  id: Uuid,
  code: Type.String(),
  currency: Type.String(),
  is_default: Type.Boolean(),
  balance: Type.String(),
  reserved: Type.String(),
  /** What can be spent, overdraft included. */
  available: Type.String(),
  overdraft_limit: Type.String(),
})
export type Wallet = Static<typeof Wallet>
/** Its owners are told by mail when less can be spent; null: they are not. */
const alertBelow = nullable(Type.String())
const WatchedWallet = Type.Object({ ...Wallet.properties, alert_below: alertBelow })
export type WatchedWallet = Static<typeof WatchedWallet>
export const WalletsReply = Type.Object({ data: Type.Array(WatchedWallet) })
export const BalanceAlertBody = Type.Object({ below: nullable(AmountText) })

export const WalletEntry = Type.Object({
  number: Type.String(),
  transfer_id: Uuid,
  kind: Type.String(),
  amount: Type.String(),
  balance_after: Type.String(),
  currency: Type.String(),
  order_id: nullable(Uuid),
  description: Type.String(),
  created_at: Instant,
})
export type WalletEntry = Static<typeof WalletEntry>
export const WalletEntriesReply = pageOf(WalletEntry)

export const FundBody = Type.Object({
  amount: AmountText,
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
})
export const Funding = Type.Object({
  reference: Type.String(),
  payment_reference: Type.String(),
  amount: Money,
  funded_amount: Type.String(),
  state: Type.String(),
  bank_name: Type.String(),
  account_name: Type.String(),
  account_number: Type.String(),
  bank_code: Type.String(),
  created_at: Instant,
  expires_at: Instant,
})
export type Funding = Static<typeof Funding>
export const FundingsReply = pageOf(Funding)

export const WithdrawBody = Type.Object({
  amount: AmountText,
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  bank_account: Type.Object({
    bank_name: Type.String({ minLength: 1, maxLength: 140 }),
    account_name: Type.String({ minLength: 1, maxLength: 140 }),
    account_number: Type.String({ minLength: 4, maxLength: 40 }),
    bank_code: Type.Optional(Type.String({ maxLength: 20 })),
  }),
})
export const Withdrawal = Type.Object({
  id: Uuid,
  partner_id: Uuid,
  reference: Type.String(),
  amount: Money,
  destination: Type.String(),
  state: Type.Enum(['pending_approval', 'paid', 'rejected']),
  reason: Type.String(),
  requested_by: Type.String(),
  decided_by: nullable(Type.String()),
  created_at: Instant,
  decided_at: nullable(Instant),
})
export type Withdrawal = Static<typeof Withdrawal>
export const WithdrawalsReply = pageOf(Withdrawal)

export const Product = Type.Object({
  id: Uuid,
  name: Type.String(),
  brand: Type.String(),
  category: Type.String(),
  type: Type.String(),
  country: nullable(Type.String()),
  image: Type.String(),
  description: Type.String(),
})
export type Product = Static<typeof Product>
export const ProductsQuery = Type.Object({
  ...pageQuery,
  q: Type.Optional(Type.String({ maxLength: 100 })),
  country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
  category: Type.Optional(Type.String({ maxLength: 64 })),
})
export const ProductsReply = pageOf(Product)

const Field = Type.Object({
  code: Type.String(),
  name: Type.String(),
  type: Type.String(),
  required: Type.Boolean(),
  options: Type.Array(Type.String()),
})
export const Sku = Type.Object({
  id: Uuid,
  code: Type.String(),
  name: Type.String(),
  currency: Type.String(),
  /** Of a fixed denomination; null: any amount from `least` to `most`. */
  face_value: nullable(Type.String()),
  least: nullable(Type.String()),
  most: nullable(Type.String()),
  max_per_order: Type.Integer(),
  in_stock: Type.Integer(),
  is_supplied: Type.Boolean(),
  /** What one costs the caller, by wallet; of a range, what its least costs. */
  prices: Type.Array(Type.Object({ wallet: Type.String(), amount: Type.String(), currency: Type.String() })),
})
export type Sku = Static<typeof Sku>
export const ProductReply = Type.Object({
  ...Product.properties,
  fields: Type.Array(Field),
  skus: Type.Array(Sku),
})
export type ProductReply = Static<typeof ProductReply>
export const QuoteQuery = Type.Object({
  sku_id: Uuid,
  wallet: Type.String({ maxLength: 20 }),
  amount: Type.Optional(AmountText),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1 })),
})
export const QuoteReply = Type.Object({ unit_price: Money, total: Money, face_value: Money })

export const CreateOrderBody = Type.Object({
  sku_id: Uuid,
  /** The code of the wallet that pays; absent: the default one. */
  wallet: Type.Optional(Type.String({ maxLength: 20 })),
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  /** The face value of a range. */
  amount: Type.Optional(AmountText),
  /** What the product asks for, by code. */
  fields: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 256 }))),
  external_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
})
export type CreateOrderBody = Static<typeof CreateOrderBody>
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
})

const OrderItem = Type.Object({
  sku_id: Uuid,
  name: Type.String(),
  quantity: Type.Integer(),
  delivered: Type.Integer(),
  unit_price: Type.String(),
  status: OrderStatus,
  error: nullable(Type.String()),
  recipient: Type.Record(Type.String(), Type.String()),
})
export const Order = Type.Object({
  id: Uuid,
  external_id: Type.String(),
  format: Type.String(),
  status: OrderStatus,
  total: Money,
  created_at: Instant,
  completed_at: nullable(Instant),
  items: Type.Array(OrderItem),
})
export type Order = Static<typeof Order>
export const OrdersQuery = Type.Object({
  ...pageQuery,
  /** An id of ours or the caller's own. */
  q: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(OrderStatus),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})
export type OrdersQuery = Static<typeof OrdersQuery>
export const OrdersReply = pageOf(Order)
/** A table as a file. */
const FileFormat = Type.Enum(['csv', 'xlsx'])
export const OrdersFileQuery = Type.Object({
  format: FileFormat,
  status: Type.Optional(OrderStatus),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})
export const EntriesFileQuery = Type.Object({ format: FileFormat })
export const RevealReply = Type.Object({
  codes: Type.Array(
    Type.Object({
      code: Type.String(),
      pin: nullable(Type.String()),
      serial: nullable(Type.String()),
      url: nullable(Type.String()),
      /** Of an eSIM: what its QR code says. */
      lpa: nullable(Type.String()),
      expires_on: nullable(Type.String()),
    }),
  ),
})

export const OverviewReply = Type.Object({
  wallets: Type.Array(Wallet),
  /** Ended orders of the last 30 days, by day (of the viewer's time zone) and currency. */
  sales: Type.Array(
    Type.Object({
      day: Type.String(),
      currency: Type.String(),
      orders: Type.Integer(),
      total: Type.String(),
    }),
  ),
  recent: Type.Array(Order),
})
export type OverviewReply = Static<typeof OverviewReply>

export const IdentityReply = Type.Object({
  state: Type.Enum(['none', 'submitted', 'approved', 'rejected']),
  kind: nullable(Type.String()),
  legal_name: nullable(Type.String()),
  reason: Type.String(),
  submitted_at: nullable(Instant),
  accounts: Type.Array(
    Type.Object({
      currency: Type.String(),
      bank_name: Type.String(),
      account_name: Type.String(),
      account_number: Type.String(),
      bank_code: Type.String(),
    }),
  ),
})
export const SubmitIdentityBody = Type.Object({
  kind: Type.Enum(['person', 'company']),
  legal_name: Type.String({ minLength: 1, maxLength: 200 }),
  officer_name: Type.String({ minLength: 1, maxLength: 200 }),
  officer_birth_date: Type.Optional(Type.String({ pattern: String.raw`^(\d{4}-\d\d-\d\d)?$` })),
  registration_number: Type.Optional(Type.String({ maxLength: 100 })),
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  address: Type.Optional(Type.String({ maxLength: 500 })),
  documents: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 200 }),
      /** Base 64; PDF, PNG or JPEG of at most 5 MiB. */
      content: Type.String({ minLength: 1, maxLength: 7_000_000 }),
    }),
    { minItems: 1, maxItems: 10 },
  ),
})
