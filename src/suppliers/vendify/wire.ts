import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * What the reseller API answers, as far as a buyer needs it. Money is a JSON number of major units whose digits count: such a member
 * is unknown here, because it may be an ExactNumber, and is read by its digits.
 */

const amount = Type.Unknown()
const text = Type.String()
const someText = Type.String({ pattern: '\\S', maxLength: 4_096 })
const maybeText = Type.Optional(Type.Union([text, Type.Null()]))

/** The answer to an order and to a question about one, which leaves out what it does not tell. */
const Order = Type.Object({
  responseStatus: text,
  responseMessage: maybeText,
  orderStatus: maybeText,
  customerReference: maybeText,
  transactionReference: someText,
  productId: Type.Integer(),
  productCost: amount,
  productCostCurrencyCode: text,
  voucherCode: maybeText,
  redemptionUrl: maybeText,
  qrCodeData: maybeText,
  deliveryField: maybeText,
  redemptionInfo: maybeText,
  expirationDate: maybeText,
})
export type Order = Static<typeof Order>

const Refusal = Type.Object({
  requestStatus: Type.Literal('FAILED'),
  message: text,
  response: Type.Object({
    errorCode: text,
    fields: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
})
export type Refusal = Static<typeof Refusal>

const Balance = Type.Object({ walletId: text, currencyCode: text, availableBalance: amount })

const Category = Type.Object({ categoryCode: someText })

const Product = Type.Object({
  productId: Type.Integer(),
  productCode: Type.Optional(text),
  name: someText,
  categoryCode: Type.Optional(text),
  originalValue: amount,
  originalCurrencyCode: text,
  productCost: amount,
  productCostCurrencyCode: text,
  denominations: Type.Array(Type.Object({ type: text })),
})
export type Product = Static<typeof Product>

const Validation = Type.Object({ validated: Type.Boolean(), accountName: maybeText, message: maybeText })

const Esim = Type.Object({
  id: Type.Integer(),
  iccid: text,
  planName: text,
  status: text,
  totalDataAllowanceGb: text,
  remainingDataGb: text,
})
export type Esim = Static<typeof Esim>

function success<T extends TSchema>(response: T) {
  return Type.Object({ requestStatus: Type.Literal('PROCESSED'), response })
}

/** Whether a parsed body is what its name says. */
export const wire = {
  order: Compile(success(Order)),
  refusal: Compile(Refusal),
  balances: Compile(success(Type.Array(Balance))),
  categories: Compile(success(Type.Array(Category))),
  products: Compile(success(Type.Array(Product))),
  validation: Compile(success(Validation)),
  esim: Compile(success(Esim)),
}
