import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Instant, Money, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

const Iccid = Type.String({ pattern: String.raw`^\d{18,22}$` })
export const IccidPath = Type.Object({ iccid: Iccid })

export const Esim = Type.Object({
  iccid: Iccid,
  name: Type.String(),
  /** The order that brought it, and shows its QR code. */
  order_id: Uuid,
  /** All that was ever put on it, the first included. */
  packages: Type.Integer(),
  created_at: Instant,
})
export type Esim = Static<typeof Esim>
export const EsimsReply = pageOf(Esim)

const EsimPackage = Type.Object({
  name: Type.String(),
  total_bytes: Type.String(),
  remaining_bytes: Type.String(),
  activated_at: nullable(Instant),
  expires_at: nullable(Instant),
  status: Type.Enum(['waiting', 'active', 'depleted', 'expired']),
})
/** What its supplier says now. */
export const EsimReply = Type.Object({
  iccid: Iccid,
  order_id: Uuid,
  status: Type.Enum(['Released', 'Installed', 'Active', 'Depleted', 'Expired']),
  can_renew: Type.Boolean(),
  packages: Type.Array(EsimPackage),
  coverage: Type.Array(Type.Object({ country: Type.String(), network: Type.String() })),
})
export type EsimReply = Static<typeof EsimReply>

/** Codes are cash of others: none is here. */
export const Voucher = Type.Object({
  id: Uuid,
  phone: Type.String(),
  holder: Type.String(),
  amount: Type.String(),
  balance: Type.String(),
  currency: Type.String(),
  state: Type.Enum(['live', 'not_yet', 'spent', 'ended', 'frozen']),
  /** Codes of the merchants that may take it; none: all may. */
  merchants: Type.Array(Type.String()),
  starts_at: Instant,
  ends_at: Instant,
  disbursement_id: nullable(Uuid),
})
export type Voucher = Static<typeof Voucher>
export const VouchersQuery = Type.Object({
  ...pageQuery,
  /** E.164: +254712345678. */
  phone: Type.Optional(Type.String({ maxLength: 20 })),
})
export const VouchersReply = pageOf(Voucher)
export const FreezeBody = Type.Object({
  is_frozen: Type.Boolean(),
  note: Type.Optional(Type.String({ maxLength: 500 })),
})

const CheckoutStatus = Type.Enum(['created', 'pending', 'approved', 'successful', 'unsuccessful'])
export const Checkout = Type.Object({
  id: Uuid,
  reference: Type.String(),
  seller: Type.String(),
  status: CheckoutStatus,
  reason: nullable(Type.String()),
  amount: Money,
  fee: Type.String(),
  refunded: Type.String(),
  terms: nullable(Type.String()),
  months: nullable(Type.Integer()),
  buyer: nullable(Type.String()),
  created_at: Instant,
  expires_at: Instant,
  ended_at: nullable(Instant),
})
export type Checkout = Static<typeof Checkout>
export const CheckoutsQuery = Type.Object({ ...pageQuery, status: Type.Optional(CheckoutStatus) })
export const CheckoutsReply = pageOf(Checkout)
export const CheckoutReply = Type.Object({
  ...Checkout.properties,
  payer: nullable(Type.String()),
  decision: nullable(Type.String()),
  instalments: Type.Array(
    Type.Object({
      number: Type.Integer(),
      due_on: Type.String(),
      principal: Type.String(),
      interest: Type.String(),
      state: Type.String(),
      paid_at: nullable(Instant),
    }),
  ),
})
export type CheckoutReply = Static<typeof CheckoutReply>

/** Days of the viewer's time zone; the last one counts. */
const Day = Type.String({ pattern: String.raw`^\d{4}-\d\d-\d\d$` })
export const SalesQuery = Type.Object({ from: Day, to: Day })
export const SalesFileQuery = Type.Object({ from: Day, to: Day, format: Type.Enum(['csv', 'xlsx']) })
export const SalesReply = Type.Object({
  data: Type.Array(
    Type.Object({
      sku: Type.String(),
      name: Type.String(),
      orders: Type.Integer(),
      units: Type.Integer(),
      paid: Type.String(),
      currency: Type.String(),
    }),
  ),
})
export type SalesReply = Static<typeof SalesReply>

export const SendBody = Type.Object({ to: Type.String({ minLength: 3, maxLength: 254 }) })
