import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactAmount, success } from './envelope.ts'

export const ScheduleQuery = Type.Object({
  '30_day_rate': Type.String({ description: 'Interest for 30 days, as a fraction.', examples: ['0.0333'] }),
  initial_principal: Type.String({ description: 'Pounds.', examples: ['4200'] }),
  loan_duration_months: Type.Integer({ minimum: 1, maximum: 12 }),
  product: Type.Enum(['iwocapay']),
  promotions: Type.Optional(Type.String({ maxLength: 2_000 })),
})
export type ScheduleQuery = Static<typeof ScheduleQuery>

const Payment = Type.Object({
  date: Type.String({ format: 'date' }),
  principal: exactAmount,
  interest: exactAmount,
  total: exactAmount,
})
export type Payment = Static<typeof Payment>

export const ScheduleReply = success(Type.Array(Payment))
