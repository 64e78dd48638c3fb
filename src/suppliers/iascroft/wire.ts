import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** What we read of the other side's answers; whatever else stands there is no business of ours. Amounts are read from their digits. */

const text = Type.Union([Type.String(), Type.Null()])

const purchase = {
  reference: Type.String(),
  transaction_id: Type.String(),
  status: Type.String(),
  amount: Type.Unknown(),
  currency: Type.String(),
  charged_amount: Type.Unknown(),
  charged_currency: Type.String(),
}

const Goods = Type.Object({
  ...purchase,
  product_id: Type.String(),
  code: Type.Optional(text),
  pin: Type.Optional(text),
  serial: Type.Optional(text),
  expires_at: Type.Optional(text),
  redeem_url: Type.Optional(text),
  license_keys: Type.Optional(Type.Array(Type.String())),
})
export type Goods = Static<typeof Goods>

const TopUp = Type.Object({
  ...purchase,
  phone: Type.String(),
  operator_id: Type.String(),
  operator_reference: Type.Optional(text),
})
export type TopUp = Static<typeof TopUp>

const success = <T extends Parameters<typeof Type.Object>[0][string]>(data: T) =>
  Type.Object({ status: Type.Literal('success'), data })

const Refusal = Type.Object({
  status: Type.Literal('error'),
  error: Type.Object({ code: Type.String(), message: Type.String() }),
})

const GiftCardRow = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  currency: Type.String(),
  denomination_type: Type.String(),
  price: Type.Unknown(),
  in_stock: Type.Boolean(),
})

const DigitalRow = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  currency: Type.String(),
  price: Type.Unknown(),
  in_stock: Type.Boolean(),
})

const OperatorRow = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  currency: Type.String(),
})

const pagination = Type.Object({ page: Type.Integer(), total_pages: Type.Integer() })

const page = <T extends Parameters<typeof Type.Array>[0]>(row: T) =>
  Type.Object({ status: Type.Literal('success'), data: Type.Array(row), pagination })

export const wire = {
  goods: Compile(success(Goods)),
  topUp: Compile(success(TopUp)),
  refusal: Compile(Refusal),
  balance: Compile(success(Type.Object({ currency: Type.String(), available: Type.Unknown() }))),
  giftCards: Compile(page(GiftCardRow)),
  digital: Compile(page(DigitalRow)),
  operators: Compile(success(Type.Array(OperatorRow))),
}
