import { Type } from 'typebox'
import type { TSchema, TUnsafe } from 'typebox'
import type { RawNumber } from '../../../values/json.ts'

/**
 * What all replies of this wire share. Money is a JSON number of major units, printed digit by digit (`RawNumber`), never
 * through a float; an instant is `2026-02-24T11:37:58+00:00`, in whole seconds of UTC.
 */

/** A decimal of the core as a JSON number with exactly its digits. */
export function exactDecimal(description: string, example: number): TUnsafe<RawNumber> {
  return Type.Unsafe<RawNumber>(Type.Number({ description, examples: [example] }))
}

/** One of a closed set of words; any other is refused. */
export function oneOf<const T extends string>(words: readonly T[], description: string): TUnsafe<T> {
  return Type.Unsafe<T>(Type.String({ enum: [...words], description }))
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** A reply whose bytes are made beforehand; `schema` says what they spell. */
export function asBytes(schema: TSchema): TUnsafe<Buffer> {
  return Type.Unsafe<Buffer>(schema)
}

export function success<T extends TSchema>(data: T) {
  return Type.Object({ success: Type.Literal(true), data }, { description: 'Success.' })
}

export function successWithMessage<T extends TSchema>(data: T, message: string) {
  return Type.Object(
    { success: Type.Literal(true), message: Type.String({ examples: [message] }), data },
    { description: 'Success.' },
  )
}

export function successPage<T extends TSchema>(row: T) {
  return Type.Object(
    { success: Type.Literal(true), data: Type.Array(row), meta: PageMeta },
    { description: 'A page.' },
  )
}

const PageMeta = Type.Object({
  next_cursor: nullable(
    Type.String({ description: 'Give it as `cursor` for the next page; null on the last one.' }),
  ),
  prev_cursor: nullable(
    Type.String({ description: 'Give it as `cursor` for the page before; null on the first one.' }),
  ),
  per_page: Type.Integer({ examples: [50] }),
})

/** The refusals that a call documents: those of its own, and those that any call may meet. */
export function refusals<const Status extends keyof typeof refusalWords = AnyCall>(
  ...own: readonly Status[]
) {
  const statuses: readonly (keyof typeof refusalWords)[] = [...anyCall, ...own]
  return Object.fromEntries(statuses.map((status) => [status, refusal(refusalWords[status])])) as Record<
    Status | AnyCall,
    ReturnType<typeof refusal>
  > // fromEntries forgets the keys that it was given.
}

function refusal(description: string) {
  const errors = Type.Record(Type.String(), Type.Array(Type.String()), {
    description: 'Only with 422: per field what is wrong with it.',
    examples: [{ external_id: ['The external_id field is required.'] }],
  })
  return Type.Object(
    {
      success: Type.Literal(false),
      message: Type.String({
        description: 'A sentence for people.',
        examples: ['The balance is insufficient for this order.'],
      }),
      error: Type.String({
        description: 'A word for programs; it stays.',
        examples: ['insufficient_balance'],
      }),
      errors: Type.Optional(errors),
    },
    { description },
  )
}

const anyCall = [401, 403, 429, 503] as const
type AnyCall = (typeof anyCall)[number]

const refusalWords = {
  401: '`unauthenticated`; of a signed call also `signature_missing`, `timestamp_expired`, `signature_invalid`.',
  402: '`insufficient_balance`',
  403: '`partner_inactive`, `address_not_allowed`',
  404: '`order_not_found`, `product_not_found`, `sku_not_found`',
  409: '`external_id_conflict`, `out_of_stock`, `price_unavailable`, `order_in_progress` (try again)',
  422: '`validation_failed`: `errors` names each field and what is wrong with it.',
  429: '`rate_limited`: `Retry-After` says when to come back.',
  503: '`unavailable`: try again; an order with the same `external_id`.',
} as const

export const localeQuery = Type.Optional(
  oneOf(['en', 'ru'], "Locale for translations (defaults to the partner's locale)."),
)

export const cursorQuery = Type.Optional(
  Type.String({
    maxLength: 512,
    description:
      '`meta.next_cursor` or `meta.prev_cursor` of another page of the same list with the same filters.',
  }),
)

export function perPageQuery(most: number, fallback: number) {
  return Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: most,
      default: fallback,
      description: `Items per page, at most ${most}.`,
    }),
  )
}
