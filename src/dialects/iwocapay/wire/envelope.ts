import { Type } from 'typebox'
import type { TSchema } from 'typebox'

/** A good answer around its data. */
export function success<Data extends TSchema>(data: Data) {
  return Type.Object({ data })
}

const Refusal = Type.Object({
  errors: Type.Array(
    Type.Object({
      detail: Type.String({ description: 'A sentence.' }),
      code: Type.String({ description: 'A word that stays.' }),
      source: Type.Optional(Type.Object({ pointer: Type.String({ examples: ['/data/amount'] }) })),
    }),
  ),
})

const words = {
  400: '`validation_failed`: each error points at its field.',
  401: '`unauthenticated`: the access token is missing or wrong.',
  403: '`seller_not_found`: the token is not this seller’s.',
  404: '`order_not_found`',
  409: '`external_id_conflict`: the Idempotency-Key was used for another order.',
  429: '`rate_limited`: `Retry-After` says when to come back.',
  503: '`unavailable`: try again.',
} as const

/** The refusals of a call, those that every call has among them. */
export function refusals(...statuses: readonly (400 | 403 | 404 | 409)[]) {
  return Object.fromEntries(
    [...statuses, 401 as const, 429 as const, 503 as const].map((status) => [
      status,
      { ...Refusal, description: words[status] },
    ]),
  )
}

/** An amount in pounds, as a number of exactly its digits. */
export const exactAmount = Type.Unsafe<unknown>({ type: 'number', description: 'Pounds.', examples: [4200] })
