import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal, givenAmount, nullable, reference } from './envelope.ts'

const recipientEmail = Type.Optional(
  nullable(Type.String({ maxLength: 254, description: 'The goods are mailed there, too.' })),
)
const productId = Type.String({ minLength: 1, maxLength: 200, description: 'As listed.' })
const currency = Type.String({ minLength: 1, maxLength: 10, description: 'ISO 4217.', examples: ['USD'] })

export const GiftCardBody = Type.Object({
  product_id: productId,
  amount: givenAmount('One of the product’s denominations, or within its range.'),
  currency: { ...currency, description: 'The product’s.' },
  recipient_email: recipientEmail,
  reference,
})
export type GiftCardBody = Static<typeof GiftCardBody>

export const TopUpBody = Type.Object({
  phone: Type.String({ minLength: 1, maxLength: 30, description: 'E.164.', examples: ['+2348031234567'] }),
  amount: givenAmount('In the operator’s currency.'),
  currency: Type.Optional({ ...currency, description: 'The operator’s, if it is given.' }),
  operator_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Detected from the number if it is left out.' }),
  ),
  reference,
})
export type TopUpBody = Static<typeof TopUpBody>

export const DigitalBody = Type.Object({
  product_id: productId,
  quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 1 })),
  recipient_email: recipientEmail,
  reference,
})
export type DigitalBody = Static<typeof DigitalBody>

const statusWord = Type.Union([Type.Literal('completed'), Type.Literal('pending'), Type.Literal('failed')])
export type StatusWord = Static<typeof statusWord>

const head = {
  reference: Type.String({ examples: ['IAS-7K2M9QXB4T5RW8HC3DVN'] }),
  transaction_id: Type.String({ format: 'uuid' }),
  status: statusWord,
}
const charge = {
  amount: exactDecimal('Of what was bought, in its own currency.', 50),
  currency: Type.String({ examples: ['USD'] }),
  charged_amount: exactDecimal('What the wallet paid; 0 once it has failed.', 51.25),
  charged_currency: Type.String({ examples: ['USD'] }),
}
const createdAt = Type.String({ format: 'date-time', examples: ['2026-01-15T12:58:23.456Z'] })

const goods = {
  ...head,
  product_id: Type.String(),
  product_name: Type.String(),
  ...charge,
  code: nullable(Type.String()),
  pin: nullable(Type.String()),
  serial: nullable(Type.String()),
  expires_at: nullable(Type.String({ examples: ['2027-01-15'] })),
  redeem_url: nullable(Type.String()),
  recipient_email: nullable(Type.String()),
  created_at: createdAt,
}

export const GiftCardReply = Type.Object(goods)
export type GiftCardReply = Static<typeof GiftCardReply>

export const DigitalReply = Type.Object({
  ...goods,
  quantity: Type.Integer(),
  license_keys: Type.Array(Type.String()),
})
export type DigitalReply = Static<typeof DigitalReply>

export const TopUpReply = Type.Object({
  ...head,
  phone: Type.String(),
  operator_id: Type.String(),
  operator: Type.String(),
  ...charge,
  operator_reference: nullable(Type.String()),
  created_at: createdAt,
})
export type TopUpReply = Static<typeof TopUpReply>

export const PurchaseReply = Type.Union([GiftCardReply, DigitalReply, TopUpReply])
export type PurchaseReply = Static<typeof PurchaseReply>

export const ReferencePath = Type.Object({
  reference: Type.String({ maxLength: 200, description: 'Yours or ours, or the transaction_id.' }),
})
