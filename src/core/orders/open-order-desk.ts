import type { Database } from '../../platform/database.ts'
import { isDatabaseDown } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { openCode } from './assemble-orders.ts'
import type { BatchAnswer, DeskAnswer, OrderDesk } from './desk.ts'
import { findOrder } from './find-order.ts'
import type { PlaceOrder } from './order.ts'
import { placeBatch } from './orders.sql.ts'
import type { BatchRow } from './orders.sql.ts'
import { StockHeads } from './stock-heads.ts'

type Waiting = BatchRow & {
  readonly key: string
  readonly deadline: number
  readonly resolve: (answer: DeskAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Opens the desk of this process. Any number of processes may have one: the database decides between them. */
export function openOrderDesk(parts: { readonly database: Database; readonly keyRing: KeyRing }): OrderDesk {
  const queue: Waiting[] = []
  /** Commands in a running batch, by partner and external id, with those that wait to repeat them. */
  const running = new Map<string, Waiting[]>()
  const heads = new StockHeads()
  let lanesBusy = 0
  let scheduled = false
  let idle: (() => void)[] = []

  const desk: OrderDesk = {
    onBatch: undefined,
    orderOf: (partnerId, orderId) => findOrder(parts.database, parts.keyRing, partnerId, orderId),
    open: (code) => openCode(parts.keyRing, code),
    submit: (command) =>
      new Promise((resolve, reject) => {
        if (queue.length >= queueLongest) {
          reject(new Failure('unavailable', { retryAfterSeconds: 1, internal: 'the order queue is full' }))
          return
        }
        queue.push(toWaiting(command, resolve, reject))
        schedule()
      }),
    drain: () =>
      lanesBusy === 0 && queue.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve)),
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After the I/O of this turn: requests that arrived together go together.
    setImmediate(() => {
      scheduled = false
      while (
        queue.length > 0 &&
        (lanesBusy === 0 || (lanesBusy < lanesMost && queue.length >= secondLaneFrom))
      )
        startBatch()
    })
  }

  function startBatch(): void {
    const batch = takeBatch()
    if (batch.length === 0) return
    lanesBusy += 1
    void runBatch(batch).finally(() => {
      lanesBusy -= 1
      if (queue.length > 0) schedule()
      else if (lanesBusy === 0) wakeIdle()
    })
  }

  /** Up to `batchLargest` commands; one whose external id is under way already waits behind that one. */
  function takeBatch(): Waiting[] {
    const batch: Waiting[] = []
    const lanesFree = lanesMost - lanesBusy
    const share = queue.length >= secondLaneFrom ? Math.ceil(queue.length / lanesFree) : queue.length
    const size = Math.min(batchLargest, share)
    while (queue.length > 0 && batch.length < size) {
      const next = queue.shift()
      if (next === undefined) break
      const followers = running.get(next.key)
      if (followers !== undefined) {
        followers.push(next)
        continue
      }
      running.set(next.key, [])
      batch.push(next)
    }
    return batch
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    const startedAt = performance.now()
    try {
      settle(batch, await placeRows(batch))
    } catch (error) {
      // A connection that broke tells nothing about what was committed: the caller asks again with the same external id.
      if (isDatabaseDown(error))
        batch.forEach((waiting) =>
          fail(waiting, new Failure('unavailable', { retryAfterSeconds: 1, cause: error })),
        )
      else await runOneByOne(batch, error)
    }
    desk.onBatch?.(batch.length, performance.now() - startedAt)
  }

  async function placeRows(rows: readonly BatchRow[]): Promise<BatchAnswer[]> {
    const answers = await placeBatch(parts.database, rows, heads.current())
    heads.learn(rows, answers)
    return answers
  }

  /** Something in the batch broke it (two processes with one external id, a deadlock, a value that the database refuses): each for itself. */
  async function runOneByOne(batch: readonly Waiting[], reason: unknown): Promise<void> {
    for (const waiting of batch) {
      let lastError = batch.length === 1 ? reason : undefined
      let answers: BatchAnswer[] | undefined
      for (let attempt = 0; attempt < attemptsMost && answers === undefined; attempt += 1) {
        try {
          answers = await placeRows([waiting])
        } catch (error) {
          lastError = error
          if (isDatabaseDown(error)) break
        }
      }
      if (answers === undefined)
        fail(
          waiting,
          isDatabaseDown(lastError)
            ? new Failure('unavailable', { retryAfterSeconds: 1, cause: lastError })
            : lastError,
        )
      else settle([waiting], answers)
    }
  }

  function settle(batch: readonly Waiting[], answers: readonly BatchAnswer[]): void {
    batch.forEach((waiting, place) => {
      const answer = answers[place]
      if (answer === undefined)
        fail(waiting, new Error('The database answered for fewer orders than it was given.'))
      else if (answer.outcome === 'contended') tryAgainLater(waiting)
      else {
        release(waiting)
        waiting.resolve({ ...answer, sameRequest: answer.requestHash === waiting.requestHash })
      }
    })
  }

  /** The codes are there, but in the hands of a transaction that may yet give them back. */
  function tryAgainLater(waiting: Waiting): void {
    if (performance.now() >= waiting.deadline) {
      fail(
        waiting,
        new Failure('unavailable', {
          retryAfterSeconds: 1,
          internal: 'the codes stayed locked by other transactions',
        }),
      )
      return
    }
    release(waiting)
    lanesBusy += 1 // Keeps drain() waiting while the command is in no queue.
    setTimeout(() => {
      lanesBusy -= 1
      queue.push(waiting)
      schedule()
    }, contendedRetryMs)
  }

  function fail(waiting: Waiting, error: unknown): void {
    release(waiting)
    waiting.reject(error)
  }

  /** Ends a command's claim on its external id; who waited behind it goes first into the next batch, or has waited long enough. */
  function release(waiting: Waiting): void {
    const followers = running.get(waiting.key) ?? []
    running.delete(waiting.key)
    for (const follower of followers.toReversed()) {
      if (performance.now() < follower.deadline) queue.unshift(follower)
      else follower.reject(new Failure('order_in_progress', { retryAfterSeconds: 1 }))
    }
    if (followers.length > 0) schedule()
  }

  function wakeIdle(): void {
    const waiters = idle
    idle = []
    waiters.forEach((wake) => wake())
  }

  return desk
}

function toWaiting(command: PlaceOrder, resolve: Waiting['resolve'], reject: Waiting['reject']): Waiting {
  return {
    command,
    orderId: newId<OrderId>(),
    eventId: newId(),
    requestHash: hashRequest(command),
    key: `${command.partnerId}/${command.externalId}`,
    deadline: performance.now() + waitMostMs,
    resolve,
    reject,
  }
}

/** 128 bits of a SHA-256 over what is ordered, in the shape of a UUID because that is how the database stores 16 bytes best. */
export function hashRequest(command: Pick<PlaceOrder, 'dialect' | 'requestKey'>): string {
  const hex = sha256Hex(`${command.dialect}\u0000${command.requestKey}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const batchLargest = 128
const lanesMost = 2
/** A second batch runs beside the first only when enough orders wait to fill it. */
const secondLaneFrom = 16
const queueLongest = 10_000
const attemptsMost = 3
const waitMostMs = 2_000
const contendedRetryMs = 15
