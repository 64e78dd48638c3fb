import { setTimeout as sleep } from 'node:timers/promises'
import { BoundedMap } from '../../platform/bounded-map.ts'
import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Plan, PlanAllowance, PlanMeter } from './plan.ts'
import { handBack, takeRequests } from './usage.sql.ts'
import type { Usage } from './usage.sql.ts'

type Waiter = {
  readonly plan: Plan
  readonly now: Date | undefined
  resolve(allowance: PlanAllowance): void
  reject(error: unknown): void
}

/** Requests that this process took ahead of those that waited. */
type Stock = {
  readonly plan: Plan
  readonly usage: Usage
  readonly ahead: number
  /** What the request behind which nothing is left is told. */
  readonly last: PlanAllowance
  left: number
  /** How many were left when its idleness was looked at last. */
  leftBefore: number
  /** By the process's monotonic clock in ms, or by the clock that a test brings. */
  readonly endsAtMs: number
}

/** What this process knows of a partner's requests. */
type Queue = {
  readonly partnerId: PartnerId
  waiting: Waiter[]
  isAsking: boolean
  stock: Stock | undefined
  /** Of the stock before, which is used up: the database does not know yet. It counts for the minute of that stock alone. */
  spent: { readonly count: number; readonly endsAtMs: number }
  /** Since the database was asked last. */
  served: number
  /** A limit that was met, and until when. */
  met: { readonly plan: Plan; readonly allowance: PlanAllowance; readonly untilMs: number } | undefined
}

/**
 * Opens the meter of this process. All processes over one database together allow exactly the limit, however calls fall on them.
 *
 * While one question is on its way to the database the next requests gather, without a timer, and go as one; it takes as many as stand in
 * it, in the order in which they came, and the row's lock lets one statement through at a time. So nothing is ever allowed beyond a limit,
 * and within `reserve` of one nobody holds what another could use: what was taken is what was allowed.
 *
 * Farther away a process takes some ahead, so that busy partners cost little. It hands back what it does not use within a tenth of a second,
 * and the row knows how many are held: before a process refuses, it waits until the others have used or handed back theirs. Only a
 * process that dies with some of them, at least `reserve` before the limit, makes that minute's and month's limit meet a little early.
 *
 * A refused request counts in neither window. Once a limit is met the process says so by itself until the window ends.
 */
export function openPlanMeter(database: Database, { reserve = usualReserve } = {}): PlanMeter {
  const queues = new BoundedMap<PartnerId, Queue>(queuesMost)
  const stocked = new Set<Queue>()
  const idle = setInterval(() => {
    for (const queue of stocked) returnIdle(database, queue, stocked)
  }, idleMs)
  idle.unref()

  function queueOf(partnerId: PartnerId): Queue {
    const known = queues.get(partnerId)
    if (known !== undefined) return known
    const fresh = {
      partnerId,
      waiting: [],
      isAsking: false,
      stock: undefined,
      spent: nothingSpent,
      served: 0,
      met: undefined,
    }
    queues.set(partnerId, fresh)
    return fresh
  }

  return {
    take(partnerId, plan, now) {
      const queue = queueOf(partnerId)
      const { met } = queue
      if (met !== undefined && isSame(met.plan, plan) && clockOf(now) < met.untilMs)
        return Promise.resolve(met.allowance)
      const held = takeOfStock(queue, plan, now)
      if (held !== undefined) return Promise.resolve(held)
      return new Promise((resolve, reject) => {
        queue.waiting.push({ plan, now, resolve, reject })
        if (!queue.isAsking) void serve(database, queue, reserve, stocked)
      })
    },
    takeHeld(partnerId, plan) {
      const queue = queues.get(partnerId)
      return queue === undefined ? undefined : takeOfStock(queue, plan, undefined)
    },
    async close() {
      clearInterval(idle)
      await Promise.all([...stocked].map((queue) => dropStock(database, queue, stocked)))
    },
  }
}

/** Asks until nobody waits. It never rejects: who waits is told what went wrong. */
async function serve(database: Database, queue: Queue, reserve: number, stocked: Set<Queue>): Promise<void> {
  queue.isAsking = true
  // Everyone who comes in this turn of the event loop stands in the first question.
  await Promise.resolve()
  while (queue.waiting.length > 0) {
    const lot = takeAlike(queue)
    // While the last question was under way, these came: what it brought is theirs first.
    serveFromStock(queue, lot)
    if (lot.length === 0) continue
    try {
      await dropStock(database, queue, stocked)
      await ask(database, queue, reserve, lot)
      if (queue.stock !== undefined) stocked.add(queue)
    } catch (error) {
      const told = isDatabaseDown(error)
        ? new Failure('unavailable', { retryAfterSeconds: 1, cause: error })
        : error
      for (const { reject } of lot) reject(told)
    }
  }
  queue.isAsking = false
}

