import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { checkLedger } from '../../src/core/ledger/check-ledger.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { checkStock } from '../../src/core/stock/check-stock.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { createTestDatabase } from '../database.ts'
import { pinOf, readOrder } from '../giftapi-client.ts'
import { startBuyers } from '../retrying-buyers.ts'
import { freePort, killAllScrip, runScrip, startScrip } from '../scrip-process.ts'
import type { ScripProcess } from '../scrip-process.ts'
import { createWorld, unit } from '../world.ts'

const root = join(import.meta.dirname, '../..')

/** The next version: it rewrites the busiest table and puts another index on it, which is as much as a migration can be in the way. */
const planted = `
  alter table orders add column upgraded_by text not null default md5(random()::text);
  create index orders_upgraded on orders (partner_id, upgraded_by);
`

afterEach(killAllScrip)

it('an upgrade with a migration rolls over two servers under load: nothing that was answered is lost, and nobody sees another failure than 503 with Retry-After', async () => {
  const home = await mkdtemp(join(tmpdir(), 'scrip-upgrade-'))
  const next = join(home, 'next')
  for (const part of ['bin', 'migrations', 'src', 'package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, part), join(next, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(next, 'node_modules'), 'junction')
  await writeFile(join(next, 'migrations/9999-upgrade.sql'), planted)

  const masterKey = newSecretKey()
  const { database, url } = await createTestDatabase()
  const world = await createWorld(database, await openKeyRing(database, masterKey))
  const partner = await world.partner(10n ** 9n * unit)
  const skuId = await world.sku()
  for (let lot = 0; lot < 4; lot += 1) await world.stock(skuId, 5_000)
  const { token, secret } = await database.inTransaction((tx) =>
    createCredential(tx, world.keyRing, {
      partnerId: partner.partnerId,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    }),
  )
  const credential = { token, secret: secret ?? '' }
  const ports = [await freePort(), await freePort()]
  const settingsOf = (port: number) => ({
    DATABASE_URL: url,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_DATA_DIR: home,
    SCRIP_DEMO: 'false',
    PORT: String(port),
  })
  const start = async (port: number, tree: string): Promise<ScripProcess> => {
    const server = startScrip(['server'], settingsOf(port), tree)
    await server.announced
    return server
  }
  // The queue's tables, which the template of the tests lacks.
  expect((await runScrip(['migrate'], settingsOf(0))).code).toBe(0)
  const servers = [await start(ports[0] ?? 0, root), await start(ports[1] ?? 0, root)]
  const baseUrls = ports.map((port) => `http://127.0.0.1:${port}`)
  const buyers = startBuyers({ baseUrls, credential, skuId, clients: 16, pauseMs: 20 })
  const moreOrders = async (): Promise<void> => {
    const before = buyers.log.acknowledged.length
    await expect.poll(() => buyers.log.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 200)
  }
  await moreOrders()

  // A program that is newer than its database does not serve it.
  const early = await runScrip(['server', '--json'], settingsOf(0), next)
  expect([early.code, early.out]).toEqual([
    1,
    expect.stringContaining('lacks a migration of this version') as string,
  ])
  const migrated = await runScrip(['migrate'], settingsOf(0), next)
  expect(migrated.code).toBe(0)
  await moreOrders()
  for (const [place, port] of ports.entries()) {
    servers[place]?.kill('SIGTERM')
    expect(await servers[place]?.ended).toBe(0)
    await moreOrders()
    servers[place] = await start(port, next)
    await moreOrders()
  }
  const log = await buyers.stop()
  const old = await runScrip(['migrate'], settingsOf(0))
  expect([old.code, old.err]).toEqual([1, expect.stringContaining('start the newer version') as string])

  expect(log.bad).toEqual([])
  expect(new Set(log.acknowledged.map((order) => order.pin)).size).toBe(log.acknowledged.length)
  for (let from = 0; from < log.acknowledged.length; from += 16) {
    await Promise.all(
      log.acknowledged.slice(from, from + 16).map(async ({ orderId, pin }, place) => {
        const read = await readOrder(baseUrls[place % 2] ?? '', credential, orderId)
        expect([read.status, pinOf(read)]).toEqual([200, pin])
      }),
    )
  }
  const [row] = await database.query<{ count: bigint }>(sql`select count(*) as count from orders`)
  expect(row?.count).toBe(BigInt(log.acknowledged.length))
  const checks = [...(await checkLedger(database)).checks, ...(await checkStock(database)).checks]
  expect(checks.filter((check) => !check.ok)).toEqual([])
  for (const server of servers) server.kill('SIGTERM')
  expect(await Promise.all(servers.map((server) => server.ended))).toEqual([0, 0])
  await rm(home, { recursive: true, force: true })
}, 240_000)
