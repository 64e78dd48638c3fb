import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { proveBooks } from '../books.ts'
import { createTestDatabase } from '../database.ts'
import type { TestDatabase } from '../database.ts'
import { remoteCompany } from '../giftpesa-processes.ts'
import { holderBrowser } from '../holder-page.ts'
import { messagesTo } from '../messages.ts'
import { startScrip } from '../scrip-process.ts'
import type { ScripProcess } from '../scrip-process.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { ussdGateway } from '../ussd-gateway.ts'
import { createVoucherWorld, owedTo, shilling } from '../voucher-world.ts'
import type { VoucherWorld } from '../voucher-world.ts'

const masterKey = newSecretKey()
let db: TestDatabase
let world: VoucherWorld
let servers: [ServerProcess, ServerProcess]
let dataDir: string

beforeAll(async () => {
  db = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'scrip-vouchers-'))
  world = await createVoucherWorld(db.database, await openKeyRing(db.database, masterKey))
  servers = [await startServerProcess(db.url, masterKey), await startServerProcess(db.url, masterKey)]
}, 60_000)

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
  await rm(dataDir, { recursive: true, force: true })
})

/** `scrip worker`, which dies or stands still where it is told to. */
function startWorker(failpoints = ''): ScripProcess {
  return startScrip(['worker'], {
    DATABASE_URL: db.url,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_DATA_DIR: dataDir,
    ...(failpoints === '' ? {} : { SCRIP_FAILPOINTS: failpoints }),
  })
}

/** As if the time of a claim had passed. */
async function letClaimsEnd(): Promise<void> {
  await db.database.query(
    sql`update disbursements set due_at = now(), claimed_until = now() where due_at is not null`,
  )
}

async function countIssued(): Promise<{ issued: number; vouchers: number; messages: number }> {
  const [row] = await db.database.query<{ issued: number; vouchers: number; messages: number }>(sql`
    select coalesce(sum(issued_count), 0)::integer as issued, (select count(*)::integer from vouchers) as vouchers,
           (select count(*)::integer from messages where template = 'voucher_issued') as messages
    from disbursements`)
  if (row === undefined) throw new Error('A sum has a row.')
  return row
}

describe('kill -9 in the middle of issuing loses and doubles nothing', () => {
  test('4,500 recipients, four workers that die or stand still, and one that ends it', async () => {
    const company = await remoteCompany(world, servers[0].baseUrl, 10_000_000n)
    const Recipients = Array.from({ length: 4_500 }, (_, place) => ({
      Name: `Person ${place}`,
      Phone: `07${String(10_000_000 + place)}`,
      Amount: 1 + (place % 7),
    }))
    const body = { DisbursementID: 'BIG', DisbursementTitle: 'Bonus', Recipients }
    expect((await company.post(servers[0].baseUrl, '/disburse', body)).status).toBe(200)
    // In the middle of the second lot; right behind a lot that is committed; at the end.
    for (const point of ['lot-half-written=kill@2', 'lot-issued=kill@1', 'lot-half-written=kill@1']) {
      const worker = startWorker(`disbursement.${point}`)
      expect(await worker.ended).toBe('SIGKILL')
      const { issued, vouchers, messages } = await countIssued()
      expect([vouchers, messages]).toEqual([issued, issued])
      await letClaimsEnd()
    }
    expect((await countIssued()).issued).toBe(2_000)
    // One that stands still behind a lot, for longer than its claim holds, and goes on when another has taken over.
    const late = startWorker('disbursement.lot-issued=stall:6000@1')
    await expect.poll(async () => (await countIssued()).issued, { timeout: 20_000 }).toBe(3_000)
    await letClaimsEnd()
    const last = startWorker()
    const query = async () =>
      (await company.get(servers[1].baseUrl, '/query/BIG')).json as Record<string, unknown>
    await expect.poll(async () => (await query())['Status'], { timeout: 30_000 }).toBe('success')
    await expect
      .poll(() => late.log(), { timeout: 20_000 })
      .toContain('another process has taken a disbursement over')
    for (const worker of [late, last]) {
      worker.kill('SIGKILL')
      await worker.ended
    }
    expect(await countIssued()).toEqual({ issued: 4_500, vouchers: 4_500, messages: 4_500 })
    const [distinct] = await db.database.query(sql`
      select count(distinct position)::integer as positions, count(distinct code_hash)::integer as codes, sum(amount)::bigint as worth from vouchers`)
    const worth = Recipients.reduce((sum, { Amount }) => sum + BigInt(Amount), 0n) * shilling
    expect(distinct).toEqual({ positions: 4_500, codes: 4_500, worth })
    await proveBooks(db.database)
  }, 240_000)
})

