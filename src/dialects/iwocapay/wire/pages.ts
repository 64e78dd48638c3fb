import { Type } from 'typebox'
import type { Static } from 'typebox'

/** The buyer's page: which order, what lets one in, and which step of it. */
export const PageQuery = Type.Object({
  order: Type.String({ minLength: 36, maxLength: 36 }),
  key: Type.String({ minLength: 36, maxLength: 36 }),
  step: Type.Optional(Type.String({ maxLength: 20 })),
  months: Type.Optional(Type.String({ maxLength: 2 })),
})
export type PageQuery = Static<typeof PageQuery>

/** What the buyer does there. */
export const PageForm = Type.Object({
  action: Type.Enum(['begin', 'pay_now', 'agree', 'bank', 'cancel']),
  months: Type.Optional(Type.String({ maxLength: 2 })),
  day: Type.Optional(Type.String({ maxLength: 10 })),
  company: Type.Optional(Type.String({ maxLength: 1_000 })),
  email: Type.Optional(Type.String({ maxLength: 1_000 })),
  turnover: Type.Optional(Type.String({ maxLength: 100 })),
  word: Type.Optional(Type.Enum(['approve', 'decline'])),
})
export type PageForm = Static<typeof PageForm>
