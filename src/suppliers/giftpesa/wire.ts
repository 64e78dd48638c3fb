import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** What we read of the other side's answers; whatever else stands there is no business of ours. Amounts are read from their digits. */

const Refusal = Type.Object({
  Error: Type.Object({
    Code: Type.Integer(),
    Message: Type.String(),
    Fields: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
})
export type Refusal = Static<typeof Refusal>

const head = {
  DisbursementID: Type.String(),
  Status: Type.String(),
  RecipientsCount: Type.Integer(),
  Amount: Type.Unknown(),
  Cost: Type.Unknown(),
}

const Booked = Type.Object(head)
export type Booked = Static<typeof Booked>

const Disbursement = Type.Object({
  ...head,
  AmountDisbursed: Type.Unknown(),
  TransactionCode: Type.String({ minLength: 1 }),
  Recipients: Type.Array(
    Type.Object({
      Phone: Type.String(),
      Amount: Type.Unknown(),
      Status: Type.String(),
      VoucherCode: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})
export type Disbursement = Static<typeof Disbursement>

const Merchant = Type.Object({ MerchantID: Type.String(), Merchant: Type.String() })
export type Merchant = Static<typeof Merchant>

export const wire = {
  refusal: Compile(Refusal),
  token: Compile(
    Type.Object({
      access_token: Type.String({ pattern: '^[\\x21-\\x7e]{1,512}$' }),
      ExpiresIn: Type.Integer({ minimum: 1 }),
    }),
  ),
  booked: Compile(Booked),
  disbursement: Compile(Disbursement),
  merchants: Compile(Type.Array(Merchant)),
}