function serveFromStock(queue: Queue, lot: Waiter[]): void {
  for (let [first] = lot; first !== undefined; [first] = lot) {
    const allowance = takeOfStock(queue, first.plan, first.now)
    if (allowance === undefined) return
    lot.shift()
    first.resolve(allowance)
  }
}

function takeOfStock(queue: Queue, plan: Plan, now: Date | undefined): PlanAllowance | undefined {
  const { stock } = queue
  const isGood =
    stock !== undefined && isSame(stock.plan, plan) && stock.left > 0 && clockOf(now) < stock.endsAtMs
  if (!isGood) return undefined
  stock.left -= 1
  queue.served += 1
  return { ...stock.last, remaining: stock.last.remaining + stock.left }
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

async function ask(database: Database, queue: Queue, reserve: number, lot: Waiter[]): Promise<void> {
  for (let turn = 0; lot.length > 0; turn += 1) {
    const [first] = lot
    if (first === undefined) return
    const { plan, now } = first
    const askedAt = performance.now()
    const usage = await takeRequests(database, {
      partnerId: queue.partnerId,
      perMinute: plan.requestsPerMinute ?? null,
      perMonth: plan.requestsPerMonth ?? null,
      waiting: lot.length,
      ahead: Math.min(aheadMost, queue.served * 2),
      reserve,
      spent: clockOf(now) < queue.spent.endsAtMs ? queue.spent.count : 0,
      now,
    })
    const granted = lot.splice(0, Number(usage.granted))
    queue.spent = nothingSpent
    queue.served = granted.length
    const ahead = Number(usage.ahead)
    // Counted from when we asked, not from when the answer came: it may end a little early, which costs a question, never late.
    const endOf = (endsAt: Date, msLeft: number): number =>
      now === undefined ? askedAt + msLeft : endsAt.getTime()
    if (ahead > 0)
      queue.stock = {
        plan,
        usage,
        ahead,
        last: nearer(plan, usage, 0).allowance,
        left: ahead,
        leftBefore: ahead,
        endsAtMs: endOf(usage.minuteEndsAt, usage.minuteMsLeft),
      }
    for (const [place, { resolve }] of granted.entries())
      resolve(nearer(plan, usage, ahead + granted.length - 1 - place).allowance)
    if (lot.length === 0) return
    // Others hold some of the limit, which they use up or hand back within a moment.
    if (usage.held > 0n && turn < turnsMost) {
      await sleep(pauseMs)
      continue
    }
    const { allowance, msLeft } = nearer(plan, usage, 0)
    const refused = { ...allowance, allowed: false }
    queue.met = { plan, allowance: refused, untilMs: endOf(allowance.resetAt, msLeft) }
    for (const { resolve } of lot.splice(0)) resolve(refused)
  }
}

/** Hands a stock back that nobody has taken of for a while, or whose minute has ended. */
function returnIdle(database: Database, queue: Queue, stocked: Set<Queue>): void {
  const { stock } = queue
  if (stock === undefined || queue.isAsking) return
  const isIdle = stock.left === stock.leftBefore
  stock.leftBefore = stock.left
  // What cannot be handed back while the database is away is lost to this minute and month.
  if (isIdle) void dropStock(database, queue, stocked).catch(() => undefined)
}

/** Ends a stock: what is left of it goes back; where nothing is, the next question tells that it is used up. */
async function dropStock(database: Database, queue: Queue, stocked: Set<Queue>): Promise<void> {
  const { stock, partnerId } = queue
  stocked.delete(queue)
  if (stock === undefined) return
  const { ahead, left: unused } = stock
  queue.stock = undefined
  if (unused === 0) {
    queue.spent = { count: ahead, endsAtMs: stock.endsAtMs }
    return
  }
  const { minuteEndsAt, monthEndsAt } = stock.usage
  await handBack(database, { partnerId, ahead, unused, minuteEndsAt, monthEndsAt })
}

/** The limit that is nearer to its end, for a request behind which `after` more were taken in the same statement. */
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

const nothingSpent = { count: 0, endsAtMs: 0 }
const queuesMost = 10_000
const lotMost = 1_000
/** About a second of what a process can answer: waiting for the database thirty times a second cost a tenth of all answers. */
const aheadMost = 10_000
/** So many have to be left behind what is taken ahead; the usual plans of some requests a minute never have. */
const usualReserve = 5_000
const idleMs = 100
const pauseMs = 25
const turnsMost = 12
