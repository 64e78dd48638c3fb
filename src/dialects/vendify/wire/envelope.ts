import { Type } from 'typebox'
import type { TSchema, TUnsafe } from 'typebox'
import type { RawNumber } from '../../../values/json.ts'

/**
 * What all replies of this wire share. Money is a JSON number of major units, printed digit by digit (`RawNumber`), never through a
 * float; a rate has ten fraction digits.
 */

/** A decimal of the core as a JSON number with exactly its digits. */
export function exactDecimal(description: string, example: number): TUnsafe<RawNumber> {
  return Type.Unsafe<RawNumber>(Type.Number({ description, examples: [example] }))
}

/** What stands around every answer. */
export type Envelope<Status extends 'PROCESSED' | 'FAILED', Response> = {
  readonly authenticated: boolean
  readonly sysDate: string
  readonly sysErr: number
  /** 18 digits, more than a binary float holds. */
  readonly sysId: RawNumber
  readonly sessionUid: string
  readonly requestStatus: Status
  readonly message: string
  readonly response: Response
}

const heads = {
  authenticated: Type.Boolean(),
  sysDate: Type.String({ examples: ['2025-03-11T22:48:08.918Z'] }),
  sysErr: Type.Integer({ description: 'The HTTP status.', examples: [200] }),
  sysId: Type.Unsafe<RawNumber>(
    Type.Number({ description: '18 digits: read it as a text or an exact number.' }),
  ),
  sessionUid: Type.String({ examples: ['S:LGBYBJIYTURUDUQBFTXQWQBCW'] }),
}

/** A good answer. */
export function success<T extends TSchema>(response: T) {
  return Type.Object(
    {
      ...heads,
      requestStatus: Type.Literal('PROCESSED'),
      message: Type.String({ examples: ['REQUEST OK'] }),
      response,
    },
    { description: 'Success.' },
  )
}

/** A good answer with a list of rows, whose bytes are made beforehand. */
export function successListBytes(row: TSchema): TUnsafe<Buffer> {
  return Type.Unsafe<Buffer>(success(Type.Array(row)))
}

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
      ...heads,
      requestStatus: Type.Literal('FAILED'),
      message: Type.String({ description: 'A sentence for people.' }),
      response: Type.Object({
        errorCode: Type.String({ description: 'A word for programs; it stays.', examples: ['NOT_FOUND'] }),
        fields: Type.Record(Type.String(), Type.String(), {
          description: 'Per field what is wrong with it.',
        }),
      }),
    },
    { description },
  )
}

const anyCall = [401, 403, 429, 503] as const
type AnyCall = (typeof anyCall)[number]

const refusalWords = {
  400: '`INVALID_REQUEST`, `INVALID_AMOUNT`, `VALUE_AND_FACEVALUE`, `WALLET_MISMATCH`, `VALIDATION_REQUIRED`, `DATE_RANGE_TOO_WIDE`',
  401: '`UNAUTHENTICATED`: key, nonce or signature. A nonce is accepted once.',
  402: '`INSUFFICIENT_FUNDS`',
  403: '`FORBIDDEN`: the wallet, or the right, is not the caller’s.',
  404: '`NOT_FOUND`',
  409: '`OUT_OF_STOCK`, `DUPLICATE_REFERENCE`',
  429: '`RATE_LIMITED`: `Retry-After` says when to come back.',
  503: '`UNAVAILABLE`: try again with a new nonce; an order with the same `customerReference`.',
} as const

/** The header that chooses the wallet; others say the same in the words of older clients. */
export const WalletHeaders = Type.Object({
  'x-wallet-id': Type.Optional(
    Type.String({
      description: 'The wallet that pays; the default wallet without it.',
      examples: ['NGN-1'],
    }),
  ),
})
