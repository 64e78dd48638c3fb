import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal } from './envelope.ts'

const amount = (description: string) =>
  Type.Optional(Type.Unsafe<unknown>({ type: ['number', 'string', 'null'], description }))

const text = (maxLength: number, description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description }))

export const OrderBody = Type.Object({
  productId: Type.Union([Type.Integer(), Type.String({ maxLength: 20 })], { description: 'As listed.' }),
  providerId: Type.Optional(
    Type.Unsafe<number | string | null>({
      type: ['integer', 'string', 'null'],
      description: 'As listed; it must be the product’s.',
    }),
  ),
  value: amount('What is bought, in the wallet’s currency: the targetValue. 0 or absent with faceValue.'),
  faceValue: amount('What is bought, in the product’s currency. 0 or absent with value.'),
  walletId: text(20, 'The wallet that pays; the same as in the header.'),
  uniqueAccountId: text(64, 'The phone (international), meter or smart card that is credited.'),
  accountName: text(200, 'Who holds that account.'),
  beneficiaryTelephone: text(20, 'The recipient’s phone, international.'),
  accountTelephone: text(20, 'The account holder’s phone, international.'),
  transactionTitle: text(200, 'Kept with the order.'),
  transactionComment: text(500, 'Kept with the order.'),
  productCode: text(100, 'For utilities; what a validation told for subscriptions.'),
  customerReference: text(50, 'Yours: the same reference with the same order returns the first one.'),
  beneficiaryEmail: text(254, 'A receipt is mailed there.'),
})
export type OrderBody = Static<typeof OrderBody>

const FxRate = Type.Object({ rate: exactDecimal('As ordered.', 0.82), currencyCode: Type.String() })

/** What was delivered; one of its fields, named by `deliveryField`, holds it. */
const delivered = {
  voucherCode: Type.String({ examples: ['8943 1081 6100 0326 169'] }),
  redemptionUrl: Type.String({ examples: ['#'] }),
  qrCodeData: Type.String(),
  deliveryField: Type.String({ examples: ['voucherCode'] }),
  redemptionInfo: Type.String(),
}
const Delivered = Type.Object(delivered)
export type Delivered = Static<typeof Delivered>

const statusWords = Type.Union([Type.Literal('SUCCESS'), Type.Literal('FAILED'), Type.Literal('PENDING')])
export type StatusWord = Static<typeof statusWords>

const esimLinks = {
  androidInstallUrl: Type.Optional(Type.String()),
  iosInstallUrl: Type.Optional(Type.String()),
  eSimDataUsageUrl: Type.Optional(Type.String()),
}
const EsimLinks = Type.Object(esimLinks)
export type EsimLinks = Static<typeof EsimLinks>

export const OrderReply = Type.Object({
  responseStatus: statusWords,
  responseMessage: Type.String(),
  customerReference: Type.String(),
  transactionReference: Type.String({ examples: ['250311224805113784:S:LGBYBJIYTURUDUQBFTXQWQBCW'] }),
  uniqueAccountId: Type.String(),
  ...delivered,
  ...esimLinks,
  productId: Type.Integer(),
  productCode: Type.String(),
  providerId: Type.Integer(),
  providerName: Type.String(),
  name: Type.String(),
  description: Type.String(),
  productMoreInfoUrl: Type.String(),
  expirationDate: Type.String(),
  value: exactDecimal('The face value.', 7.2),
  valueCurrencyId: Type.Integer(),
  valueCurrencyCode: Type.String(),
  targetValue: exactDecimal('The face value at the order’s rate.', 5.904),
  walletId: Type.String(),
  productCost: exactDecimal('What the wallet pays.', 5.904),
  productCostCurrencyCode: Type.String(),
  productCostCurrencyId: Type.Integer(),
  transactionTitle: Type.String(),
  transactionComment: Type.String(),
  sysComment: Type.String(),
  fxRate: FxRate,
})
export type OrderReply = Static<typeof OrderReply>

export const StatusReply = Type.Object({
  responseStatus: statusWords,
  responseMessage: Type.String(),
  orderStatus: statusWords,
  customerReference: Type.String(),
  transactionReference: Type.String(),
  name: Type.String(),
  productId: Type.Integer(),
  providerName: Type.String(),
  productCost: exactDecimal('What the wallet paid.', 110),
  productCostCurrencyCode: Type.String(),
  ...delivered,
  ...esimLinks,
  transactionDate: Type.String({ examples: ['2025-03-15T00:00:00'] }),
  transactionTime: Type.String({ examples: ['23:59:37'] }),
  requestComment: Type.String(),
})
export type StatusReply = Static<typeof StatusReply>

/** One of the two. */
export const OrderQuestion = Type.Object({
  transactionReference: Type.Optional(
    Type.String({ maxLength: 100, description: 'What the order was answered with.' }),
  ),
  'x-nonce': Type.Optional(
    Type.String({ maxLength: 64, description: 'The X-Nonce of the call that ordered.' }),
  ),
})
export type OrderQuestion = Static<typeof OrderQuestion>
