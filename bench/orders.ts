import { checkLedger } from '../src/core/ledger/check-ledger.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openOrderDesk } from '../src/core/orders/open-order-desk.ts'
import { checkStock } from '../src/core/stock/check-stock.ts'
import { openDatabase } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { SkuId } from '../src/values/ids.ts'
import type { Figures } from './figures.ts'
import { inProcessLoad } from './in-process-load.ts'
import { startProduct } from './product.ts'
import type { Product } from './product.ts'
import { startBenchServer } from './server.ts'
import type { BenchServer } from './server.ts'
import { signedOrderLoad } from './signed-load.ts'
import { fillStock, makePartners, makeSkus } from './world.ts'
import type { BenchPartner } from './world.ts'
import { prepareYardstick } from './yardstick.ts'
import type { Yardstick } from './yardstick.ts'

type World = {
  readonly server: BenchServer
  readonly database: Database
  readonly keyRing: KeyRing
  readonly partners: readonly BenchPartner[]
  readonly skuIds: readonly SkuId[]
}

const clientsByDefault = '8,64,256'

/**
 * Orders a second in process and over HTTP with signatures, for one hot wallet and for 1,000 wallets, as ratios to T, the TPC-B-like
 * transactions a second of the same server at the same number of clients, measured right beside each figure. Over HTTP also how long an
 * order takes when as many arrive as T, and twice as many, whether the clients wait or not. Proves the books at the end.
 * Each figure follows a checkpoint and a ramp: for the first seconds after one, PostgreSQL writes every page that is touched into the log in
 * whole, which comes once a quarter of an hour in service. What that costs is told beside the figure. T gets the same.
 * Options: --seconds N for each figure (8), --ramp N seconds before it (3), --only in-process|http, --clients N,N,… (8,64,256).
 */
export async function run(args: readonly string[]): Promise<void> {
  const span = {
    seconds: Number(option(args, '--seconds') ?? '8'),
    rampSeconds: Number(option(args, '--ramp') ?? '3'),
  }
  const only = option(args, '--only')
  const clientCounts = (option(args, '--clients') ?? clientsByDefault).split(',').map(Number)
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  try {
    print(`Preparing: yardstick, 1,000 partners, stock …`)
    const yardstick = await prepareYardstick(await server.databaseUrl('yardstick'))
    const keyRing = await openKeyRing(database, masterKey)
    const world = {
      server,
      database,
      keyRing,
      partners: await makePartners(database, keyRing, 1_000),
      skuIds: await makeSkus(database),
    }
    print(
      `T: ${yardstick.name}. Each figure: ${span.seconds} s, after ${span.rampSeconds} s that are not measured.`,
    )
    if (only !== 'http') await measureAll(world, undefined, clientCounts, span, yardstick)
    if (only !== 'in-process') {
      const product = await startProduct(server.url, masterKey)
      try {
        await measureAll(world, product, clientCounts, span, yardstick)
      } finally {
        await product.stop()
      }
    }
    await proveBooks(database)
  } finally {
    await database.close()
    await server.stop()
  }
}

async function measureAll(
  world: World,
  product: Product | undefined,
  clientCounts: readonly number[],
  span: Span,
  yardstick: Yardstick,
): Promise<void> {
  await warmUp(world, product)
  for (const clients of clientCounts) await measureAt(world, product, clients, span, yardstick)
}

/** How long a figure is measured, and how long the load runs before that. */
type Span = { readonly seconds: number; readonly rampSeconds: number }

/** Stock for the next figure, and a quiet disk. */
async function prepare(world: World, { seconds, rampSeconds }: Span): Promise<void> {
  await fillStock(
    world.database,
    world.keyRing,
    world.skuIds,
    Math.ceil((30_000 * (seconds + rampSeconds)) / world.skuIds.length),
  )
  await world.server.settle()
}

