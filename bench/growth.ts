import { checkLedger } from '../src/core/ledger/check-ledger.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { listOrders } from '../src/core/orders/list-orders.ts'
import { openOrderDesk } from '../src/core/orders/open-order-desk.ts'
import { checkStock } from '../src/core/stock/check-stock.ts'
import { encodeCursor } from '../src/platform/cursor.ts'
import { openDatabase, rawStatement, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { SkuId } from '../src/values/ids.ts'
import { fillOrders } from './filled-orders.ts'
import { inProcessLoad } from './in-process-load.ts'
import { startBenchServer } from './server.ts'
import type { BenchServer } from './server.ts'
import { printSizes } from './sizes.ts'
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
  readonly yardstick: Yardstick
}

const clients = 64
const orderTables = [
  'orders',
  'order_items',
  'order_codes',
  'transfers',
  'entries',
  'events',
  'code_fingerprints',
]
const pageRows = 50
const pages = 100

/**
 * Orders a second with 10,000, a million and (--full) ten million orders present, each as a ratio to T measured before and after it, and each
 * ratio to that of 10,000. How long a page takes that lies deep in a partner's list, as a ratio to the first page. What each table takes
 * on the disk. Proves the books at the end.
 * Options: --seconds N for each figure (20), --full, --orders N,N,… instead of those sizes.
 */
export async function run(args: readonly string[]): Promise<void> {
  const seconds = Number(option(args, '--seconds') ?? '20')
  const usual = args.includes('--full') ? '10000,1000000,10000000' : '10000,1000000'
  const sizes = (option(args, '--orders') ?? usual).split(',').map(Number)
  const server = await startBenchServer()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  try {
    print('Preparing: yardstick, 1,000 partners …')
    const yardstick = await prepareYardstick(await server.databaseUrl('yardstick'))
    const keyRing = await openKeyRing(database, newSecretKey())
    const partners = await makePartners(database, keyRing, 1_000)
    const world = { server, database, keyRing, partners, skuIds: await makeSkus(database), yardstick }
    print(`T: ${yardstick.name}. ${clients} clients in process, ${seconds} s for each figure.`)
    await measureAt(world, [0, 0], 1, 'a warm-up that does not count')
    let least: number | undefined
    let filled = 0
    for (const size of sizes) {
      const ratio = await measureAt(world, [filled, size], seconds, undefined)
      filled = size
      least ??= ratio
      print(`  = ${(ratio / least).toFixed(2)} of that with the fewest orders`)
      await measurePages(world)
    }
    await printSizes(database, 'orders', 'a million orders', orderTables)
    await proveBooks(database)
  } finally {
    await database.close()
    await server.stop()
  }
}

/** Answers orders a second in T. */
async function measureAt(
  world: World,
  [filled, size]: readonly [number, number],
  seconds: number,
  remark: string | undefined,
): Promise<number> {
  const { database, keyRing, partners, skuIds, server, yardstick } = world
  const startedAt = performance.now()
  await fillOrders(database, keyRing, partners, skuIds, filled, size)
  const filledIn = (performance.now() - startedAt) / 1000
  await fillStock(database, keyRing, skuIds, Math.ceil((12_000 * seconds) / skuIds.length))
  const owner = openDatabase({ url: server.url, poolSize: 1, statementTimeoutMs: 0 })
  await owner.query(rawStatement('vacuum analyze'))
  await owner.close()
  const [row] = await database.query<{ there: bigint }>(sql`select count(*) as there from orders`)
  const from = Number(row?.there ?? 0n)
  await server.settle()
  const before = await yardstick.measure(clients, Math.ceil(seconds / 2))
  await server.settle()
  const figures = await inProcessLoad(openOrderDesk(world), partners, skuIds, clients, seconds)
  await server.settle()
  const after = await yardstick.measure(clients, Math.ceil(seconds / 2))
  const t = (before + after) / 2
  const ratio = figures.perSecond / t
  print(
    `${from.toLocaleString('en')} to ${(from + figures.perSecond * seconds).toLocaleString('en', { maximumFractionDigits: 0 })} orders (filled in ${filledIn.toFixed(0)} s)${remark === undefined ? '' : `, ${remark}`}: ` +
      `${figures.perSecond.toFixed(0)} orders/s, p99 ${figures.p99.toFixed(1)} ms; T ${before.toFixed(0)} and ${after.toFixed(0)}/s; ${ratio.toFixed(2)} T`,
  )
  return ratio
}

/** The first page of the partner with the most orders, and pages as deep as 90 % of its list, by turns. */
async function measurePages({ database, keyRing, partners }: World): Promise<void> {
  const partnerId = partners[0]?.partnerId
  if (partnerId === undefined) return
  const [count] = await database.query<{ there: bigint }>(
    sql`select count(*) as there from orders where partner_id = ${partnerId}`,
  )
  const depth = Math.min(900_000, Math.floor(Number(count?.there ?? 0n) * 0.9))
  const [row] = await database.query<{ at: string; id: string }>(sql`
    select created_at::text as at, id from orders where partner_id = ${partnerId}
    order by created_at desc, id desc offset ${depth}::bigint limit 1`)
  if (row === undefined) return
  const deep = encodeCursor('orders', { partnerId }, { direction: 'after', key: [row.at, row.id] })
  const read = async (cursor: string | undefined): Promise<number> => {
    const startedAt = performance.now()
    const page = await listOrders(database, keyRing, partnerId, {}, { cursor, limit: pageRows })
    if (page.rows.length !== pageRows) throw new Error('A page is not full.')
    return performance.now() - startedAt
  }
  const times: { first: number[]; deep: number[] } = { first: [], deep: [] }
  for (let turn = 0; turn < pages; turn += 1) {
    times.first.push(await read(undefined))
    times.deep.push(await read(deep))
  }
  const first = median(times.first)
  const far = median(times.deep)
  print(
    `  a page of ${pageRows} orders: the first ${first.toFixed(2)} ms, ${depth.toLocaleString('en')} rows deep ${far.toFixed(2)} ms = ${(far / first).toFixed(2)} of the first`,
  )
}

async function proveBooks(database: Database): Promise<void> {
  const checks = [...(await checkLedger(database)).checks, ...(await checkStock(database)).checks]
  const failed = checks.filter((check) => !check.ok)
  for (const check of failed) print(`  FAILED ${check.name}`)
  if (failed.length > 0) throw new Error('The books are not exact.')
  print(`The books are exact: all ${checks.length} proofs.`)
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

function option(args: readonly string[], name: string): string | undefined {
  const place = args.indexOf(name)
  return place < 0 ? undefined : args[place + 1]
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
