import { Type } from 'typebox'
import type { Static } from 'typebox'

/** The page of a telephone's owner: its language, and which receipt it shows. */
export const HolderQuery = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 5 })),
  receipt: Type.Optional(Type.String({ maxLength: 20 })),
})
export type HolderQuery = Static<typeof HolderQuery>

/** What is done there. `form` is the secret of the page that asked for a code, or names one payment. */
export const HolderForm = Type.Object({
  action: Type.Enum(['ask', 'open', 'review', 'pay', 'leave']),
  phone: Type.Optional(Type.String({ maxLength: 100 })),
  one_time_code: Type.Optional(Type.String({ maxLength: 100 })),
  form: Type.Optional(Type.String({ maxLength: 100 })),
  till: Type.Optional(Type.String({ maxLength: 100 })),
  amount: Type.Optional(Type.String({ maxLength: 100 })),
})
export type HolderForm = Static<typeof HolderForm>