test("200 redemptions at once of a telephone's last 70 shillings over two server processes take exactly 70", async () => {
  const company = await remoteCompany(world, servers[0].baseUrl, 1_000n)
  const { code, tills } = await world.merchant(4)
  const issuer = { partnerId: company.partnerId, id: await walletOf(company.partnerId) } as Parameters<
    VoucherWorld['voucher']
  >[0]
  for (const shillings of [25n, 25n, 20n]) await world.voucher(issuer, shillings, { phone: '+254700000070' })
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, place) =>
      company.post(servers[place % 2 === 0 ? 0 : 1].baseUrl, '/redeem', {
        TransactionID: `T-${place}`,
        Name: 'Jane Doe',
        Phone: '0700000070',
        TillNo: tills[place % 4],
        Amount: 7,
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
  // Ten of the others were told that there is too little, and then the telephone was locked.
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(10)
  // A busy server may ask to come again instead; nothing else is answered.
  const others = answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 400)
  expect(others.filter((status) => status !== 429 && status !== 503)).toEqual([])
  expect(others).toContain(429)
  expect(await owedTo(db.database, code)).toBe(70n * shilling)
  await proveBooks(db.database)
}, 60_000)

test("200 payments at once of a telephone's last 70 shillings, by its tills, its menu and its page, over two server processes take exactly 70", async () => {
  const { database } = db
  const company = await remoteCompany(world, servers[0].baseUrl, 1_000n)
  const { code, tills } = await world.merchant(4)
  const [till = ''] = tills
  const issuer = { partnerId: company.partnerId, id: await walletOf(company.partnerId) } as Parameters<
    VoucherWorld['voucher']
  >[0]
  const phone = '+254700000071'
  for (const shillings of [25n, 25n, 20n]) await world.voucher(issuer, shillings, { phone })
  const at = (place: number) => servers[place % 2 === 0 ? 0 : 1].baseUrl
  // One code by telephone, and one page that has shown four payments.
  const gateway = await ussdGateway(database)
  const menu = `2*${till}*7*1`
  expect(await gateway.step(at(0), { session: 'S-1', phone, text: menu })).toContain('CON')
  const [text = ''] = await messagesTo(database, world.keyRing, phone, 'payment_code')
  const browsers = servers.map((server) => holderBrowser(server))
  const [first, second] = browsers
  if (first === undefined || second === undefined) throw new Error('There are two servers.')
  const form = (await first.send({ action: 'ask', phone })).hidden('form')
  const [sms = ''] = await messagesTo(database, world.keyRing, phone, 'holder_code')
  const opened = { action: 'open', phone, form, one_time_code: sms.slice(0, 6) }
  expect((await first.send(opened)).status).toBe(303)
  expect((await second.send(opened)).status).toBe(303)
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (__, place) => {
      if (place % 4 === 0) {
        const page = { action: 'pay', till, amount: '7', form: `${place % 16}`.padStart(16, 'a') }
        return `web ${(await (place % 8 === 0 ? first : second).send(page)).status}`
      }
      if (place % 4 === 1) {
        const step = { session: `S-${place}`, phone, text: `3*${text.slice(0, 6)}` }
        return `ussd ${(await gateway.step(at(place), step)).slice(0, 8)}`
      }
      const body = {
        TransactionID: `M-${place}`,
        Name: 'Jane',
        Phone: phone,
        TillNo: tills[place % 4],
        Amount: 7,
      }
      return `api ${(await company.post(at(place), '/redeem', body)).status}`
    }),
  )
  const rows = await database.query<{ mode: string; amount: bigint }>(
    sql`select mode, amount from redemptions where phone = ${phone}`,
  )
  expect(rows.reduce((sum, { amount }) => sum + amount, 0n)).toBe(70n * shilling)
  // Its code is one payment, each page one, and only who was answered well has paid.
  expect(rows.filter(({ mode }) => mode === 'ussd').length).toBeLessThanOrEqual(1)
  expect(rows.filter(({ mode }) => mode === 'web').length).toBeLessThanOrEqual(4)
  expect(statuses.filter((status) => status === 'api 200')).toHaveLength(
    rows.filter(({ mode }) => mode === 'api').length,
  )
  expect(await owedTo(database, code)).toBe(70n * shilling)
  await proveBooks(database)
}, 60_000)

test('64 repeats of one disbursement over two server processes: one is booked, and paid for once', async () => {
  const company = await remoteCompany(world, servers[0].baseUrl, 10_000n)
  const body = {
    DisbursementID: 'ONCE',
    DisbursementTitle: 'Bonus',
    Recipients: [{ Name: 'Jane Doe', Phone: '0712345678', Amount: 100 }],
  }
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, place) =>
      company.post(servers[place % 2 === 0 ? 0 : 1].baseUrl, '/disburse', body),
    ),
  )
  expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, json]))).size).toBe(1)
  const [books] = await db.database.query(sql`
    select (select count(*)::integer from disbursements where partner_id = ${company.partnerId}) as booked,
           (select balance from wallets where partner_id = ${company.partnerId}) as balance`)
  expect(books).toEqual({ booked: 1, balance: 10_000n * shilling - 100n * shilling - 22_500_000n })
}, 60_000)

async function walletOf(partnerId: string): Promise<string> {
  const [row] = await db.database.query<{ id: string }>(
    sql`select id from wallets where partner_id = ${partnerId}`,
  )
  return row?.id ?? ''
}
