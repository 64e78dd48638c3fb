import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { keepPartitions } from '../src/core/retention/keep-partitions.ts'
import { openDatabase, rawStatement, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import { fillOrders } from './filled-orders.ts'
import { startProduct } from './product.ts'
import { startBenchServer } from './server.ts'
import { signedOrderLoad } from './signed-load.ts'
import { fillStock, makePartners, makeSkus } from './world.ts'

/**
 * How many bytes each table takes with its indexes for a million orders of one code, and the API log for a million calls that placed one, by
 * filling a database with a part of that. Deliveries to one endpoint, each with one try, are counted beside them; nonces and kept answers,
 * which only some formats have, by themselves.
 * Options: --orders N (200,000) to fill.
 */
export async function run(args: readonly string[]): Promise<void> {
  const place = args.indexOf('--orders')
  const count = Number(place < 0 ? '200000' : args[place + 1])
  const server = await startBenchServer()
  const masterKey = newSecretKey()
  const database = openDatabase({ url: server.url, role: 'scrip_app', statementTimeoutMs: 0 })
  const owner = openDatabase({ url: server.url, poolSize: 1, statementTimeoutMs: 0 })
  try {
    await keepPartitions(database, { keepDays: 90, aheadDays: 1 })
    const keyRing = await openKeyRing(database, masterKey)
    const partners = await makePartners(database, keyRing, 100)
    const skuIds = await makeSkus(database)
    await fillOrders(database, keyRing, partners, skuIds, 0, count)
    await database.query(sql`
      insert into webhook_ended_deliveries (partner_id, event_id, endpoint_id, state, tries, tries_ever, fence, created_at, ended_at)
      select partner_id, id, partner_id, 'delivered', 1, 1, 1, created_at, created_at from events`)
    await database.query(sql`
      insert into webhook_attempts (partner_id, event_id, endpoint_id, number, attempted_at, duration_us, status, response)
      select partner_id, id, partner_id, 1, created_at, 20000, 200, 'ok' from events`)
    await owner.query(rawStatement('vacuum analyze'))
    await printSizes(database, 'orders', 'a million orders')

    await fillFormats(database)
    await owner.query(rawStatement('vacuum analyze'))
    await printSizes(database, 'orders', 'a million orders with a nonce, and with a kept answer of 1 KiB', [
      'nonces',
      'idempotency_keys',
    ])

    const product = await startProduct(server.url, masterKey)
    try {
      await fillStock(database, keyRing, skuIds, 5_000)
      await signedOrderLoad(product.baseUrl, partners, skuIds, 16, 5)
    } finally {
      await product.stop()
    }
    await owner.query(rawStatement('vacuum analyze'))
    await printSizes(database, 'api_calls', 'a million calls', ['api_calls'])
  } finally {
    await owner.close()
    await database.close()
    await server.stop()
  }
}

/** What some formats write beside an order: the nonce that it came with, and the answer under its idempotency key. */
async function fillFormats(database: Database): Promise<void> {
  await database.query(sql`
    insert into nonces (partner_id, nonce, credential_id, used_at, external_id, reference)
    select partner_id, id::text, partner_id, created_at, external_id, id::text from orders`)
  await database.query(sql`
    insert into idempotency_keys (partner_id, key, id, request_hash, claim, claimed_until, status, body, data_key_id, answered_at, created_at)
    select partner_id, id::text, id, sha256(id::text::bytea), id, created_at, 201,
           (select string_agg(sha512((id::text || n)::bytea), '') from generate_series(1, 16) n),
           (select id from data_keys limit 1), created_at, created_at
    from orders`)
}

/** Prints what tables take with their indexes, scaled to a million rows of `measure`; the largest first, and all together. */
export async function printSizes(
  database: Database,
  measure: 'orders' | 'api_calls',
  title: string,
  only?: readonly string[],
): Promise<void> {
  const [row] = await database.query<{ there: bigint }>(
    measure === 'orders'
      ? sql`select count(*) as there from orders`
      : sql`select count(*) as there from api_calls`,
  )
  const there = Number(row?.there ?? 0n)
  // A partitioned table's bytes are those of its partitions.
  const tables = await database.query<{ name: string; heap: bigint; indexes: bigint }>(sql`
    select coalesce(parent.relname, c.relname) as name,
           sum(pg_table_size(c.oid))::bigint as heap, sum(pg_indexes_size(c.oid))::bigint as indexes
    from pg_class c
    left join pg_inherits h on h.inhrelid = c.oid
    left join pg_class parent on parent.oid = h.inhparent
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
    group by 1 order by sum(pg_total_relation_size(c.oid)) desc`)
  const shown = tables.filter(
    (table) => only?.includes(table.name) ?? table.heap + table.indexes > 10n * BigInt(there),
  )
  const mib = (bytes: bigint): string =>
    ((Number(bytes) / there) * (1_000_000 / 1_048_576)).toFixed(0).padStart(7)
  print(`MiB for ${title}, measured with ${there.toLocaleString('en')}:`)
  print(`  ${'table'.padEnd(24)}   rows  indexes   both`)
  for (const { name, heap, indexes } of shown)
    print(`  ${name.padEnd(24)}${mib(heap)}  ${mib(indexes)}${mib(heap + indexes)}`)
  const sum = shown.reduce((all, { heap, indexes }) => all + heap + indexes, 0n)
  if (shown.length > 1) print(`  ${'together'.padEnd(24)}${' '.repeat(16)}${mib(sum)}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
