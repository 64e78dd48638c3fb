import { Type } from 'typebox'
import type { TSchema, TUnsafe } from 'typebox'
import type { RawNumber } from '../../../values/json.ts'

/**
 * What all replies of this wire share. Money is a JSON number of major units, printed digit by digit (`RawNumber`), never through a
 * float; an instant is ISO 8601 in UTC with milliseconds.
 */

/** A decimal of the core as a JSON number with exactly its digits. */
export function exactDecimal(description: string, example: number): TUnsafe<RawNumber> {
  return Type.Unsafe<RawNumber>(Type.Number({ description, examples: [example] }))
}

/** A decimal in a request: read from its digits, so that no float changes it. */
export function givenAmount(description: string): TUnsafe {
  return Type.Unsafe<unknown>({ description, examples: [50] })
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

export function success<T extends TSchema>(data: T) {
  return Type.Object({ status: Type.Literal('success'), data }, { description: 'Success.' })
}

export function successPage<T extends TSchema>(row: T) {
  return Type.Object(
    { status: Type.Literal('success'), data: Type.Array(row), pagination: Pagination },
    { description: 'A page.' },
  )
}

const Pagination = Type.Object({
  page: Type.Integer({ examples: [1] }),
  limit: Type.Integer({ examples: [20] }),
  total: Type.Integer({ description: 'Rows of all pages.', examples: [412] }),
  total_pages: Type.Integer({ examples: [21] }),
})

/** A reply whose text is made by the handler; `schema` says what it spells. */
export function asText(schema: TSchema): TUnsafe<string> {
  return Type.Unsafe<string>(schema)
}

export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Rows a page, at most 100.' }),
  ),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1, description: 'From 1.' })),
}

export const reference = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Yours, unique; one is made (`IAS-…`) if it is left out.',
    examples: ['ORDER-1001'],
  }),
)

/** The key under which a client may repeat a call. */
export const KeyHeaders = Type.Object({
  'x-idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        'The same key with the same body gets the stored answer, with `Idempotent-Replayed: true`.',
      examples: ['5f2c1c7e-order-1001'],
    }),
  ),
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
  return Type.Object(
    {
      status: Type.Literal('error'),
      error: Type.Object({
        code: Type.String({
          description: 'A word for programs; it stays.',
          examples: ['INSUFFICIENT_BALANCE'],
        }),
        message: Type.String({ description: 'A sentence for people.' }),
        http_status: Type.Integer({ examples: [402] }),
        details: Type.Optional(
          Type.Record(Type.String(), Type.String(), {
            description: 'Only of VALIDATION_FAILED: per field what is wrong with it.',
          }),
        ),
      }),
    },
    { description },
  )
}

const anyCall = [401, 403, 429, 503] as const
type AnyCall = (typeof anyCall)[number]

const refusalWords = {
  400: '`INVALID_PRODUCT_ID`, `INVALID_AMOUNT`, `INVALID_CURRENCY`, `INVALID_PHONE_NUMBER`',
  401: '`MISSING_API_KEY`, `INVALID_API_KEY`',
  402: '`INSUFFICIENT_BALANCE`',
  403: '`MERCHANT_SUSPENDED`, `PLAN_NOT_ALLOWED`',
  404: '`NOT_FOUND`, `PRODUCT_OUT_OF_STOCK`',
  409: '`DUPLICATE_REFERENCE`, `IDEMPOTENCY_CONFLICT`',
  422: '`VALIDATION_FAILED`: `details` names each field and what is wrong with it.',
  429: '`RATE_LIMIT_EXCEEDED`: `Retry-After` says when to come back.',
  503: '`SERVICE_UNAVAILABLE`: try again; a purchase with the same X-Idempotency-Key.',
} as const
