import { beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { createWorld, unit } from '../../test/world.ts'
import type { World } from '../../test/world.ts'
import { openDatabase, sql } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import { openLog } from '../platform/log.ts'
import { jobs } from './all.ts'
import { checkLedgerJob } from './check-ledger.ts'
import type { JobFigure } from './job.ts'

let world: World
let owner: Database
const figures = new Map<JobFigure, number>()

beforeAll(async () => {
  const { database, url } = await createTestDatabase()
  world = await createWorld(database)
  owner = openDatabase({ url, poolSize: 2 })
  return () => owner.close()
})

const services = () => ({
  database: world.database,
  keyRing: world.keyRing,
  log: openLog('silent'),
  openPayer: () => undefined,
  reportWriters: new Map(),
  suppliers: { all: () => [] },
  report: (name: JobFigure, value: number) => void figures.set(name, value),
})

it("every job has a name of its own, and runs under the application's role, twice and beside itself", async () => {
  expect(new Set(jobs.map((job) => job.name)).size).toBe(jobs.length)
  const { partnerId } = await world.partner(100n * unit)
  const skuId = await world.sku()
  await world.stock(skuId, 5)
  for (const job of jobs) {
    await Promise.all([job.run(services(), {}), job.run(services(), {})])
    await job.run(services(), {})
  }
  const [totals] = await owner.query(
    sql`select sum(total) as sum, max(total) as most from account_totals where partner_id = ${partnerId}`,
  )
  expect(totals).toEqual({ sum: '0', most: 100n * unit })
  expect(
    await owner.query(
      sql`select sum(change) as sum, count(*) as rows from stock_movements where sku_id = ${skuId}`,
    ),
  ).toEqual([{ sum: '5', rows: 1n }])
  expect(
    await owner.query(sql`select count(*) as made from pg_inherits where inhparent = 'api_calls'::regclass`),
  ).toEqual([{ made: 5n }])
})

it('the check of the ledger tells figures that raise an alarm when the books are false', async () => {
  await checkLedgerJob.run(services(), {})
  expect(figures.get('scrip_ledger_ok')).toBe(1)
  expect(Math.abs((figures.get('scrip_ledger_checked_at_seconds') ?? 0) - Date.now() / 1_000)).toBeLessThan(
    60,
  )
  await world.partner(1n * unit)
  await owner.query(sql`update wallets set balance = balance + 1 where balance = ${unit}`)
  await checkLedgerJob.run(services(), {})
  expect(figures.get('scrip_ledger_ok')).toBe(0)
})
