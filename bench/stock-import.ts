import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { checkStock } from '../src/core/stock/check-stock.ts'
import { importStock } from '../src/core/stock/import-stock.ts'
import { migrate } from '../src/platform/migrate.ts'
import { openDatabase, plainArray, rawStatement, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey, parseSecretKey } from '../src/platform/secrets.ts'
import type { SkuId } from '../src/values/ids.ts'
import { startBenchServer } from './server.ts'
import { makeSkus } from './world.ts'

/**
 * Imports a file of a million codes, as a ratio to plain inserts of as many rows of two columns on the same server, measured before
 * and after. Proves the stock at the end. Options: --rows N (1,000,000); --url, or DATABASE_URL, of a database that may be filled,
 * with SCRIP_MASTER_KEY if it has keys already; else a server of its own is started.
 */
export async function run(args: readonly string[]): Promise<void> {
  const rows = Number(option(args, '--rows') ?? '1000000')
  const url = option(args, '--url') ?? process.env['DATABASE_URL']
  const server = url === undefined ? await startBenchServer() : await useServer(url)
  const owner = openDatabase({ url: server.url, poolSize: 4, statementTimeoutMs: 0 })
  const database = openDatabase({ url: server.url, role: 'scrip_app' })
  const dir = await mkdtemp(join(tmpdir(), 'scrip-bench-import-'))
  try {
    const path = join(dir, 'codes.csv')
    await pipeline(Readable.from(csvOf(rows)), createWriteStream(path))
    const [skuId] = await makeSkus(database)
    if (skuId === undefined) throw new Error('There is no SKU.')
    const before = await insertPlainly(owner, rows)
    const seconds = await importTimed(database, skuId, path, rows)
    const after = await insertPlainly(owner, rows)
    const yardstick = (before + after) / 2
    print(
      `plain inserts of ${rows} rows of two columns: ${before.toFixed(1)} s before, ${after.toFixed(1)} s after`,
    )
    print(
      `import of ${rows} codes: ${(seconds / yardstick).toFixed(1)} times that  (${seconds.toFixed(1)} s, ${(rows / seconds).toFixed(0)} codes/s)`,
    )
    await proveStock(owner)
  } finally {
    await Promise.all([owner.close(), database.close()])
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

async function useServer(url: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const database = openDatabase({ url, poolSize: 4 })
  await migrate(database)
  await database.close()
  return { url, stop: async () => undefined }
}

/** Codes as suppliers send them, in pieces of a thousand lines; new ones in each run. */
function* csvOf(rows: number): Generator<string> {
  const lot = crypto.randomUUID().slice(0, 8).toUpperCase()
  yield 'code,pin,serial,expires_on\r\n'
  for (let from = 0; from < rows; from += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, rows - from) }, (_, place) =>
      lineOf(lot, from + place),
    )
    yield lines.join('')
  }
}

function lineOf(lot: string, number: number): string {
  const scrambled = ((number * 2_654_435_761) % 4_294_967_296).toString(36).toUpperCase().padStart(7, '0')
  return `${lot}-${scrambled}-${number},${1000 + (number % 9000)},SN${number},${2990 + (number % 9)}-06-30\r\n`
}

/** @returns seconds */
async function importTimed(database: Database, skuId: SkuId, path: string, rows: number): Promise<number> {
  const keyRing = await openKeyRing(
    database,
    parseSecretKey(process.env['SCRIP_MASTER_KEY'] ?? '') ?? newSecretKey(),
  )
  const phases = new Map<string, number>()
  let phase = ''
  let since = performance.now()
  const startedAt = since
  const enter = (next: string): void => {
    if (next === phase) return
    const now = performance.now()
    if (phase !== '') phases.set(phase, (phases.get(phase) ?? 0) + now - since)
    phase = next
    since = now
  }
  const result = await importStock(database, keyRing, {
    skuId,
    path,
    actor: 'bench',
    onProgress: (progress) => enter(progress.phase),
  })
  enter('')
  if (result.published !== rows) throw new Error(`${result.published} of ${rows} codes were published.`)
  print([...phases].map(([name, milliseconds]) => `${name} ${(milliseconds / 1000).toFixed(1)} s`).join(', '))
  print(`memory ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`)
  return (performance.now() - startedAt) / 1000
}

/** The least that storing as many rows costs here: 5,000 a statement, each its own commit. @returns seconds */
async function insertPlainly(database: Database, rows: number): Promise<number> {
  await database.query(rawStatement('create table if not exists bench_plain (number bigint, code uuid)'))
  await database.query(sql`truncate bench_plain`)
  const startedAt = performance.now()
  for (let from = 0; from < rows; from += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, rows - from) }, (_, place) => from + place)
    await database.query(sql`
      insert into bench_plain (number, code)
      select * from unnest(${plainArray(numbers)}::bigint[], ${plainArray(numbers.map(() => crypto.randomUUID()))}::uuid[])`)
  }
  return (performance.now() - startedAt) / 1000
}

async function proveStock(database: Database): Promise<void> {
  const { checks, ok } = await checkStock(database)
  for (const check of checks) print(`  ${check.ok ? 'ok    ' : 'FAILED'} ${check.detail}`)
  if (!ok) throw new Error('The stock is not exact.')
}

function option(args: readonly string[], name: string): string | undefined {
  const place = args.indexOf(name)
  return place < 0 ? undefined : args[place + 1]
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
