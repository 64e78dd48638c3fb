import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, sql } from '../../src/platform/database.ts'
import type { ProductProcess } from './product.ts'
import { openRandom } from './random.ts'
import type { Random } from './random.ts'
import { wrongClock } from '../wrong-clock.ts'
import type { ChaosWorld } from './world.ts'

export const faultKinds = [
  'kill a server',
  'kill a worker',
  'freeze a server',
  'freeze a worker beyond its lease',
  'kill at a failpoint',
  'stall at a failpoint',
  'end backends',
  'restart the database',
  'cut the network',
  'swallow the network',
  'set a clock wrong',
  'fill the disk',
] as const

type FaultKind = (typeof faultKinds)[number]

/** One fault of the schedule. */
export type Fault = {
  readonly kind: FaultKind
  /** From the beginning. */
  readonly atMs: number
  /** Which of the processes that it can hit, by place; or which failpoint. */
  readonly target: number
  readonly forMs: number
}

/** What faults did, as far as it can be timed. */
export type FaultTimes = {
  /** From each kill to serving again. */
  readonly serverKillsMs: number[]
  readonly workerKillsMs: number[]
  /** From each stop of the database to its taking connections again. */
  readonly databaseRestartsMs: number[]
  /** Since 1970, when a full disk had room again and the database took connections. */
  readonly roomAgainAtMs: number[]
}

/** Leases hold for 45 s. */
const freezeWorkerMs = 50_000
const wrongClockMs = 15_000

/**
 * Draws a schedule: each kind once, in some order, and then at random; the long freeze comes first, so that it ends within the run. The
 * same seed, time and kinds draw the same.
 *
 * @param kinds that this machine can do
 */
export function drawFaults(seed: number, lastMs: number, kinds: readonly FaultKind[] = faultKinds): Fault[] {
  const random = openRandom(seed)
  const freeze = {
    kind: 'freeze a worker beyond its lease',
    atMs: 3_000,
    target: random.between(0, 1),
    forMs: freezeWorkerMs,
  } as const
  // A run that is shorter would be all about that.
  const faults: Fault[] = lastMs > freezeWorkerMs ? [freeze] : []
  const first = shuffle(
    kinds.filter((kind) => kind !== 'freeze a worker beyond its lease'),
    random,
  )
  for (let atMs = 5_000; atMs < lastMs; atMs += random.between(1_500, 6_000)) {
    const kind = first.shift() ?? drawKind(random, lastMs - atMs, kinds)
    const target = random.between(0, isAtPoint(kind) ? failpoints.length - 1 : 3)
    const forMs = kind === 'stall at a failpoint' ? stallOf(target, lastMs - atMs) : durationOf(kind, random)
    faults.push({ kind, atMs, target, forMs })
  }
  return faults
}

/** Named places in the product's code, and who passes them. */
const failpoints = [
  ['server', 'vendify.nonce-bound'],
  ['server', 'vendify.order-committed'],
  ['server', 'idempotency.claimed'],
  ['server', 'idempotency.worked'],
  ['server', 'disbursement.booked'],
  ['server', 'redemption.half-written'],
  ['server', 'redemption.committed'],
  ['worker', 'disbursement.lot-half-written'],
  ['worker', 'disbursement.lot-issued'],
  ['worker', 'fulfilment.intent-stored'],
  ['worker', 'fulfilment.before-note'],
  ['worker', 'checkout.intent-stored'],
  ['worker', 'checkout.before-note'],
  ['worker', 'checkout.approved'],
] as const

function isAtPoint(kind: FaultKind): boolean {
  return kind === 'kill at a failpoint' || kind === 'stall at a failpoint'
}

/** A worker stalls for longer than its lease, as long as it wakes within the run. */
function stallOf(target: number, leftMs: number): number {
  return failpoints[target]?.[0] === 'worker' && leftMs >= freezeWorkerMs ? freezeWorkerMs : 8_000
}

const weights: Readonly<Record<FaultKind, number>> = {
  'kill a server': 5,
  'kill a worker': 4,
  'freeze a server': 2,
  'freeze a worker beyond its lease': 1,
  'kill at a failpoint': 3,
  'stall at a failpoint': 3,
  'end backends': 4,
  'restart the database': 1,
  'cut the network': 3,
  'swallow the network': 3,
  'set a clock wrong': 1,
  'fill the disk': 1,
}

function drawKind(random: Random, leftMs: number, kinds: readonly FaultKind[]): FaultKind {
  const leastMs: Readonly<Partial<Record<FaultKind, number>>> = {
    'freeze a worker beyond its lease': freezeWorkerMs,
    'set a clock wrong': wrongClockMs,
  }
  const urn = kinds.flatMap((kind) =>
    leftMs < (leastMs[kind] ?? 0) ? [] : Array.from({ length: weights[kind] }, () => kind),
  )
  return random.pick(urn)
}

