import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Instant, Uuid, nullable, pageOf } from './shared.ts'

const Day = Type.String({ pattern: String.raw`^\d{4}-\d\d-\d\d$` })

const recipientsFile = {
  file_name: Type.String({ minLength: 1, maxLength: 200 }),
  /** CSV whose first line names the columns name, phone and amount. */
  content: Type.String({ minLength: 1, maxLength: 8_388_608 }),
  /** Of national telephone numbers, such as "254". */
  calling_code: Type.Optional(Type.String({ pattern: String.raw`^[1-9]\d{0,3}$` })),
}

/** The code of the wallet that pays; absent: the default one. */
const wallet = Type.Optional(Type.String({ maxLength: 20 }))

export const PreviewBody = Type.Object({ ...recipientsFile, wallet })
export const PreviewReply = Type.Object({
  recipients: Type.Integer(),
  amount: Type.String(),
  fee: Type.String(),
  currency: Type.String(),
  available: Type.String(),
  /** Lines that cannot be taken: nothing is booked while there is one. */
  problems: Type.Array(Type.Object({ line: Type.Integer(), detail: Type.String() })),
  problems_count: Type.Integer(),
  /** The first ten. */
  sample: Type.Array(Type.Object({ name: Type.String(), phone: Type.String(), amount: Type.String() })),
})
export type PreviewReply = Static<typeof PreviewReply>

export const DisburseBody = Type.Object({
  ...recipientsFile,
  wallet,
  external_id: Type.String({ minLength: 1, maxLength: 64 }),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  starts_on: Type.Optional(Day),
  ends_on: Type.Optional(Day),
  /** Codes of the merchants that may take the vouchers; none: all may. */
  merchants: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 })),
  is_silent: Type.Optional(Type.Boolean()),
})

export const Disbursement = Type.Object({
  id: Uuid,
  external_id: Type.String(),
  title: Type.String(),
  state: Type.Enum(['pending', 'processing', 'completed', 'partially_completed', 'failed']),
  recipients: Type.Integer(),
  issued: Type.Integer(),
  amount: Type.String(),
  issued_amount: Type.String(),
  fee: Type.String(),
  currency: Type.String(),
  starts_on: Type.String(),
  ends_on: Type.String(),
  created_at: Instant,
  ended_at: nullable(Instant),
})
export type Disbursement = Static<typeof Disbursement>
export const DisbursementsReply = pageOf(Disbursement)

export const Recipient = Type.Object({
  position: Type.Integer(),
  name: Type.String(),
  phone: Type.String(),
  amount: Type.String(),
  balance: Type.String(),
  is_issued: Type.Boolean(),
})
export type Recipient = Static<typeof Recipient>
export const RecipientsQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
})
export const RecipientsReply = Type.Object({
  data: Type.Array(Recipient),
  /** The position behind which the next page begins; null: there is none. */
  next_after: nullable(Type.Integer()),
})
