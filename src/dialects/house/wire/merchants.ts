import { Type } from 'typebox'
import type { Static } from 'typebox'
import { AmountText, Instant, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Code = Type.String({ minLength: 1, maxLength: 64 })
const Status = Type.Enum(['active', 'closed'])
const CurrencyCode = Type.String({ pattern: '^[A-Z]{3}$' })

export const MerchantPath = Type.Object({ code: Code })
export const TillPath = Type.Object({ number: Type.String({ minLength: 1, maxLength: 20 }) })

export const Merchant = Type.Object({
  code: Type.String(),
  name: Type.String(),
  category_code: Type.String(),
  category: Type.String(),
  status: Status,
})
export type Merchant = Static<typeof Merchant>
export const MerchantsReply = pageOf(Merchant)
export const SaveMerchantBody = Type.Object({
  name: Name,
  category_code: Code,
  category: Name,
  status: Type.Optional(Status),
})

export const Till = Type.Object({
  number: Type.String(),
  merchant: Type.String(),
  name: Type.String(),
  status: Status,
})
export type Till = Static<typeof Till>
export const TillsReply = pageOf(Till)
export const SaveTillBody = Type.Object({ merchant: Code, name: Name, status: Type.Optional(Status) })

const MerchantKey = Type.Object({
  id: Uuid,
  label: Type.String(),
  hint: Type.String(),
  created_at: Instant,
  revoked_at: nullable(Instant),
})
export const MerchantKeysReply = Type.Object({ data: Type.Array(MerchantKey) })
export type MerchantKeysReply = Static<typeof MerchantKeysReply>
export const CreateMerchantKeyBody = Type.Object({ label: Type.Optional(Type.String({ maxLength: 100 })) })
/** The token is shown this once. */
export const CreatedMerchantKeyReply = Type.Object({ id: Uuid, token: Type.String() })

export const Owed = Type.Object({
  merchant: Type.String(),
  partner_id: Uuid,
  partner: Type.String(),
  currency: Type.String(),
  /** Below zero: it owes us. */
  owed: Type.String(),
  /** Payouts that wait for a second person. */
  proposed: Type.String(),
})
export type Owed = Static<typeof Owed>
export const OwedQuery = Type.Object({ ...pageQuery, merchant: Type.Optional(Code) })
export const OwedReply = pageOf(Owed)

const DetailsState = Type.Enum(['entered', 'confirmed', 'rejected', 'replaced'])
export const BankDetails = Type.Object({
  id: Uuid,
  merchant: Type.String(),
  currency: Type.String(),
  /** All but the last four signs of the number hidden. */
  account: Type.String(),
  state: DetailsState,
  entered_by: Type.String(),
  decided_by: nullable(Type.String()),
  reason: Type.String(),
  created_at: Instant,
})
export type BankDetails = Static<typeof BankDetails>
export const BankDetailsQuery = Type.Object({
  ...pageQuery,
  merchant: Type.Optional(Code),
  state: Type.Optional(DetailsState),
})
export const BankDetailsReply = pageOf(BankDetails)
export const EnterDetailsBody = Type.Object({
  currency: CurrencyCode,
  bank_name: Type.String({ minLength: 1, maxLength: 140 }),
  account_name: Type.String({ minLength: 1, maxLength: 140 }),
  account_number: Type.String({ minLength: 4, maxLength: 40 }),
  bank_code: Type.Optional(Type.String({ maxLength: 20 })),
})
export const OpenedDetailsReply = Type.Object({
  bank_name: Type.String(),
  account_name: Type.String(),
  account_number: Type.String(),
  bank_code: Type.String(),
})
export type OpenedDetailsReply = Static<typeof OpenedDetailsReply>

const SettlementState = Type.Enum(['proposed', 'approved', 'rejected', 'returned'])
export const Settlement = Type.Object({
  id: Uuid,
  kind: Type.Enum(['payout', 'return']),
  merchant: Type.String(),
  partner_id: Uuid,
  partner: Type.String(),
  reference: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  account: Type.String(),
  note: Type.String(),
  state: SettlementState,
  proposed_by: Type.String(),
  decided_by: nullable(Type.String()),
  reason: Type.String(),
  created_at: Instant,
  decided_at: nullable(Instant),
})
export type Settlement = Static<typeof Settlement>
export const SettlementsQuery = Type.Object({
  ...pageQuery,
  merchant: Type.Optional(Code),
  state: Type.Optional(SettlementState),
})
export const SettlementsReply = pageOf(Settlement)
const Reference = Type.String({ minLength: 1, maxLength: 64 })
const Note = Type.String({ maxLength: 1_000 })
export const ProposePayoutBody = Type.Object({
  merchant: Code,
  partner_id: Uuid,
  amount: AmountText,
  currency: CurrencyCode,
  /** Yours: the same again answers the first. */
  reference: Reference,
  note: Type.Optional(Note),
})
/** What the bank said. */
export const ProposeReturnBody = Type.Object({ reference: Reference, note: Note })
