import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Instant, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

export const FormatsReply = Type.Object({
  data: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String(),
      base_url: Type.String(),
      /** Types that an endpoint of this format can be told; empty: it has no webhooks. */
      events: Type.Array(Type.String()),
    }),
  ),
})

export const Key = Type.Object({
  id: Uuid,
  format: Type.String(),
  label: Type.String(),
  hint: Type.String(),
  username: nullable(Type.String()),
  has_secret: Type.Boolean(),
  has_key_pair: Type.Boolean(),
  scopes: Type.Array(Type.String()),
  addresses: Type.Array(Type.String()),
  created_at: Instant,
  expires_at: nullable(Instant),
  revoked_at: nullable(Instant),
})
export type Key = Static<typeof Key>
export const KeysReply = pageOf(Key)
export const CreateKeyBody = Type.Object({
  format: Type.String({ maxLength: 32 }),
  label: Type.Optional(Type.String({ maxLength: 200 })),
  scopes: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20 })),
  addresses: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 })),
  expires_at: Type.Optional(Instant),
})
/** Seen this once. */
export const IssuedKey = Type.Object({
  id: Uuid,
  token: Type.String(),
  secret: nullable(Type.String()),
  private_key: nullable(Type.String()),
  nonce_prefix: nullable(Type.String()),
  username: nullable(Type.String()),
  encryption_key: nullable(Type.String()),
})
export type IssuedKey = Static<typeof IssuedKey>
export const RotateBody = Type.Object({
  grace_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000 })),
})

export const Endpoint = Type.Object({
  id: Uuid,
  format: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  description: Type.String(),
  state: Type.Enum(['active', 'paused', 'disabled']),
  disabled_reason: nullable(Type.String()),
  failures_in_a_row: Type.Integer(),
  previous_secret_until: nullable(Instant),
  created_at: Instant,
})
export type Endpoint = Static<typeof Endpoint>
export const EndpointsReply = pageOf(Endpoint)
export const CreateEndpointBody = Type.Object({
  format: Type.String({ maxLength: 32 }),
  url: Type.String({ minLength: 1, maxLength: 2_048 }),
  events: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
  description: Type.Optional(Type.String({ maxLength: 500 })),
})
export const UpdateEndpointBody = Type.Object({
  url: Type.Optional(Type.String({ minLength: 1, maxLength: 2_048 })),
  events: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  state: Type.Optional(Type.Enum(['active', 'paused'])),
})
/** Seen this once. */
export const IssuedEndpoint = Type.Object({ endpoint: Endpoint, secret: Type.String() })
export const DeliveryPath = Type.Object({ id: Uuid, event: Uuid })
export const DeliveriesQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Type.Enum(['waiting', 'delivered', 'failed'])),
})
export const Delivery = Type.Object({
  event_id: Uuid,
  type: Type.String(),
  order_id: nullable(Uuid),
  state: Type.Enum(['waiting', 'delivered', 'failed']),
  tries: Type.Integer(),
  due_at: nullable(Instant),
  created_at: Instant,
  ended_at: nullable(Instant),
})
export type Delivery = Static<typeof Delivery>
export const DeliveriesReply = pageOf(Delivery)
export const Attempt = Type.Object({
  number: Type.Integer(),
  at: Instant,
  duration_ms: Type.Integer(),
  status: nullable(Type.Integer()),
  error: nullable(Type.String()),
  response: nullable(Type.String()),
})
export type Attempt = Static<typeof Attempt>
export const AttemptsReply = pageOf(Attempt)
export const TestReply = Type.Object({ event_id: Uuid })

export const CallsQuery = Type.Object({
  ...pageQuery,
  /** Part of the path or of a body: a reference. */
  q: Type.Optional(Type.String({ maxLength: 128 })),
  request_id: Type.Optional(Type.String({ maxLength: 64 })),
  format: Type.Optional(Type.String({ maxLength: 32 })),
  method: Type.Optional(Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])),
  status: Type.Optional(Type.Enum(['2xx', '4xx', '5xx'])),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
})
export const Call = Type.Object({
  id: Type.String(),
  at: Instant,
  partner_id: nullable(Uuid),
  format: Type.String(),
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer(),
  duration_ms: Type.Number(),
  address: Type.String(),
})
export type Call = Static<typeof Call>
export const CallsReply = pageOf(Call)
export const CallPath = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,128}$' }) })
export const OpenedCallsReply = Type.Object({
  data: Type.Array(
    Type.Object({ ...Call.properties, request: nullable(Type.String()), response: nullable(Type.String()) }),
  ),
})
