import { Type } from 'typebox'
import type { Static } from 'typebox'
import { EsimDelivery, ReceiptDelivery } from './deliveries.ts'
import {
  cursorQuery,
  exactDecimal,
  nullable,
  oneOf,
  perPageQuery,
  success,
  successPage,
  successWithMessage,
} from './envelope.ts'

const orderStatusWords = [
  'created',
  'processing',
  'completed',
  'cancelled',
  'failed',
  'partially_completed',
] as const

const orderStatus = oneOf(orderStatusWords, 'How far it is; the last four are final.')

/** A delivered voucher. */
export const Delivery = Type.Object({
  pin: Type.String({
    description: 'What the holder redeems.',
    examples: ['9b329e7e9764a41cf516e7e716035c2e'],
  }),
  expiration: nullable(
    Type.String({ description: 'The day on which it expires.', examples: ['2027-01-15'] }),
  ),
  serialNumber: Type.String({ description: 'The serial or card number; empty if there is none.' }),
  code: Type.Optional(
    Type.String({ description: 'Only of a voucher that has a code beside its PIN and its serial number.' }),
  ),
  url: Type.Optional(
    Type.String({
      description: 'Only where the brand redeems by link.',
      examples: ['https://example.com/redeem?code=ABCD'],
    }),
  ),
})
export type Delivery = Static<typeof Delivery>

const item = {
  sku_id: Type.String({ format: 'uuid', examples: ['019bc0dd-8562-7173-afd9-a5cc534fafb7'] }),
  sku_name: Type.String({ examples: ['$30 Apple Gift Card'] }),
  quantity: Type.Integer({ examples: [1] }),
  price: exactDecimal('Of one.', 29.09),
  currency: Type.String({ examples: ['USD'] }),
  status: orderStatus,
  delivery_data: Type.Array(Type.Union([Delivery, EsimDelivery, ReceiptDelivery])),
  customer_data: nullable(
    Type.Unknown({ description: 'The fields of the order, where it had any beside the quantity.' }),
  ),
  error_message: nullable(Type.String()),
}

const order = {
  id: Type.String({ format: 'uuid', examples: ['7898e683-4e56-44a3-9782-eca3f758a844'] }),
  external_id: Type.String({ examples: ['ORD-12345'] }),
  status: orderStatus,
  total_amount: exactDecimal('What the order costs; once it has ended, what it cost.', 29.09),
  currency: Type.String({ examples: ['USD'] }),
  metadata: nullable(Type.Unknown({ description: 'As it was given.' })),
  created_at: Type.String({ format: 'date-time', examples: ['2026-01-15T11:54:29+00:00'] }),
}

export const Item = Type.Object(item)
export type Item = Static<typeof Item>
export const Order = Type.Object({ ...order, items: Type.Array(Item) })
export type Order = Static<typeof Order>

const NumberedItem = Type.Object({
  id: Type.Integer({ description: 'Its place in the order.', examples: [1] }),
  ...item,
})
export const OrderInFull = Type.Object({ ...order, items: Type.Array(NumberedItem) })
export type OrderInFull = Static<typeof OrderInFull>

export const orderCreatedMessage = 'Order created successfully'
export const topUpCreatedMessage = 'Top-up order created successfully'

export const OrdersReply = successPage(Order)
export const OrderReply = success(OrderInFull)
export const CreatedOrderReply = successWithMessage(Order, orderCreatedMessage)

export const CreatedTopUpReply = successWithMessage(Order, topUpCreatedMessage)

export const CreateOrderBody = Type.Object({
  external_id: Type.String({
    minLength: 1,
    maxLength: 64,
    description:
      'Your unique order identifier. The same one with the same item answers the first order; with another it is refused.',
    examples: ['ORD-12345'],
  }),
  item: Type.Object({
    sku_id: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'SKU UUID.',
      examples: ['019bc0dd-8562-7173-afd9-a5cc534fafb7'],
    }),
    fields: Type.Optional(
      Type.Unsafe<unknown>({
        type: ['object', 'null'],
        description:
          '`quantity` (1 if absent), `amount` for custom denominations, and what the `fields` of the product ask for.',
        examples: [{ quantity: 1 }],
      }),
    ),
  }),
  metadata: Type.Optional(
    Type.Unsafe<unknown>({
      type: ['object', 'null'],
      description: 'Custom metadata for your records, at most 16 KiB.',
      examples: [{ customer: '1234' }],
    }),
  ),
})
export type CreateOrderBody = Static<typeof CreateOrderBody>

/** In lower case, as the server sees them: names of headers have no case. */
export const SignatureHeaders = Type.Object({
  'x-timestamp': Type.Integer({
    description: 'Unix timestamp in seconds (tolerance ±5 minutes).',
    examples: [1768478058],
  }),
  'x-signature': Type.String({
    description: 'HMAC-SHA256 of timestamp + item.sku_id + external_id under the partner secret, in hex.',
    examples: ['13fbd7a9a501ea39aeec861a27158dfa00c491aa657798adac8ed9b2066a6fa2'],
  }),
})

const instantQuery = (description: string, example: string) =>
  Type.Optional(Type.String({ maxLength: 40, description, examples: [example] }))

export const OrdersQuery = Type.Object({
  cursor: cursorQuery,
  per_page: perPageQuery(100, 50),
  status: Type.Optional(oneOf(orderStatusWords, 'Filter by status.')),
  external_id: Type.Optional(Type.String({ maxLength: 64, description: 'Search by your order ID.' })),
  date_from: instantQuery('Not before this instant, or this day (UTC).', '2025-01-01T00:00:00Z'),
  date_to: instantQuery('Not after this instant, or this day (UTC), both included.', '2025-01-31T23:59:59Z'),
})
export type OrdersQuery = Static<typeof OrdersQuery>

export const OrderPath = Type.Object({
  uuid: Type.String({ description: 'Order UUID.', examples: ['7898e683-4e56-44a3-9782-eca3f758a844'] }),
})