async function measureAt(
  world: World,
  product: Product | undefined,
  clients: number,
  span: Span,
  yardstick: Yardstick,
): Promise<void> {
  const before = await measureYardstick(world, yardstick, clients, span)
  await prepare(world, span)
  const uniform = await measureLoad(world, product, world.partners, clients, span)
  await prepare(world, span)
  const hot = await measureLoad(world, product, world.partners.slice(0, 1), clients, span)
  const after = await measureYardstick(world, yardstick, clients, span)
  const t = (before + after) / 2
  print(
    `${product === undefined ? 'in process' : 'over HTTP'}, ${clients} clients: T = ${t.toFixed(0)}/s (${before.toFixed(0)}, ${after.toFixed(0)}), ${((clients / t) * 1000).toFixed(1)} ms each`,
  )
  print(`  1,000 wallets  ${describe(uniform.figures, t)}${describeFirst(uniform, span)}`)
  print(
    `  one hot wallet ${describe(hot.figures, t)}${describeFirst(hot, span)}  = ${(hot.figures.perSecond / uniform.figures.perSecond).toFixed(2)} of 1,000 wallets`,
  )
  if (product !== undefined) await measurePaced(world, product, clients, span, t)
}

async function measureYardstick(
  world: World,
  yardstick: Yardstick,
  clients: number,
  span: Span,
): Promise<number> {
  await prepare(world, span)
  if (span.rampSeconds > 0) await yardstick.measure(clients, span.rampSeconds)
  const t = await yardstick.measure(clients, span.seconds)
  if (t === 0) throw new Error(`In ${span.seconds} s the yardstick did nothing: take more seconds.`)
  return t
}

/** A figure, and what was measured in the ramp before it. */
type Measured = { readonly figures: Figures; readonly first: Figures | undefined }

async function measureLoad(
  world: World,
  product: Product | undefined,
  partners: readonly BenchPartner[],
  clients: number,
  { seconds, rampSeconds }: Span,
  perSecond?: number,
): Promise<Measured> {
  const run = (forSeconds: number): Promise<Figures> =>
    load(world, product, partners, clients, forSeconds, perSecond)
  const first = rampSeconds > 0 ? await run(rampSeconds) : undefined
  return { figures: await run(seconds), first }
}

/** Orders that arrive evenly, as they do from buyers who know nothing of each other, at rates that the server can follow. */
async function measurePaced(
  world: World,
  product: Product,
  clients: number,
  span: Span,
  t: number,
): Promise<void> {
  for (const factor of [1, 2]) {
    await prepare(world, span)
    const paced = await measureLoad(world, product, world.partners, clients, span, factor * t)
    print(`  arriving at ${factor} T ${describe(paced.figures, t)}${describeFirst(paced, span)}`)
  }
}

function load(
  world: World,
  product: Product | undefined,
  partners: readonly BenchPartner[],
  clients: number,
  seconds: number,
  /** Over HTTP only. Undefined: as many as the clients get answered. */
  perSecond?: number,
): Promise<Figures> {
  if (product !== undefined)
    return signedOrderLoad(product.baseUrl, partners, world.skuIds, clients, seconds, perSecond)
  return inProcessLoad(openOrderDesk(world), partners, world.skuIds, clients, seconds)
}

async function warmUp(world: World, product: Product | undefined): Promise<void> {
  await fillStock(world.database, world.keyRing, world.skuIds, 5_000)
  await load(world, product, world.partners, 64, 2)
}

async function proveBooks(database: Database): Promise<void> {
  const checks = [...(await checkLedger(database)).checks, ...(await checkStock(database)).checks]
  for (const check of checks) print(`  ${check.ok ? 'ok    ' : 'FAILED'} ${check.name}`)
  if (checks.some((check) => !check.ok)) throw new Error('The books are not exact.')
  print('The books are exact.')
}

function describe(figures: Figures, yardstick: number): string {
  return `${(figures.perSecond / yardstick).toFixed(2)} T  (${figures.perSecond.toFixed(0)} orders/s, p50 ${figures.p50.toFixed(1)} ms, p99 ${figures.p99.toFixed(1)} ms)`
}

function describeFirst({ first }: Measured, { rampSeconds }: Span): string {
  return first === undefined
    ? ''
    : `  [first ${rampSeconds} s after a checkpoint: ${first.perSecond.toFixed(0)} orders/s, p99 ${first.p99.toFixed(1)} ms]`
}

function option(args: readonly string[], name: string): string | undefined {
  const place = args.indexOf(name)
  return place < 0 ? undefined : args[place + 1]
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
