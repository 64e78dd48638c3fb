import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/database.ts'
import { openDatabaseHome } from '../../src/platform/database-home.ts'
import { openLog } from '../../src/platform/log.ts'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiCredential } from '../giftapi-client.ts'
import { findSku, killAllScrip, readDemo, runScrip, startScrip } from '../scrip-process.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'scrip-archive-'))
  await chmod(home, 0o711)
  return () => rm(home, { recursive: true, force: true })
})

afterEach(killAllScrip)

/** What a client wrote down, in the order in which the answers came. */
type Acknowledged = { readonly orderId: string; readonly pin: string; readonly at: number }

/** How many answers had come before the database's log had reached `lsn`. */
type Mark = { readonly count: number; readonly lsn: bigint }

it('after kill -9 and the loss of the disk, the backup and the archived log bring back every order that was answered before the last archived piece, or things as they were at a moment', async () => {
  const [from, backup, archive] = [join(home, 'from'), join(home, 'backup'), join(home, 'archive')]
  const settings = { SCRIP_DATA_DIR: from, SCRIP_WAL_ARCHIVE: archive, SCRIP_WAL_ARCHIVE_SECONDS: '1' }
  const first = startScrip(['up'], settings)
  await first.announced
  const { baseUrl, credential } = await readDemo(from)
  const masterKey = (await readFile(join(from, 'master.key'), 'utf8')).trim()
  const skuId = await findSku(baseUrl, credential)
  const orders: Acknowledged[] = []
  const marks: Mark[] = []
  let isBuying = true
  const buyer = async (name: number): Promise<void> => {
    for (let number = 0; isBuying; number += 1) {
      const answer = await sendOrder(baseUrl, credential, `archive-${name}-${number}`, skuId).catch(
        () => undefined,
      )
      if (answer === undefined) return
      if (answer.status === 201)
        orders.push({ orderId: answer.body.data?.id ?? '', pin: pinOf(answer), at: Date.now() })
      // The demo world's stock is to last, and the load shall be small.
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  const place = await openDatabaseHome(
    { dataDir: from, databaseUrl: undefined, databaseDirectUrl: undefined },
    'join',
    openLog('silent'),
  )
  const database = openDatabase({ url: place.url, poolSize: 1 })
  const marker = async (): Promise<void> => {
    while (isBuying) {
      const count = orders.length
      const [row] = await database
        .query<{ lsn: bigint }>(sql`select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as lsn`)
        .catch(() => [])
      if (row !== undefined) marks.push({ count, lsn: row.lsn })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const work = Promise.all([marker(), ...Array.from({ length: 4 }, (_, name) => buyer(name))])
  await expect.poll(() => orders.length, { timeout: 30_000 }).toBeGreaterThan(30)
  expect((await runScrip(['backup', backup], { SCRIP_DATA_DIR: from })).code).toBe(0)
  const atBackup = orders.length
  await expect.poll(() => orders.length, { timeout: 30_000 }).toBeGreaterThan(atBackup + 60)
  const until = new Date()
  const beforeMoment = orders.length
  await expect
    .poll(() => archivedUpTo(archive, marks), { timeout: 60_000, interval: 200 })
    .toBeGreaterThan(beforeMoment + 60)
  const doctor = await runScrip(['doctor', '--json'], { SCRIP_DATA_DIR: from })
  expect(doctor.out).toMatch(/"the last piece \d+ s ago"/)

  const pid = Number((await readFile(join(await clusterOf(from), 'postmaster.pid'), 'utf8')).split('\n')[0])
  first.kill('SIGKILL')
  process.kill(pid, 'SIGKILL')
  isBuying = false
  await work
  await database.close()
  await rm(await clusterOf(from), { recursive: true, force: true })
  // A data directory that has lost its database remembers the archive all the same.
  const whole = join(home, 'whole')
  await mkdir(whole)
  await copyFile(join(from, 'postgres.archive'), join(whole, 'postgres.archive'))
  await rm(from, { recursive: true, force: true })
  const safe = await archivedUpTo(archive, marks)
  expect(safe).toBeGreaterThan(beforeMoment + 60)

  const archived = await readdir(archive)
  const restored = await runScrip(['restore', backup, '--archive', archive, '--json'], {
    SCRIP_DATA_DIR: whole,
    SCRIP_WAL_ARCHIVE: archive,
  })
  expect([restored.code, JSON.parse(restored.out)]).toMatchObject([
    0,
    { ledgerOk: true, failedChecks: [], replayedTo: expect.any(String) as string },
  ])
  const all = await ordersIn(whole, masterKey, credential, orders)
  // What was restored writes to no archive before it is given one of its own.
  expect(await readdir(archive)).toEqual(archived)
  expect(await readdir(whole)).not.toContain('postgres.archive')
  expect(all.slice(0, safe)).toEqual(orders.slice(0, safe).map(() => true))

  const moment = join(home, 'moment')
  const back = await runScrip(
    ['restore', backup, '--archive', archive, '--until', until.toISOString(), '--json'],
    { SCRIP_DATA_DIR: moment },
  )
  expect([back.code, JSON.parse(back.out)]).toMatchObject([0, { ledgerOk: true, until: until.toISOString() }])
  const then = await ordersIn(moment, masterKey, credential, orders)
  expect(then.slice(0, beforeMoment)).toEqual(orders.slice(0, beforeMoment).map(() => true))
  // What was answered over a second later had not been sent yet at that moment.
  const later = orders.findIndex((order) => order.at > until.getTime() + 1_000)
  expect(then.slice(later, safe)).toEqual(orders.slice(later, safe).map(() => false))

  await proveRefusals(backup, archive, masterKey)
}, 300_000)

/** An archive of another database, a missing piece, a moment that is not there: each is refused in a sentence, and leaves nothing behind. */
async function proveRefusals(backup: string, archive: string, masterKey: string): Promise<void> {
  const to = join(home, 'refused')
  const restore = async (...args: string[]): Promise<{ code: number; err: string }> => {
    const { code, err } = await runScrip(['restore', backup, ...args], { SCRIP_DATA_DIR: to })
    return { code, err }
  }
  expect(await restore('--until', '2027-01-01')).toEqual({
    code: 2,
    err: expect.stringContaining('--until needs the log behind the backup') as string,
  })
  expect((await restore('--archive', archive, '--until', '2020-01-01T00:00:00Z')).err).toContain(
    'Restore an earlier backup.',
  )
  expect((await restore('--archive', archive, '--until', '2190-01-01T00:00:00Z')).err).toContain(
    'The archive ends before 2190-01-01T00:00:00.000Z',
  )
  expect((await restore('--archive', home)).err).toContain('is no archive of Scrip')
  const segments = (await readdir(archive)).filter((name) => name.endsWith('.gz')).toSorted()
  const missing = segments.at(-2) ?? ''
  await rename(join(archive, missing), join(home, missing))
  expect((await restore('--archive', archive)).err).toContain(
    `The archive lacks the segment ${missing.slice(0, 24)}`,
  )
  const foreign = await runScrip(['up', '--json'], {
    SCRIP_DATA_DIR: join(home, 'whole'),
    SCRIP_MASTER_KEY: masterKey,
    SCRIP_WAL_ARCHIVE: archive,
  })
  expect([foreign.code, foreign.out]).toEqual([
    1,
    expect.stringContaining('belongs to another database') as string,
  ])
  await rename(join(home, missing), join(archive, missing))
  const last = segments.at(-1) ?? ''
  const whole = await readFile(join(archive, missing))
  await truncate(join(archive, missing), whole.length - 200)
  expect((await restore('--archive', archive)).err).toContain(
    `A piece of the archive cannot be read, or is damaged: ${missing.slice(0, 24)}`,
  )
  // Another piece under its name, whole in itself: PostgreSQL takes that for the end of the log.
  await writeFile(join(archive, missing), await readFile(join(archive, last)))
  expect((await restore('--archive', archive)).err).toContain(`there are pieces up to ${last.slice(0, 24)}`)
  await writeFile(join(archive, missing), whole)
  const mark = await readFile(join(archive, 'archive.json'), 'utf8')
  await writeFile(join(archive, 'archive.json'), '{"format":1,"id":"another"}')
  expect((await restore('--archive', archive)).err).toContain("another database's than the backup")
  await writeFile(join(archive, 'archive.json'), mark)
  expect((await restore('--archive', archive)).code).toBe(0)
}

/** Of the answers, those that came before all of the log behind them was archived. */
async function archivedUpTo(archive: string, marks: readonly Mark[]): Promise<number> {
  const segments = (await readdir(archive)).filter((name) => /^[0-9A-F]{24}\.gz$/.test(name)).toSorted()
  const last = segments.at(-1)
  if (last === undefined) return 0
  const end = (BigInt(`0x${last.slice(8, 16)}`) * 256n + BigInt(`0x${last.slice(16, 24)}`) + 1n) * 16_777_216n
  return marks.findLast((mark) => mark.lsn <= end)?.count ?? 0
}

/** Where the files of a data directory's database are: root keeps them elsewhere if need be. */
async function clusterOf(dataDir: string): Promise<string> {
  const base = await readFile(join(dataDir, 'postgres.location'), 'utf8').catch(() => dataDir)
  return join(base.trim(), 'postgres')
}

/** Which of the answered orders a restored database has, with the code that was answered. */
async function ordersIn(
  dataDir: string,
  masterKey: string,
  credential: GiftapiCredential,
  orders: readonly Acknowledged[],
): Promise<boolean[]> {
  const scrip = startScrip(['up'], { SCRIP_DATA_DIR: dataDir, SCRIP_MASTER_KEY: masterKey })
  const { url } = (await scrip.announced) as { url: string } // What `up` announces.
  const found: boolean[] = []
  for (const { orderId, pin } of orders) {
    const read = await readOrder(url, credential, orderId)
    if (read.status === 200) expect(pinOf(read)).toBe(pin)
    else expect(read.status).toBe(404)
    found.push(read.status === 200)
  }
  for (const name of ['ledger', 'stock']) {
    const { out } = await runScrip([name, 'check', '--json'], { SCRIP_DATA_DIR: dataDir })
    expect(JSON.parse(out)).toMatchObject({ ok: true })
  }
  scrip.kill('SIGTERM')
  expect(await scrip.ended).toBe(0)
  return found
}
