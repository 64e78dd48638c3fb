import type { FastifyReply } from 'fastify'
import type { Limiter } from '../core/limits/limiter.ts'
import type { Caller } from '../core/partners/partner.ts'
import { isLimited } from '../core/plans/plan.ts'
import type { PlanMeter } from '../core/plans/plan.ts'
import { Failure } from '../values/failure.ts'

/** Who counts calls; absent: nobody does. */
export type Counters = {
  /** Against the limit that an operator has set for one partner. */
  readonly limiter: Limiter | undefined
  /** Against a partner's plan. */
  readonly planMeter: PlanMeter | undefined
}

/** Whether nothing has to be asked before a call of this partner goes on, which is so for most. */
export function isUncounted({ limiter, planMeter }: Counters, { partner, plan }: Caller): boolean {
  return (
    (limiter === undefined || partner.requestsPerMinute === undefined) &&
    (planMeter === undefined || plan === undefined || !isLimited(plan))
  )
}

/** Counts the call without waiting, where this process can; false: `refusalByLimit` has to. */
export function isAdmittedAtOnce(
  { limiter, planMeter }: Counters,
  { partner, plan }: Caller,
  reply: FastifyReply,
): boolean {
  if (planMeter === undefined || plan === undefined || !isLimited(plan)) return false
  if (limiter !== undefined && partner.requestsPerMinute !== undefined) return false
  const allowance = planMeter.takeHeld(partner.id, plan)
  if (allowance !== undefined) tell(reply, allowance)
  return allowance !== undefined
}

/**
 * Counts the call against all limits of its partner; the answer's headers tell of the one that is nearest to its end. Answers with the
 * Failure when one of them is met: the call counts against none that comes after it.
 */
export async function refusalByLimit(
  { limiter, planMeter }: Counters,
  { partner, plan }: Caller,
  reply: FastifyReply,
): Promise<Failure | undefined> {
  const perMinute = partner.requestsPerMinute
  let told: Told | undefined
  if (limiter !== undefined && perMinute !== undefined) {
    told = { ...(await limiter.take(partner.id, perMinute)), limit: perMinute }
    if (!told.allowed) return refuse(reply, told)
  }
  if (planMeter !== undefined && plan !== undefined && isLimited(plan)) {
    const allowance = await planMeter.take(partner.id, plan)
    if (!allowance.allowed) return refuse(reply, allowance)
    if (told === undefined || allowance.remaining < told.remaining) told = allowance
  }
  if (told !== undefined) tell(reply, told)
  return undefined
}

type Told = {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetAt: Date
}

function refuse(reply: FastifyReply, told: Told): Failure {
  tell(reply, told)
  const retryAfterSeconds = Math.max(1, Math.ceil((told.resetAt.getTime() - Date.now()) / 1_000))
  return new Failure('rate_limited', { retryAfterSeconds })
}

/**
 * What an answer tells for which nothing was counted: there is no limit, nobody knows who called (who may not call at all), or the
 * counting itself failed.
 */
export function tellUncounted(reply: FastifyReply, caller: Caller | undefined): void {
  const resetAt = new Date(Math.ceil((Date.now() + 1) / 60_000) * 60_000)
  if (caller === undefined) return tell(reply, { limit: 0, remaining: 0, resetAt })
  const limit = caller.plan?.requestsPerMinute ?? caller.partner.requestsPerMinute
  if (limit === undefined) tell(reply, { limit: withoutLimit, remaining: withoutLimit, resetAt })
  else tell(reply, { limit, remaining: 0, resetAt })
}

function tell(reply: FastifyReply, told: Omit<Told, 'allowed'>): void {
  reply.header('x-ratelimit-limit', told.limit)
  reply.header('x-ratelimit-remaining', Math.max(0, told.remaining))
  reply.header('x-ratelimit-reset', Math.ceil(told.resetAt.getTime() / 1_000))
}

/** A number that every client can read, and that none will ever use up. */
const withoutLimit = 2_147_483_647
