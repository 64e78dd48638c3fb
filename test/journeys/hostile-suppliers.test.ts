import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openFulfilment } from '../../src/core/fulfilment/open-fulfilment.ts'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { sql } from '../../src/platform/database.ts'
import { openLog } from '../../src/platform/log.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { proveBooks } from '../books.ts'
import { createTestDatabase } from '../database.ts'
import { findBrokenPromises, nameOf, readFilled } from '../hostile-checker.ts'
import type { HostileBehaviour } from '../hostile-supplier.ts'
import { createHostileWorld, hostilePaces, hostileTerms, lateMs, openHostileBook } from '../hostile-world.ts'
import type { HostileKind, HostileTerms, HostileWorld, PlacedOrder } from '../hostile-world.ts'
import type { HostileWorkerOrder } from '../hostile-worker-process.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

/** Of each behaviour at each kind of supplier. */
const ordersEach = Number(process.env['SCRIP_JOURNEY_ORDERS_EACH'] ?? '3')
const leaseMs = 4_000
const stallMs = 6_000

type End = 'completed' | 'failed' | 'unknown' | 'parked'
const kinds = [
  'dedup-status',
  'dedup-no-status',
  'no-dedup-status',
  'no-dedup-no-status',
] as const satisfies readonly HostileKind[]

/**
 * Where an order ends, by behaviour, at a supplier of each kind (in the order of `kinds`), as docs promise it: whoever recognises our
 * reference or knows it is charged exactly once for what can be delivered at all, and what nobody can tell waits for a person.
 */
const ends: Record<HostileBehaviour, readonly [End, End, End, End]> = {
  'at-once': ['completed', 'completed', 'completed', 'completed'],
  'clean-refusal': ['failed', 'failed', 'failed', 'failed'],
  'charged-then-reset': ['completed', 'completed', 'completed', 'parked'],
  'charged-then-silence': ['completed', 'completed', 'completed', 'parked'],
  'charged-late': ['completed', 'completed', 'completed', 'parked'],
  'charged-late-refused-meanwhile': ['completed', 'completed', 'completed', 'parked'],
  'charged-then-500': ['completed', 'completed', 'completed', 'parked'],
  'not-charged-reset': ['completed', 'completed', 'parked', 'parked'],
  slow: ['completed', 'completed', 'completed', 'parked'],
  'busy-429': ['completed', 'completed', 'completed', 'completed'],
  'busy-503': ['completed', 'completed', 'parked', 'parked'],
  'not-found-then-success': ['completed', 'completed', 'completed', 'parked'],
  malformed: ['completed', 'completed', 'completed', 'parked'],
  // Never an answer that can be believed: it is asked for ever, and seen by whoever watches what is unknown.
  'wrong-currency': ['unknown', 'unknown', 'unknown', 'parked'],
  'empty-code': ['unknown', 'unknown', 'unknown', 'parked'],
  'repeated-code': ['unknown', 'unknown', 'unknown', 'parked'],
  reversed: ['completed', 'completed', 'completed', 'completed'],
  processing: ['completed', 'completed', 'completed', 'parked'],
}

function endOf({ kind, behaviour }: PlacedOrder): End {
  return ends[behaviour][kinds.indexOf(kind)] ?? 'unknown'
}

type Scene = {
  readonly world: World
  readonly hostile: HostileWorld
  readonly url: string
  readonly masterKey: string
  /** Starts asking the suppliers in this process, under leases that are long unless one is given. */
  work(leaseMs?: number): Promise<void>
}

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function openScene(options: { terms?: HostileTerms; lateMs?: number } = {}): Promise<Scene> {
  const masterKey = newSecretKey()
  const { database, url } = await createTestDatabase()
  const world = await createWorld(database, await openKeyRing(database, masterKey))
  const hostile = await createHostileWorld(
    world,
    options.lateMs === undefined ? {} : { lateMs: options.lateMs },
  )
  closing.push(() => hostile.close())
  return {
    world,
    hostile,
    url,
    masterKey: masterKey.toString('hex'),
    async work(leaseMs = 45_000) {
      const { keyRing } = world
      const { book, close } = await openHostileBook(database, keyRing, options.terms ?? hostileTerms)
      closing.push(close)
      const log = openLog('silent')
      const parts = { database, keyRing, book, log, paces: hostilePaces, pollMs: 25, leaseMs }
      const fulfilment = openFulfilment({ ...parts, concurrency: 64 })
      closing.push(() => fulfilment.stop())
    },
  }
}

