import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactAmount, success } from './envelope.ts'

const statusWords = ['CREATED', 'PENDING', 'APPROVED', 'SUCCESSFUL', 'UNSUCCESSFUL'] as const
export type StatusWord = (typeof statusWords)[number]

const termWords = ['PAY_NOW', 'PAY_LATER'] as const
export type TermWord = (typeof termWords)[number]

const Terms = Type.Array(Type.Enum(termWords), { minItems: 1, maxItems: 2 })
const absent = Type.Null()

export const CreateBody = Type.Object({
  data: Type.Object({
    amount: Type.Unknown({ description: 'Pounds, as a number or its digits.', examples: [4200] }),
    reference: Type.String({ minLength: 1, maxLength: 200, examples: ['#order1'] }),
    allowed_payment_terms: Type.Optional(Type.Union([Terms, absent])),
    redirect_url: Type.Optional(Type.Union([Type.String({ maxLength: 2_048 }), absent])),
    webhook_url: Type.Optional(Type.Union([Type.String({ maxLength: 2_048 }), absent])),
    source: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), absent])),
    meta_data: Type.Optional(Type.Unknown()),
  }),
})
export type CreateBody = Static<typeof CreateBody>

const base = {
  id: Type.String({ format: 'uuid' }),
  amount: exactAmount,
  reference: Type.String({ examples: ['#order1'] }),
  order_url: Type.String({ description: 'Where the buyer pays.' }),
  status: Type.Enum(statusWords),
  allowed_payment_terms: Type.Array(Type.Enum(termWords)),
}

export const CreatedOrder = Type.Object(base)
export type CreatedOrder = Static<typeof CreatedOrder>

export const Order = Type.Object({
  ...base,
  redirect_url: Type.String({ description: 'Where the buyer goes at the end, with `orderId` in its query.' }),
  pricing: Type.Object({ representative_interest: exactAmount, promotions: Type.Array(Type.Unknown()) }),
  pay_link_id: Type.String({ format: 'uuid' }),
  seller_name: Type.String(),
  meta_data: Type.Unknown(),
})
export type Order = Static<typeof Order>

export const CreateReply = success(CreatedOrder)
export const OrderReply = success(Order)

export const SellerParams = Type.Object({ sellerId: Type.String() })
export const OrderParams = Type.Object({ orderId: Type.String() })
export const SellerOrderParams = Type.Object({ sellerId: Type.String(), orderId: Type.String() })

export const ConnectionReply = success(
  Type.Object({ seller_name: Type.String(), environment: Type.String({ examples: ['sandbox'] }) }),
)

const IntegrationEvent = Type.Object({
  event_type: Type.String({ minLength: 1, maxLength: 200 }),
  integration_name: Type.String({ minLength: 1, maxLength: 200 }),
  integration_version: Type.String({ minLength: 1, maxLength: 200 }),
  meta_data: Type.Optional(Type.Unknown()),
})
export const EventsBody = Type.Object({ events: Type.Array(IntegrationEvent, { maxItems: 100 }) })
export const EventsReply = success(Type.Object({ accepted: Type.Integer() }))
