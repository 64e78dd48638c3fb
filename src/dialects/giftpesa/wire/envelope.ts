import { Type } from 'typebox'
import type { TUnsafe } from 'typebox'
import type { RawNumber } from '../../../values/json.ts'

/** An amount in shillings, printed digit by digit. */
export function amount(description: string, example = 100): TUnsafe<RawNumber> {
  return Type.Unsafe<RawNumber>(Type.Number({ description, examples: [example] }))
}

/** The refusals that a call documents: those of its own, and those that any call may meet. */
export function refusals<const Status extends keyof typeof words = AnyCall>(...own: readonly Status[]) {
  const statuses: readonly (keyof typeof words)[] = [...anyCall, ...own]
  return Object.fromEntries(statuses.map((status) => [status, refusal(words[status])])) as Record<
    Status | AnyCall,
    ReturnType<typeof refusal>
  > // fromEntries forgets the keys that it was given.
}

function refusal(description: string) {
  return Type.Object(
    {
      Error: Type.Object({
        Code: Type.Integer({ description: 'The HTTP status.' }),
        Message: Type.String({ description: 'A sentence for people.' }),
        Fields: Type.Optional(
          Type.Record(Type.String(), Type.String(), { description: 'Per field what is wrong with it.' }),
        ),
      }),
    },
    { description },
  )
}

const anyCall = [401, 429, 503] as const
type AnyCall = (typeof anyCall)[number]

const words = {
  400: 'Bad Request: the request is invalid.',
  401: 'Unauthorized: invalid API key or access token.',
  403: 'Forbidden: not covered by the balance, or by what the key may do.',
  404: 'Not Found.',
  429: 'Too Many Requests: `Retry-After` says when to come back.',
  503: 'Service Unavailable: try again.',
} as const
