import { appendFile, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiCredential } from '../giftapi-client.ts'
import { findSku, killAllScrip, readDemo, runScrip, startScrip } from '../scrip-process.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'scrip-backup-'))
  return () => rm(home, { recursive: true, force: true })
})

afterEach(killAllScrip)

it('a backup under load holds every order that was answered before it began, with its code, and its books are exact', async () => {
  const [from, to, backup] = [join(home, 'from'), join(home, 'to'), join(home, 'backup')]
  const first = startScrip(['up'], { SCRIP_DATA_DIR: from })
  await first.announced
  const { baseUrl, credential } = await readDemo(from)
  const skuId = await findSku(baseUrl, credential)
  const orders = new Map<string, { readonly orderId: string; readonly pin: string }>()
  let isBuying = true
  const buyer = async (name: number): Promise<void> => {
    for (let number = 0; isBuying; number += 1) {
      const externalId = `backup-${name}-${number}`
      const answer = await sendOrder(baseUrl, credential, externalId, skuId)
      if (answer.status === 201)
        orders.set(externalId, { orderId: answer.body.data?.id ?? '', pin: pinOf(answer) })
    }
  }
  const buyers = Array.from({ length: 8 }, (_, name) => buyer(name))
  await expect.poll(() => orders.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(50)
  const before = new Map(orders)
  const made = await runScrip(['backup', backup, '--json'], { SCRIP_DATA_DIR: from })
  const during = orders.size - before.size
  isBuying = false
  await Promise.all(buyers)
  expect(made.code).toBe(0)
  expect(JSON.parse(made.out)).toMatchObject({ folder: backup, hasMasterKey: false })
  expect(during).toBeGreaterThan(0)
  expect((await readdir(backup)).toSorted()).toEqual(['backup.json', 'postgres'])
  expect((await stat(backup)).mode & 0o777).toBe(0o700)
  const masterKey = (await readFile(join(from, 'master.key'), 'utf8')).trim()
  first.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  const restored = await runScrip(['restore', backup, '--json'], { SCRIP_DATA_DIR: to })
  expect([restored.code, JSON.parse(restored.out)]).toMatchObject([0, { ledgerOk: true, failedChecks: [] }])
  const withoutKey = await runScrip(['up', '--json'], {
    SCRIP_DATA_DIR: to,
    SCRIP_MASTER_KEY: Buffer.alloc(32).toString('base64'),
  })
  expect([withoutKey.code, JSON.parse(withoutKey.out)]).toMatchObject([
    1,
    { error: { message: expect.stringContaining('The master key is not the one') as string } },
  ])

  const second = startScrip(['up'], { SCRIP_DATA_DIR: to, SCRIP_MASTER_KEY: masterKey })
  const { url } = (await second.announced) as { url: string }
  await proveOrders(url, credential, before)
  expect((await sendOrder(url, credential, 'after-restore', skuId)).status).toBe(201)
  expect(
    JSON.parse((await runScrip(['ledger', 'check', '--json'], { SCRIP_DATA_DIR: to })).out),
  ).toMatchObject({ ok: true })
  expect(
    JSON.parse((await runScrip(['stock', 'check', '--json'], { SCRIP_DATA_DIR: to })).out),
  ).toMatchObject({ ok: true })
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
}, 180_000)

it('a backup holds the master key only when it is asked for by its long name; a restore overwrites nothing and takes no damaged file', async () => {
  const [from, backup] = [join(home, 'from'), join(home, 'with-key')]
  // Nobody runs the database: it is started for the backup.
  const made = await runScrip(['backup', backup, '--include-the-master-key-unprotected'], {
    SCRIP_DATA_DIR: from,
  })
  expect([made.code, made.err]).toEqual([0, ''])
  expect(made.out).toContain('THE MASTER KEY IS IN IT')
  expect(await readFile(join(backup, 'master.key'), 'utf8')).toBe(
    await readFile(join(from, 'master.key'), 'utf8'),
  )
  expect((await stat(join(backup, 'master.key'))).mode & 0o777).toBe(0o600)

  const again = await runScrip(['backup', backup], { SCRIP_DATA_DIR: from })
  expect([again.code, again.err]).toEqual([
    1,
    `${backup} is there already and is not empty. Name a new folder.\n`,
  ])
  const over = await runScrip(['restore', backup], { SCRIP_DATA_DIR: from })
  expect([over.code, over.err]).toEqual([
    1,
    `There is a database in ${from} already. Restore into another directory, named with SCRIP_DATA_DIR.\n`,
  ])

  const keyed = join(home, 'keyed')
  expect((await runScrip(['restore', backup], { SCRIP_DATA_DIR: keyed })).code).toBe(0)
  expect((await stat(join(keyed, 'master.key'))).mode & 0o777).toBe(0o600)
  expect((await runScrip(['doctor'], { SCRIP_DATA_DIR: keyed })).code).toBe(0)

  await appendFile(join(backup, 'postgres/PG_VERSION'), ' ')
  const damaged = join(home, 'damaged')
  const refused = await runScrip(['restore', backup], { SCRIP_DATA_DIR: damaged })
  expect([refused.code, refused.err]).toEqual([
    1,
    'The backup is damaged: its file PG_VERSION is not what it was.\n',
  ])
  await expect(stat(join(damaged, 'postgres'))).rejects.toThrow('ENOENT')
  await expect(stat(join(damaged, 'master.key'))).rejects.toThrow('ENOENT')
  await rm(join(backup, 'backup.json'))
  const unfinished = await runScrip(['restore', backup], { SCRIP_DATA_DIR: damaged })
  expect(unfinished.err).toContain('is no backup of Scrip, or one that was not finished')
}, 180_000)

async function proveOrders(
  url: string,
  credential: GiftapiCredential,
  orders: ReadonlyMap<string, { readonly orderId: string; readonly pin: string }>,
): Promise<void> {
  for (const { orderId, pin } of orders.values()) {
    const read = await readOrder(url, credential, orderId)
    expect([read.status, pinOf(read)]).toEqual([200, pin])
  }
}