/** Looks until it is so, or for two minutes: what is wrong then is for the assertions to say. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (await isSo()) return
    await pause(100)
  }
}

async function statesOf({ world }: Scene, orders: readonly PlacedOrder[]): Promise<string[]> {
  const filled = new Map((await readFilled(world, orders)).map((one) => [one.orderId, one.state]))
  return orders.map((one) => {
    const state = filled.get(one.orderId) ?? 'lost'
    // Where asking means sending the same again, what is unknown is on its way now and then.
    return state === 'dispatching' && endOf(one) === 'unknown' ? 'unknown' : state
  })
}

/** Asks about orders again, whatever was to be done with them next. */
async function askAgain({ world }: Scene, orders: readonly PlacedOrder[]): Promise<void> {
  await world.database.query(sql`
    update fulfilments set due_at = now() where order_id = any (${orders.map(({ orderId }) => orderId)}::uuid[])`)
}

describe('18 behaviours of suppliers of four kinds', () => {
  it('each order ends where it was promised to, charged at most once, with the very codes of its supplier', async () => {
    const scene = await openScene()
    await scene.work()
    const orders: PlacedOrder[] = []
    for (let round = 0; round < ordersEach; round += 1) orders.push(...(await scene.hostile.placeAll()))
    const expected = orders.map((one) => `${nameOf(one)}: ${endOf(one)}`)
    const found = async () =>
      (await statesOf(scene, orders)).map(
        (state, place) => `${nameOf(orders[place] as PlacedOrder)}: ${state}`,
      )
    await until(async () => JSON.stringify(await found()) === JSON.stringify(expected))
    // What was to be charged late has been by now.
    await pause(lateMs)
    expect(await found()).toEqual(expected)
    expect(await findBrokenPromises(scene.world, scene.hostile, orders)).toEqual([])
    await proveReversals(scene, orders)
    expect(await findBrokenPromises(scene.world, scene.hostile, orders)).toEqual([])
    await proveBooks(scene.world.database)
  }, 300_000)

  /** Asked once more, what ended stays as it is; what was taken back since is a break where the supplier tells of it. */
  async function proveReversals(scene: Scene, orders: readonly PlacedOrder[]): Promise<void> {
    const ended = orders.filter((one) => endOf(one) === 'completed' || endOf(one) === 'failed')
    const expected = ended.map((one) => {
      const isTold = one.behaviour === 'reversed' && !one.kind.endsWith('no-status')
      return `${nameOf(one)}: ${endOf(one)} ${isTold ? 'reversal' : ''}`
    })
    const found = async () =>
      (await readFilled(scene.world, ended)).map(
        ({ state, breaks }, place) => `${nameOf(ended[place] as PlacedOrder)}: ${state} ${breaks.join()}`,
      )
    await askAgain(scene, ended)
    await until(async () => JSON.stringify(await found()) === JSON.stringify(expected))
    expect(await found()).toEqual(expected)
  }
})

it('a supplier that charges later than it says: the order was paid back, the break is open, the codes are never sold', async () => {
  const chargedAfterMs = 5_000
  const terms = { timeoutMs: 2_000, settleWindowMs: 500 }
  const scene = await openScene({ terms, lateMs: chargedAfterMs })
  await scene.work()
  const placed = Array.from({ length: 4 }, () =>
    scene.hostile.place('dedup-status', 'charged-late-refused-meanwhile'),
  )
  const orders = await Promise.all(placed)
  await until(async () => (await statesOf(scene, orders)).every((state) => state === 'failed'))
  expect(await statesOf(scene, orders)).toEqual(orders.map(() => 'failed'))
  await until(async () => [...scene.hostile.books().values()].every(({ charges }) => charges === 1))
  // As it would be after an hour.
  await askAgain(scene, orders)
  const breaksOf = async () => (await readFilled(scene.world, orders)).map(({ breaks }) => breaks)
  await until(async () => (await breaksOf()).every((breaks) => breaks.length > 0))
  expect(await breaksOf()).toEqual(orders.map(() => ['late_success']))
  expect(await findBrokenPromises(scene.world, scene.hostile, orders)).toEqual([])
  const [kept] = await scene.world.database.query<{ count: bigint }>(
    sql`select count(*) from stock_withdrawn where reason = 'quarantine'`,
  )
  expect(kept?.count).toBe(BigInt(orders.reduce((sum, { quantity }) => sum + quantity, 0)))
  await proveBooks(scene.world.database)
}, 180_000)

