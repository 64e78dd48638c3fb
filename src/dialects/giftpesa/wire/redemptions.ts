import { Type } from 'typebox'
import type { Static } from 'typebox'
import { amount } from './envelope.ts'

const shared = {
  Phone: Type.String({ maxLength: 30, examples: ['+254712345678'] }),
  Amount: Type.Unsafe<unknown>({ type: ['number', 'string'], description: 'Above zero.' }),
  TillNo: Type.Unsafe<string | number>({ type: ['string', 'integer'], examples: ['123456'] }),
  Remarks: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 500 })),
}

export const RedeemBody = Type.Object({
  TransactionID: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Yours: the same with the same body returns the first answer.',
  }),
  Name: Type.String({ minLength: 1, maxLength: 200 }),
  ...shared,
})
export type RedeemBody = Static<typeof RedeemBody>

export const ExternalRedeemBody = Type.Object({
  MpesaCode: Type.String({
    minLength: 6,
    maxLength: 20,
    description: 'Of the payment; each can be used once.',
  }),
  TransactionID: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'The MpesaCode without it.' }),
  ),
  Name: Type.Optional(Type.String({ maxLength: 200 })),
  ...shared,
})
export type ExternalRedeemBody = Static<typeof ExternalRedeemBody>

export const RedeemReply = Type.Object(
  {
    TransactionID: Type.String(),
    Status: Type.Literal('success'),
    ReceiptNo: Type.String({ examples: ['PEKL98SO'] }),
    TransactionCode: Type.String({ examples: ['A9012333'] }),
    TrasanctionDate: Type.String({
      description: 'The vendor’s own spelling.',
      examples: ['2020-28-06 19:02:50'],
    }),
    TransactionDate: Type.String({ description: 'The same.' }),
    Merchant: Type.String({ examples: ['Naivas - Eastgate'] }),
    TillNo: Type.String(),
    Amount: amount('What was taken.', 10),
    Message: Type.String(),
  },
  { description: 'Success.' },
)
export type RedeemReply = Static<typeof RedeemReply>
