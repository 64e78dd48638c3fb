import { Type } from 'typebox'
import type { Static } from 'typebox'
import { AmountText, Instant, Uuid, nullable, pageOf } from './shared.ts'

export const StatusReply = Type.Object({
  environment: Type.String(),
  scrip: Type.String(),
  node: Type.String(),
  /** Of the server that answers. */
  started_at: Instant,
  memory_bytes: Type.Integer(),
  database: Type.Object({
    version: Type.String(),
    size_bytes: Type.String(),
    connections: Type.Integer(),
    connections_most: Type.Integer(),
    migration: Type.String(),
    oldest_transaction_seconds: Type.Integer(),
  }),
  jobs: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    failed: Type.Integer(),
    oldest_seconds: Type.Integer(),
  }),
  webhooks: Type.Object({
    waiting: Type.Integer(),
    oldest_seconds: Type.Integer(),
    paused: Type.Integer({ description: 'What waits until a paused endpoint is active again.' }),
  }),
})
export type StatusReply = Static<typeof StatusReply>

const Job = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Type.Enum(['waiting', 'running', 'failed']),
  attempts: Type.Integer(),
  max_attempts: Type.Integer(),
  run_at: Instant,
  error: nullable(Type.String()),
})
export const JobsReply = Type.Object({ data: Type.Array(Job) })
export type JobsReply = Static<typeof JobsReply>

const Trouble = Type.Object({
  id: Uuid,
  partner_id: Uuid,
  partner: Type.String(),
  format: Type.String(),
  /** Where it is, without what may be a secret behind it. */
  host: Type.String(),
  state: Type.String(),
  reason: nullable(Type.String()),
  failures: Type.Integer(),
  failing_since: nullable(Instant),
  rests_until: nullable(Instant),
})
export const TroublesReply = Type.Object({ data: Type.Array(Trouble) })
export type TroublesReply = Static<typeof TroublesReply>

const Payer = Type.Object({
  id: Uuid,
  code: Type.String(),
  name: Type.String(),
  kind: Type.Enum(['lender', 'bank']),
  connector: Type.String(),
  created_at: Instant,
})
export const PayersReply = Type.Object({ data: Type.Array(Payer) })
export type PayersReply = Static<typeof PayersReply>

export const SupplierPath = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }) })
export const Supplier = Type.Object({
  id: Uuid,
  code: Type.String(),
  name: Type.String(),
  connector: Type.String(),
  is_active: Type.Boolean(),
  priority: Type.Integer(),
  concurrency: Type.Integer(),
  currency: Type.String(),
  /** Whether this server asks it nothing new for a while, because it failed again and again. */
  is_resting: Type.Boolean(),
  /** Calls under way from this server. */
  calls: Type.Integer(),
})
export type Supplier = Static<typeof Supplier>
export const SuppliersReply = Type.Object({ data: Type.Array(Supplier) })
export type SuppliersReply = Static<typeof SuppliersReply>
/** What is absent stays as it is. */
export const ChangeSupplierBody = Type.Object({
  is_active: Type.Optional(Type.Boolean()),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
})
export const FloatReply = Type.Object({ amount: Type.String(), currency: Type.String() })
export type FloatReply = Static<typeof FloatReply>

export const SourcePath = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 64 }),
  sku: Type.String({ minLength: 1, maxLength: 100 }),
})
/** A cost for one unit, or, of an open amount, for one unit of face value. */
export const SetSourceBody = Type.Object({
  product_code: Type.String({ minLength: 1, maxLength: 200 }),
  cost: Type.Optional(AmountText),
  cost_rate: Type.Optional(Type.String({ pattern: String.raw`^\d{1,9}(\.\d{1,10})?$` })),
  /** Absent: the supplier's own. */
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
})

export const Source = Type.Object({
  sku: Type.String(),
  name: Type.String(),
  product_code: Type.String(),
  cost: nullable(Type.String()),
  cost_rate: nullable(Type.String()),
  currency: Type.String(),
  priority: Type.Integer(),
  is_active: Type.Boolean(),
  in_stock: Type.Boolean(),
})
export type Source = Static<typeof Source>
export const SourcesReply = pageOf(Source)
