import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal, reference } from './envelope.ts'

export const RedeemBody = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 100, description: 'As it was handed out.' }),
  reference,
})
export type RedeemBody = Static<typeof RedeemBody>

export const RedeemReply = Type.Object({
  reference: Type.String(),
  transaction_id: Type.String({ format: 'uuid' }),
  status: Type.Literal('completed'),
  amount: exactDecimal('What the wallet got: all that the voucher was worth.', 500),
  currency: Type.String({ examples: ['KES'] }),
  transaction_code: Type.String({ description: 'For people: a letter and seven digits.' }),
  created_at: Type.String({ format: 'date-time' }),
})
export type RedeemReply = Static<typeof RedeemReply>
