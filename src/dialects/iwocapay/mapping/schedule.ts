import { scheduleOf } from '../../../core/checkout/schedule.ts'
import type { Instalment } from '../../../core/checkout/schedule.ts'
import type { Payment, ScheduleQuery } from '../wire/schedule.ts'
import { readAmount, readRate, toAmount } from './amounts.ts'

/** The schedule that a query asks for. Throws Failure validation_failed. */
export function toSchedule(query: ScheduleQuery, today: string): Payment[] {
  const instalments = scheduleOf({
    principal: readAmount(query.initial_principal, 'initial_principal'),
    rate: readRate(query['30_day_rate'], '30_day_rate'),
    months: query.loan_duration_months,
    from: today,
  })
  return instalments.map(toPayment)
}

function toPayment({ dueOn, principal, interest }: Instalment): Payment {
  return {
    date: dueOn,
    principal: toAmount(principal),
    interest: toAmount(interest),
    total: toAmount(principal + interest),
  }
}
