import { BoundedMap } from '../../platform/bounded-map.ts'
import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Plan, PlanAllowance, PlanMeter } from './plan.ts'
import { takeRequests } from './usage.sql.ts'
import type { Usage } from './usage.sql.ts'

type Waiter = {
  readonly plan: Plan
  readonly now: Date | undefined
  resolve(allowance: PlanAllowance): void
  reject(error: unknown): void
}

/** What this process knows of a partner's requests. */
type Queue = {
  waiting: Waiter[]
  isAsking: boolean
  /** A limit that was met, and until when: by this process's monotonic clock in ms, or by the clock that a test brings. */
  met: { readonly plan: Plan; readonly allowance: PlanAllowance; readonly untilMs: number } | undefined
}

/**
 * Opens the meter of this process. All processes over one database together allow exactly the limit, however calls fall on them: nobody
 * holds a stock of requests. While one question is on its way to the database the next ones gather, without a timer, and go as one;
 * it takes as many requests as stand in it, in the order in which they came, and the row's lock lets one statement through at a time.
 * What it granted is what it counted, so nothing is handed back, withheld from another process, or lost with one. A refused request
 * counts in neither window. Once a limit is met the process says so by itself until the window ends: it cannot be taken back before.
 */
export function openPlanMeter(database: Database): PlanMeter {
  const queues = new BoundedMap<PartnerId, Queue>(queuesMost)

  function queueOf(partnerId: PartnerId): Queue {
    const known = queues.get(partnerId)
    if (known !== undefined) return known
    const fresh: Queue = { waiting: [], isAsking: false, met: undefined }
    queues.set(partnerId, fresh)
    return fresh
  }

  return {
    take(partnerId, plan, now) {
      const queue = queueOf(partnerId)
      const { met } = queue
      if (met !== undefined && isSame(met.plan, plan) && clockOf(now) < met.untilMs)
        return Promise.resolve(met.allowance)
      return new Promise((resolve, reject) => {
        queue.waiting.push({ plan, now, resolve, reject })
        if (!queue.isAsking) void serve(database, partnerId, queue)
      })
    },
  }
}

/** Asks until nobody waits. It never rejects: who waits is told what went wrong. */
async function serve(database: Database, partnerId: PartnerId, queue: Queue): Promise<void> {
  queue.isAsking = true
  // Everyone who comes in this turn of the event loop stands in the first question.
  await Promise.resolve()
  while (queue.waiting.length > 0) {
    const lot = takeAlike(queue)
    try {
      await ask(database, partnerId, queue, lot)
    } catch (error) {
      const told = isDatabaseDown(error)
        ? new Failure('unavailable', { retryAfterSeconds: 1, cause: error })
        : error
      for (const { reject } of lot) reject(told)
    }
  }
  queue.isAsking = false
}

/** Those at the head of the queue that go by the same limits and the same clock. */
function takeAlike(queue: Queue): Waiter[] {
  const [first] = queue.waiting
  const end = queue.waiting.findIndex(
    (one) =>
      first !== undefined && !(isSame(one.plan, first.plan) && one.now?.getTime() === first.now?.getTime()),
  )
  return queue.waiting.splice(0, Math.min(end < 0 ? queue.waiting.length : end, lotMost))
}

async function ask(
  database: Database,
  partnerId: PartnerId,
  queue: Queue,
  lot: readonly Waiter[],
): Promise<void> {
  const [first] = lot
  if (first === undefined) return
  const { plan, now } = first
  const askedAt = performance.now()
  const usage = await takeRequests(database, {
    partnerId,
    perMinute: plan.requestsPerMinute ?? null,
    perMonth: plan.requestsPerMonth ?? null,
    wanted: lot.length,
    now,
  })
  const granted = Number(usage.granted)
  if (granted < lot.length) {
    const { allowance, msLeft } = nearer(plan, usage, 0)
    // Counted from when we asked, not from when the answer came: it may end a little early, which costs a question, never late.
    const untilMs = now === undefined ? askedAt + msLeft : allowance.resetAt.getTime()
    queue.met = { plan, allowance: { ...allowance, allowed: false }, untilMs }
  }
  for (const [place, { resolve }] of lot.entries())
    resolve({
      ...nearer(plan, usage, Math.max(0, granted - 1 - place)).allowance,
      allowed: place < granted,
    })
}

/** The limit that is nearer to its end, for the request behind which `after` more were granted in the same statement. */
function nearer(
  { requestsPerMinute = Infinity, requestsPerMonth = Infinity }: Plan,
  usage: Usage,
  after: number,
): { readonly allowance: PlanAllowance; readonly msLeft: number } {
  const ofMinute = Math.max(0, requestsPerMinute - Number(usage.minuteUsed)) + after
  const ofMonth = Math.max(0, requestsPerMonth - Number(usage.monthUsed)) + after
  const isMonth = ofMonth < ofMinute || (ofMonth === 0 && ofMinute === 0)
  return isMonth
    ? { allowance: toAllowance(requestsPerMonth, ofMonth, usage.monthEndsAt), msLeft: usage.monthMsLeft }
    : { allowance: toAllowance(requestsPerMinute, ofMinute, usage.minuteEndsAt), msLeft: usage.minuteMsLeft }
}

function toAllowance(limit: number, remaining: number, resetAt: Date): PlanAllowance {
  return { allowed: true, limit, remaining, resetAt }
}

function isSame(one: Plan, other: Plan): boolean {
  return one.requestsPerMinute === other.requestsPerMinute && one.requestsPerMonth === other.requestsPerMonth
}

function clockOf(now: Date | undefined): number {
  return now?.getTime() ?? performance.now()
}

const queuesMost = 10_000
const lotMost = 1_000
