import { Type } from 'typebox'
import type { Static } from 'typebox'

/** What lets a gateway in, where it cannot send a header. */
export const UssdQuery = Type.Object({ key: Type.Optional(Type.String({ maxLength: 512 })) })
export type UssdQuery = Static<typeof UssdQuery>

/** A step of a session as gateways tell it: `text` is all that was typed so far, with a star between. */
export const UssdForm = Type.Object({
  sessionId: Type.String({ minLength: 1, maxLength: 200 }),
  phoneNumber: Type.String({ minLength: 1, maxLength: 30 }),
  serviceCode: Type.Optional(Type.String({ maxLength: 50 })),
  networkCode: Type.Optional(Type.String({ maxLength: 50 })),
  text: Type.Optional(Type.String({ maxLength: 182 })),
})
export type UssdForm = Static<typeof UssdForm>
