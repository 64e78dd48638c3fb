import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal } from './envelope.ts'

const word = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100, description }))

export const ValidationBody = Type.Object({
  uniqueAccountId: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'The meter, smart card or phone that is looked for.',
    examples: ['45021234567'],
  }),
  productId: Type.Optional(
    Type.Unsafe<number | string | null>({
      type: ['integer', 'string', 'null'],
      description: 'As listed; the others are ignored beside it.',
    }),
  ),
  serviceCode: word('As listed.'),
  brandCode: word('As listed, or the code of the brand’s family.'),
  serviceType: word('PREPAID or POSTPAID.'),
  accountTelephone: word('The account holder’s phone.'),
})
export type ValidationBody = Static<typeof ValidationBody>

const ProductOption = Type.Object({
  productName: Type.String(),
  productCode: Type.String({ description: 'The productCode of the order.' }),
  noOfMonths: Type.Integer(),
  value: exactDecimal('In the wallet’s currency: the value of the order.', 17450),
})
export type ProductOption = Static<typeof ProductOption>

export const ValidationReply = Type.Object({
  productId: Type.Integer(),
  providerId: Type.Integer(),
  productCode: Type.String(),
  status: Type.String({ examples: ['200'] }),
  message: Type.String({ examples: ['successful'] }),
  accountName: Type.String(),
  uniqueAccountId: Type.String(),
  brandCode: Type.String(),
  productOptions: Type.Array(ProductOption),
  transactionReference: Type.String(),
  validated: Type.Boolean(),
})
export type ValidationReply = Static<typeof ValidationReply>