function durationOf(kind: FaultKind, random: Random): number {
  if (kind === 'freeze a server') return random.between(2_000, 9_000)
  if (kind === 'freeze a worker beyond its lease') return freezeWorkerMs
  if (kind === 'cut the network') return random.between(500, 4_000)
  if (kind === 'swallow the network') return random.between(2_000, 9_000)
  if (kind === 'fill the disk') return random.between(2_000, 5_000)
  if (kind === 'set a clock wrong') return random.between(5_000, wrongClockMs)
  return 0
}

function shuffle<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => [random.next(), one] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, one]) => one)
}

/** What can be done to this world. */
export function kindsFor({ fillDisk }: ChaosWorld): FaultKind[] {
  return faultKinds.filter((kind) => kind !== 'fill the disk' || fillDisk !== undefined)
}

/** Plays a schedule against the product, each fault at its time; answers when the last of them is over. */
export async function playFaults(
  world: ChaosWorld,
  faults: readonly Fault[],
  times: FaultTimes,
  say: (line: string) => void,
): Promise<void> {
  const beganAtMs = performance.now()
  const busy = new Set<ProductProcess>()
  let restarting: Promise<unknown> = Promise.resolve()
  const played = faults.map(async (fault) => {
    await pause(fault.atMs - (performance.now() - beganAtMs))
    const { kind, target, forMs } = fault
    say(`${kind}, ${nameOf(fault)}${forMs === 0 ? '' : ` for ${forMs} ms`}`)
    if (kind === 'restart the database') {
      restarting = restarting.then(async () => times.databaseRestartsMs.push(await world.restartDatabase()))
      return restarting
    }
    if (kind === 'fill the disk') {
      restarting = restarting.then(async () => {
        await world.fillDisk?.(forMs)
        times.roomAgainAtMs.push(Date.now())
      })
      return restarting
    }
    if (kind === 'end backends') return endBackends(world.superuserUrl, target)
    const one = targetOf(world, kind, target, busy)
    // Somebody who is frozen or just starting is left to that; the others are hit.
    if (one === undefined) return undefined
    busy.add(one)
    try {
      await hit(world, one, fault, times)
    } finally {
      busy.delete(one)
    }
    return undefined
  })
  await Promise.all(played)
}

function nameOf({ kind, target }: Fault): string {
  return isAtPoint(kind) ? (failpoints[target]?.[1] ?? '') : String(target)
}

async function hit(world: ChaosWorld, one: ProductProcess, fault: Fault, times: FaultTimes): Promise<void> {
  const { kind, forMs, target } = fault
  switch (kind) {
    case 'kill a server':
      return void times.serverKillsMs.push(await one.killAndRestart())
    case 'kill a worker':
      return void times.workerKillsMs.push(await one.killAndRestart())
    case 'freeze a server':
    case 'freeze a worker beyond its lease':
      return one.freeze(forMs)
    case 'cut the network':
      await one.proxy.cut()
      await pause(forMs)
      return one.proxy.restore()
    case 'swallow the network':
      one.proxy.swallow()
      await pause(forMs)
      return one.proxy.release()
    case 'kill at a failpoint':
      await one.killAndRestart({ SCRIP_FAILPOINTS: `${nameOf(fault)}=kill@2` })
      // Where nobody passes it, somebody else has to end this life.
      await one.untilGone(10_000)
      return void (await one.killAndRestart())
    case 'stall at a failpoint':
      await one.killAndRestart({ SCRIP_FAILPOINTS: `${nameOf(fault)}=stall:${forMs}@2` })
      return await one.untilGone(forMs + 3_000)
    case 'set a clock wrong':
      await one.killAndRestart(wrongClock(clockErrorMs(world, one, target)))
      await pause(forMs)
      await one.killAndRestart()
      return undefined
    case 'end backends':
    case 'restart the database':
    case 'fill the disk':
      throw new Error(`${kind} hits no process.`)
  }
}

function targetOf(
  { servers, workers }: ChaosWorld,
  kind: FaultKind,
  target: number,
  busy: ReadonlySet<ProductProcess>,
): ProductProcess | undefined {
  const isOfServer = isAtPoint(kind) && failpoints[target]?.[0] === 'server'
  const group =
    isOfServer || kind === 'kill a server' || kind === 'freeze a server'
      ? servers
      : kind === 'cut the network' || kind === 'swallow the network' || kind === 'set a clock wrong'
        ? [...servers, ...workers]
        : workers
  const free = group.filter((one) => !busy.has(one))
  return free[target % Math.max(1, free.length)]
}

/** Every other backend of the product's, or all of them. */
async function endBackends(superuserUrl: string, target: number): Promise<void> {
  const database = openDatabase({ url: superuserUrl, poolSize: 1 })
  await database
    .query(
      sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() and datname = 'scrip' and (${target} = 0 or pid % 4 = ${target})`,
    )
    // The database itself may be away just now.
    .catch(() => undefined)
  await database.close()
}

/** Five minutes for a worker. A server whose clock is as wrong refuses what was signed a moment ago, as it must: its is wrong by four. */
function clockErrorMs({ servers }: ChaosWorld, one: ProductProcess, target: number): number {
  return (servers.includes(one) ? 240_000 : 300_000) * (target % 2 === 0 ? 1 : -1)
}
