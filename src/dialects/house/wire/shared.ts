import { Type } from 'typebox'
import type { TProperties, TSchema } from 'typebox'

/** An amount of major units, digit by digit, with its currency: {"amount": "12.50", "currency": "USD"}. */
export const Money = Type.Object({ amount: Type.String(), currency: Type.String() })

/** An amount as a person types it: major units, at most six fraction digits. */
export const AmountText = Type.String({ pattern: String.raw`^\d{1,12}(\.\d{1,6})?$` })

export const Uuid = Type.String({ format: 'uuid' })
export const Instant = Type.String({ format: 'date-time' })

export const IdPath = Type.Object({ id: Uuid })

/** What each list takes. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
}

/** A page of a list, with cursors to its neighbours; null: there is none. */
export function pageOf<Row extends TSchema>(row: Row) {
  return Type.Object({
    data: Type.Array(row),
    next_cursor: Type.Union([Type.String(), Type.Null()]),
    previous_cursor: Type.Union([Type.String(), Type.Null()]),
  })
}

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), detail: Type.String() }))),
})

/** Refusals for the API reference. */
export function refusals(...statuses: readonly number[]): Record<number, typeof Problem> {
  return Object.fromEntries(statuses.map((status) => [status, Problem]))
}

export function object<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties)
}

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

/** The body of a 204. */
export const nothing = Type.Null()

/** A file's bytes, or a stream of them. */
export const Content = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