const failpoints = [
  'fulfilment.intent-stored',
  'fulfilment.answered-buy',
  'fulfilment.answered-inquire',
  'fulfilment.before-note',
]

it('workers that die and workers that stall for longer than their lease, at every failpoint: charged at most once, nothing paid back that was charged', async () => {
  const scene = await openScene()
  const orders: PlacedOrder[] = []
  for (const [place, failpoint] of failpoints.entries()) {
    orders.push(...(await scene.hostile.placeAll()))
    const worker = startWorker(scene, `${failpoint}=kill@${5 + 7 * place}`)
    expect(await endOfWorker(worker), failpoint).toBe('SIGKILL')
  }
  orders.push(...(await scene.hostile.placeAll()))
  const stalling = failpoints.map((failpoint) => startWorker(scene, `${failpoint}=stall:${stallMs}`))
  await Promise.all(stalling.map((worker) => once(worker.stdout ?? worker, 'data')))
  await until(() => isAnyClaimLost(scene))
  await scene.work(leaseMs)
  await pause(stallMs + leaseMs)
  for (const worker of stalling) worker.kill('SIGKILL')
  await until(async () =>
    (await statesOf(scene, orders)).every((state, place) => isAnEnd(orders[place] as PlacedOrder, state)),
  )
  await pause(lateMs)
  expect(await findWrongEnds(scene, orders)).toEqual([])
  expect(await findBrokenPromises(scene.world, scene.hostile, orders)).toEqual([])
  await proveBooks(scene.world.database)
}, 300_000)

function startWorker({ url, masterKey }: Scene, failpointSetting: string): ChildProcess {
  const order: HostileWorkerOrder = { url, masterKey, leaseMs, concurrency: 16 }
  const program = join(import.meta.dirname, '../hostile-worker-process.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SCRIP_FAILPOINTS: failpointSetting },
  })
  closing.push(async () => child.kill('SIGKILL'))
  return child
}

async function endOfWorker(worker: ChildProcess): Promise<unknown> {
  const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null] // As Node documents it.
  return signal ?? code
}

async function isAnyClaimLost({ world }: Scene): Promise<boolean> {
  const rows = await world.database.query(
    sql`select 1 as one from fulfilments where claimed_until < now() limit 1`,
  )
  return rows.length > 0
}

/** After a crash a supplier that knows nothing of us leaves more to persons, and a delivery may be taken back before it is seen. */
function isAnEnd(order: PlacedOrder, state: string): boolean {
  if (state === endOf(order)) return true
  if (order.behaviour === 'reversed' && order.kind.endsWith('-status') && state === 'failed') return true
  return order.kind.startsWith('no-dedup') && state === 'parked'
}

async function findWrongEnds(scene: Scene, orders: readonly PlacedOrder[]): Promise<string[]> {
  const states = await statesOf(scene, orders)
  const books = scene.hostile.books()
  return orders.flatMap((order, place) => {
    const state = states[place] ?? 'lost'
    // Whoever can be asked tells of what was charged in the end: only what never arrived is left to a person.
    const isTold = order.kind === 'no-dedup-status' && endOf(order) === 'completed' && state === 'parked'
    const isLost = isTold && (books.get(order.orderId)?.charges ?? 0) > 0
    return isAnEnd(order, state) && !isLost ? [] : [`${nameOf(order)}: ${state}`]
  })
}
