import { Type } from 'typebox'
import type { Static } from 'typebox'
import { amount } from './envelope.ts'

const day = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description, examples: ['20270131'] }))

const maybe = (description: string) =>
  Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], description }))

export const DisburseBody = Type.Object({
  DisbursementID: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Yours: the same with the same body returns the first answer.',
  }),
  DisbursementTitle: Type.String({ minLength: 1, maxLength: 200 }),
  VoucherStartDate: day('The first day (yyyyMMdd) in the account’s time zone; today without it.'),
  VoucherEndDate: day('The last day; a year after the first without it.'),
  Merchant: Type.Optional(
    Type.Unsafe<readonly string[] | string | null>({
      type: ['array', 'string', 'null'],
      items: { type: 'string', maxLength: 64 },
      maxItems: 100,
      description: 'MerchantIDs that may take the vouchers; empty: all may.',
    }),
  ),
  Recipients: Type.Array(
    Type.Unsafe<Readonly<Record<string, unknown>>>(
      Type.Unsafe<unknown>({
        type: 'object',
        description: 'Name, Phone and Amount are required; other keys are kept and returned.',
        examples: [{ Name: 'Jane Doe', Phone: '0712345678', Amount: 100 }],
      }),
    ),
    { minItems: 1, maxItems: 10_000 },
  ),
  External: maybe('Whether an outside paybill may take the vouchers, too.'),
  CallbackURL: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 2_048, description: 'https.' }),
  ),
  SupressNotifications: maybe('The vendor’s own spelling of the next.'),
  SuppressNotifications: maybe('Recipients are sent no messages.'),
})
export type DisburseBody = Static<typeof DisburseBody>

const StatusWord = Type.Union([
  Type.Literal('pending'),
  Type.Literal('processing'),
  Type.Literal('success'),
  Type.Literal('failed'),
  Type.Literal('partial'),
])
export type StatusWord = Static<typeof StatusWord>

export const DisburseReply = Type.Object(
  {
    DisbursementID: Type.String(),
    DisbursementTitle: Type.String(),
    Status: Type.Literal('pending'),
    RecipientsCount: Type.Integer(),
    Amount: amount('What the vouchers are worth in all.', 150),
    Cost: amount('What issuing them costs besides.', 45),
    CreatedAt: Type.String(),
  },
  { description: 'It is paid for; the vouchers follow.' },
)
export type DisburseReply = Static<typeof DisburseReply>

export const QueryParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) })

export const QueryPage = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1_000 })),
})

export const QueryReply = Type.Object(
  {
    DisbursementID: Type.String(),
    DisbursementTitle: Type.String(),
    Status: StatusWord,
    Amount: amount('What was asked for.'),
    RecipientsCount: Type.Integer(),
    AmountDisbursed: amount('What was issued by now.'),
    AmountRedeemed: amount('What was spent of it.'),
    Cost: amount('What was paid for issuing.'),
    CreatedAt: Type.String(),
    DateProcessed: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    TransactionCode: Type.String({ examples: ['A9012333'] }),
    Recipients: Type.Array(
      Type.Unsafe<Readonly<Record<string, unknown>>>(
        Type.Unsafe<unknown>({
          type: 'object',
          additionalProperties: true,
          description:
            'What was sent, with `Status`, `VoucherCode` (masked unless the key may see it) and `Balance`.',
        }),
      ),
    ),
  },
  { description: 'Success.' },
)
export type QueryReply = Static<typeof QueryReply>
