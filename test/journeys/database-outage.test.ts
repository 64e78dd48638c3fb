import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFailed } from 'vitest'
import { openDatabase, sql } from '../../src/platform/database.ts'
import type { Database } from '../../src/platform/database.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { enqueue } from '../../src/platform/queue.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import { findSku, freePort, killAllScrip, readDemo, runScrip, startScrip } from '../scrip-process.ts'

afterAll(killAllScrip)

it('server and worker outlive their database: 503 while it is away, and everything again when it is back; before it is there they wait', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-outage-'))
  const databaseDir = join(dataDir, 'database')
  const [port, pagesPort, databasePort] = [await freePort(), await freePort(), await freePort()]
  const startDatabase = () =>
    startEmbeddedPostgres({ dataDir: databaseDir, settings: { port: String(databasePort) } })
  let postgres = await startDatabase()
  const settings = {
    DATABASE_URL: postgres.url,
    SCRIP_DATA_DIR: dataDir,
    SCRIP_MASTER_KEY: newSecretKey().toString('base64'),
    PORT: String(port),
  }
  const status = (path: string, at = port): Promise<number> =>
    fetch(`http://127.0.0.1:${at}${path}`).then(
      (answer) => answer.status,
      () => 0,
    )

  const early = await runScrip(['server', '--json'], settings)
  expect(early.code).toBe(1)
  expect(JSON.parse(early.out)).toMatchObject({
    error: {
      code: 'bad_setting',
      message: expect.stringMatching(/lacks \d+ migrations.*scrip migrate/) as string,
    },
  })
  expect((await runScrip(['migrate'], settings)).code).toBe(0)
  expect((await runScrip(['demo'], settings)).code).toBe(0)
  await postgres.stop()

  // Nobody is there yet: both wait, and the server says that it lives and is not ready.
  const server = startScrip(['server'], settings)
  const worker = startScrip(['worker', '--port', String(pagesPort)], settings)
  onTestFailed(() => console.error(`The worker's last words:\n${worker.log().slice(-5_000)}`))
  await expect.poll(() => status('/healthz'), { timeout: 20_000 }).toBe(200)
  expect(await status('/readyz')).toBe(503)
  postgres = await startDatabase()
  await Promise.all([server.announced, worker.announced])
  await expect.poll(() => status('/readyz')).toBe(200)
  await expect.poll(() => status('/readyz', pagesPort), { timeout: 20_000 }).toBe(200)

  const { baseUrl, credential } = await readDemo(dataDir)
  const skuId = await findSku(baseUrl, credential)
  const first = await sendOrder(baseUrl, credential, 'before', skuId)
  expect(first.status).toBe(201)

  process.kill(postgres.pid, 'SIGQUIT')
  await expect.poll(() => status('/readyz'), { timeout: 10_000, interval: 10 }).toBe(503)
  const away = await fetch(`${baseUrl}/giftapi/v1/partner/balance/history`, {
    headers: { authorization: `Bearer ${credential.token}` },
  })
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await sendOrder(baseUrl, credential, 'meanwhile', skuId)).status).toBe(503)
  expect(await status('/healthz')).toBe(200)

  await expect
    .poll(
      async () =>
        (postgres = await startDatabase().catch(() => postgres)) !== undefined && (await status('/readyz')),
      { timeout: 30_000 },
    )
    .toBe(200)
  await expect
    .poll(async () => (await sendOrder(baseUrl, credential, 'after', skuId)).status, { timeout: 10_000 })
    .toBeLessThan(202)
  expect(pinOf(await readOrder(baseUrl, credential, first.body.data?.id ?? ''))).toBe(pinOf(first))
  const database = openDatabase({ url: postgres.url, poolSize: 2 })
  await database.inTransaction((tx) => enqueue(tx, { name: 'check-ledger', payload: {} }))
  await expect.poll(() => readLedgerFigure(pagesPort), { timeout: 30_000 }).toBe('1')
  await expect.poll(() => countJobs(database), { timeout: 10_000 }).toBe(0n)
  expect([server.isRunning(), worker.isRunning()]).toEqual([true, true])

  server.kill('SIGTERM')
  worker.kill('SIGTERM')
  expect(await Promise.all([server.ended, worker.ended])).toEqual([0, 0])
  await database.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 180_000)

it('a server or worker without any database says so in a sentence', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-nothing-'))
  for (const name of ['server', 'worker']) {
    const { code, out, err } = await runScrip([name], { SCRIP_DATA_DIR: dataDir })
    expect([code, out, err]).toEqual([
      1,
      '',
      `No database runs in ${dataDir}. Set DATABASE_URL, or start the embedded database with "scrip up" and leave it running.\n`,
    ])
  }
  const list = await runScrip(['partner', 'list', '--json'], { SCRIP_DATA_DIR: dataDir })
  expect(JSON.parse(list.out)).toMatchObject({ error: { code: 'no_database' } })
  await rm(dataDir, { recursive: true })
}, 30_000)

async function readLedgerFigure(port: number): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return /^scrip_ledger_ok (\S+)$/m.exec(text)?.[1]
}

async function countJobs(database: Database): Promise<bigint> {
  const [row] = await database.query<{ count: bigint }>(sql`
    select count(*) as count from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = task_id where identifier = 'check-ledger'`)
  return row?.count ?? 0n
}
