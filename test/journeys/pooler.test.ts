import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openDatabase, rawStatement, sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { proveBooks } from '../books.ts'
import { openPooler } from '../cluster/pooler.ts'
import type { Pooler } from '../cluster/pooler.ts'
import { findPrograms } from '../cluster/programs.ts'
import { createTestDatabase } from '../database.ts'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import { findSku, freePort, killAllScrip, readDemo, runScrip, startScrip } from '../scrip-process.ts'
import { startTransactionPooler } from '../transaction-pooler.ts'

afterAll(killAllScrip)

const { pgbouncer } = await findPrograms()

const title = (pooler: string): string =>
  `two servers and a worker do all behind ${pooler}: one of 64 repeats is sold, suppliers are asked, the books are exact`

it(title('a strict pooler of transactions'), () => prove(startTransactionPooler), 120_000)

// It is Debian's and comes with no package of ours: .ci/run installs it.
it.skipIf(pgbouncer === undefined)(
  title('PgBouncer in transaction mode'),
  () => prove(startPgBouncer),
  120_000,
)

async function prove(start: (url: string) => Promise<Pooler>): Promise<void> {
  const { database, url: direct } = await createTestDatabase()
  const login = `scrip_pooled_${process.pid}_${Date.now()}`
  await asOwner(direct, `create role ${login} login password 'secret'`)
  const through = new URL(direct)
  through.username = login
  through.password = 'secret'
  const pooler = await start(through.href)
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-pooler-'))
  const settings = {
    DATABASE_URL: pooler.url,
    DATABASE_DIRECT_URL: direct,
    SCRIP_DATA_DIR: dataDir,
    SCRIP_MASTER_KEY: newSecretKey().toString('base64'),
  }

  const early = await runScrip(['server', '--json'], settings)
  expect([early.code, JSON.parse(early.out)]).toMatchObject([
    1,
    { error: { code: 'bad_setting', message: expect.stringContaining('"scrip migrate"') as string } },
  ])
  expect(await runScrip(['migrate'], settings)).toMatchObject({ code: 0 })
  await pooler.reconnect()
  expect((await runScrip(['demo'], settings)).code).toBe(0)

  const ports = [await freePort(), await freePort()]
  const servers = ports.map((port) => startScrip(['server'], { ...settings, PORT: String(port) }))
  const worker = startScrip(['worker'], settings)
  await Promise.all([...servers, worker].map((process) => process.announced))
  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const urlOf = (place: number): string => urls[place % urls.length] ?? ''
  const { credential } = await readDemo(dataDir)

  const skuId = await findSku(urlOf(0), credential)
  const repeats = await Promise.all(
    Array.from({ length: 64 }, (_, place) => sendOrder(urlOf(place), credential, 'once', skuId)),
  )
  expect(repeats.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(repeats.filter(({ status }) => status === 200)).toHaveLength(63)
  expect(new Set(repeats.map(pinOf)).size).toBe(1)
  const many = await Promise.all(
    Array.from({ length: 64 }, (_, place) => sendOrder(urlOf(place), credential, `order-${place}`, skuId)),
  )
  expect(new Set(many.map(pinOf)).size).toBe(64)

  const filled = await findSku(urlOf(0), credential, 'supplier')
  const bought = await sendOrder(urlOf(1), credential, 'of a supplier', filled)
  expect(bought.status).toBe(201)
  await expect
    .poll(async () => (await readOrder(urlOf(0), credential, bought.body.data?.id ?? '')).body.data?.status, {
      timeout: 20_000,
    })
    .toBe('completed')

  const [sessions] = await database.query<{ pooled: bigint }>(
    sql`select count(*) as pooled from pg_stat_activity where usename = ${login}`,
  )
  // What was sold was sold through the pooler, and over few sessions.
  expect(sessions?.pooled).toBeGreaterThan(0n)
  expect(sessions?.pooled).toBeLessThanOrEqual(4n)
  await proveBooks(database)
  const told = await runScrip(['ledger', 'check', '--json'], settings)
  expect([told.code, JSON.parse(told.out)]).toMatchObject([0, { ok: true }])

  for (const process of [...servers, worker]) process.kill('SIGTERM')
  expect(await Promise.all([...servers, worker].map((process) => process.ended))).toEqual([0, 0, 0])
  await pooler.close()
  await asOwner(direct, `drop role ${login}`)
  await rm(dataDir, { recursive: true, force: true })
}

async function asOwner(url: string, statement: string): Promise<void> {
  const owner = openDatabase({ url, poolSize: 1 })
  await owner.query(rawStatement(statement))
  await owner.close()
}

/** PgBouncer as docs/scaling.md sets it up. It refuses to be run by root. */
async function startPgBouncer(targetUrl: string): Promise<Pooler> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-pgbouncer-'))
  await chmod(folder, 0o711)
  const pooler = await openPooler({
    folder,
    program: pgbouncer ?? '',
    runAs: process.getuid?.() === 0 ? nobody : undefined,
    targetUrl,
    sessions: 4,
  })
  return {
    ...pooler,
    async close() {
      await pooler.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const nobody = { uid: 65_534, gid: 65_534 }
