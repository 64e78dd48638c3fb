import { Type } from 'typebox'
import type { Static } from 'typebox'
import { AmountText, Instant, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

const Note = Type.String({ minLength: 1, maxLength: 1_000 })
const Resolution = Type.Enum([
  'write_off',
  'supplier_credits',
  'refund_partner',
  'refund_and_credit',
  'no_action',
])

export const Break = Type.Object({
  id: Uuid,
  kind: Type.String(),
  state: Type.String(),
  supplier: Type.String(),
  reference: Type.String(),
  detail: Type.String(),
  /** At stake; null: nobody knows. */
  amount: nullable(Type.String()),
  currency: Type.String(),
  proposal_id: nullable(Uuid),
  resolution: nullable(Type.String()),
  settle_amount: nullable(Type.String()),
  note: Type.String(),
  proposed_by: nullable(Type.String()),
  created_at: Instant,
})
export type Break = Static<typeof Break>
export const BreaksReply = pageOf(Break)
export const ProposeBreakBody = Type.Object({
  resolution: Resolution,
  /** What is booked at the supplier, where it is not what the break says. */
  amount: Type.Optional(AmountText),
  note: Note,
})
/** By its id the other person settles exactly this. */
export const ProposalReply = Type.Object({ proposal_id: Uuid })

const ItemState = Type.Enum(['accepted', 'dispatching', 'unknown', 'pending', 'parked'])
export const OpenItem = Type.Object({
  order_id: Uuid,
  item: Type.Integer(),
  partner: Type.String(),
  product: Type.String(),
  quantity: Type.Integer(),
  state: ItemState,
  supplier: nullable(Type.String()),
  supplier_reference: nullable(Type.String()),
  sends: Type.Integer(),
  /** Why a person must look. */
  reason: nullable(Type.String()),
  /** What the supplier's statements say of it. */
  stated: nullable(Type.String()),
  proposal_id: nullable(Uuid),
  /** What the other person agrees to, or not. */
  proposal: nullable(
    Type.Object({
      outcome: Type.Enum(['delivered', 'failed']),
      /** Codes and receipts that were delivered. */
      goods: Type.Integer(),
      cost: nullable(Type.String()),
      currency: nullable(Type.String()),
      note: Type.String(),
      proposed_by: Type.String(),
    }),
  ),
  created_at: Instant,
})
export type OpenItem = Static<typeof OpenItem>
export const OpenItemsQuery = Type.Object({ ...pageQuery, state: Type.Optional(ItemState) })
export const OpenItemsReply = pageOf(OpenItem)
export const ItemPath = Type.Object({ id: Uuid, item: Type.Integer({ minimum: 1, maximum: 1_000 }) })
export const ProposeItemBody = Type.Object({
  outcome: Type.Enum(['delivered', 'failed']),
  /** Of a delivery: its codes, as the supplier gave them. */
  codes: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.String({ minLength: 1, maxLength: 1_000 }),
        pin: Type.Optional(Type.String({ maxLength: 200 })),
        serial: Type.Optional(Type.String({ maxLength: 200 })),
      }),
      { maxItems: 1_000 },
    ),
  ),
  /** Of what happened at the recipient's account: what to tell. */
  receipt: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  /** What the supplier takes for all of it; what was agreed by default. */
  cost: Type.Optional(AmountText),
  note: Note,
})
export type ProposeItemBody = Static<typeof ProposeItemBody>

export const Reversal = Type.Object({
  redemption_id: Uuid,
  partner_id: Uuid,
  receipt: Type.String(),
  mode: Type.String(),
  phone: Type.String(),
  merchant: nullable(Type.String()),
  till: nullable(Type.String()),
  amount: Type.String(),
  currency: Type.String(),
  created_at: Instant,
  proposal_id: nullable(Uuid),
  proposed_by: nullable(Type.String()),
  note: Type.String(),
  reversed_at: nullable(Instant),
})
export type Reversal = Static<typeof Reversal>
export const ReversalsReply = pageOf(Reversal)
export const ReceiptPath = Type.Object({ receipt: Type.String({ minLength: 1, maxLength: 20 }) })
export const NoteBody = Type.Object({ note: Note })

export const Refund = Type.Object({
  id: Uuid,
  checkout_id: Uuid,
  partner: Type.String(),
  shop: Type.String(),
  reference: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  note: Type.String(),
  proposed_by: Type.String(),
  created_at: Instant,
})
export type Refund = Static<typeof Refund>
export const RefundsReply = pageOf(Refund)
export const ProposeRefundBody = Type.Object({
  /** Absent: all that was not given back yet. */
  amount: Type.Optional(AmountText),
  note: Note,
})

export const AssignLineBody = Type.Object({
  partner_id: Uuid,
  wallet: Type.String({ minLength: 1, maxLength: 20 }),
  note: Note,
})
export const StatementBody = Type.Object({
  file_name: Type.String({ minLength: 1, maxLength: 200 }),
  /** MT940, camt.053, or CSV whose header names date, amount (or credit and debit), and if wished currency, reference, remittance, payer, account. */
  content: Type.String({ minLength: 1, maxLength: 16_777_216 }),
  /** Of a CSV file without columns for them. */
  account: Type.Optional(Type.String({ maxLength: 40 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
})
export const StatementReply = Type.Object({
  /** The very file was imported before, and nothing was done. */
  repeated: Type.Boolean(),
  lines: Type.Integer(),
  /** Lines that another statement had before. */
  known: Type.Integer(),
  states: Type.Array(Type.Object({ state: Type.String(), count: Type.Integer() })),
})
export type StatementReply = Static<typeof StatementReply>
