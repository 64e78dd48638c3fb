import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { requestFunding } from '../../src/core/funding/request-funding.ts'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { listWallets } from '../../src/core/ledger/list-wallets.ts'
import { requestWithdrawal } from '../../src/core/withdrawals/request-withdrawal.ts'
import { rawStatement, sql } from '../../src/platform/database.ts'
import type { KeyRing } from '../../src/core/keys/ring.ts'
import { newId } from '../../src/platform/ids.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { proveBooks, usd } from '../books.ts'
import { createTestDatabase } from '../database.ts'
import type { TestDatabase } from '../database.ts'
import { receiveInto } from '../funding-world.ts'
import { at, createIascroftWorld, refusalOf } from '../iascroft-world.ts'
import type { IascroftAnswer, IascroftWorld, Merchant } from '../iascroft-world.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { unit } from '../world.ts'
import { createVoucherWorld } from '../voucher-world.ts'

let test: TestDatabase
let world: IascroftWorld
let keyRing: KeyRing
let servers: readonly ServerProcess[]
/** Dies once it has a reference, before it did anything under it. */
let dying: ServerProcess

beforeAll(async () => {
  const masterKey = newSecretKey()
  test = await createTestDatabase()
  keyRing = await openKeyRing(test.database, masterKey)
  world = await createIascroftWorld({ database: test.database, keyRing, fulfils: true })
  await world.supply('MTN-ANY', 'sandbox')
  await world.stock('AMZ-US-10', 500)
  await world.stock('KEY-20', 500)
  await receiveInto(test.database, usd)
  const start = (more = {}) => startServerProcess(test.url, masterKey, { SCRIP_PATIENCE_MS: '0', ...more })
  servers = [await start(), await start()]
  dying = await start({ SCRIP_FAILPOINTS: 'reference.claimed=kill' })
  return () => Promise.all([...servers, dying].map((server) => server.close()))
}, 90_000)

const bank_account = { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' }

/** Every kind of call that takes a reference, with what it asks for. */
function kinds(voucher: string) {
  return [
    ['/giftcard/purchase', { product_id: 'AMZ-US-10', amount: 10, currency: 'USD' }],
    ['/digital/purchase', { product_id: 'KEY-20' }],
    ['/airtime/topup', { phone: '+2348031230900', amount: 600, operator_id: 'mtn-nigeria' }],
    ['/wallet/withdraw', { amount: 10, currency: 'USD', bank_account }],
    ['/voucher/redeem', { code: voucher }],
  ] as const
}

/** All purchases are one kind: under the first call's key they are told apart by what they ask for. */
function isSameKind(one: string, other: string): boolean {
  return one === other || (isPurchase(one) && isPurchase(other))
}

function isPurchase(path: string): boolean {
  return path.endsWith('/purchase') || path.endsWith('/topup')
}

async function newVoucher(): Promise<string> {
  const { database, keyRing } = world.app.services
  const vouchers = await createVoucherWorld(database, keyRing)
  return (await vouchers.voucher(await vouchers.company(1_000n), 10n)).code
}

/** What the partner's records say was done: orders, withdrawals, redemptions. */
async function effectsOf({ partnerId }: Merchant): Promise<number> {
  const [row] = await test.database.query<{ effects: number }>(sql`
    select ((select count(*) from orders where partner_id = ${partnerId})
          + (select count(*) from withdrawals where partner_id = ${partnerId})
          + (select count(*) from redemptions where partner_id = ${partnerId} and wallet_id is not null))::integer as effects`)
  return row?.effects ?? -1
}

/** What the wallets of a merchant who had 1,000 in each have now, once its one call is done. */
async function fundsOf({ partnerId }: Merchant): Promise<Record<string, bigint>> {
  const wallets = await listWallets(test.database, partnerId)
  return Object.fromEntries(
    wallets.map(({ currency, balance, reserved }) => [currency, balance - reserved - 1_000n * unit]),
  )
}

/** What the call that was answered so took, or brought. */
function moneyOf(answer: IascroftAnswer): Record<string, bigint> {
  const micros = (path: string) => BigInt(Math.round(Number(at(answer, path)) * Number(unit)))
  if (at(answer, 'data.transaction_code') !== undefined) return { USD: 0n, KES: micros('data.amount') }
  const isPaidOut = at(answer, 'data.status') === 'pending_approval'
  return { USD: -micros(isPaidOut ? 'data.amount' : 'data.charged_amount'), KES: 0n }
}

function everywhere(merchant: Merchant, place: number): Merchant {
  return merchant.at(servers[place % servers.length]?.baseUrl ?? '')
}

it('64 calls of all kinds with one reference over two server processes: one of them has it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const merchant = await world.merchant({ currencies: ['USD', 'KES'], funds: 1_000n * unit })
    const all = kinds(await newVoucher())
    const reference = `ref-${newId()}`
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, place) => {
        // Each round another kind comes first.
        const [path, body] = all[((place >> 1) + round) % all.length] ?? all[0]
        return everywhere(merchant, place).post(path, { ...body, reference })
      }),
    )
    const done = answers.filter(({ status }) => status === 201)
    expect(done).toHaveLength(1)
    expect(at(done[0] as IascroftAnswer, 'data.reference')).toBe(reference)
    const others = answers.filter(({ status }) => status !== 201)
    expect(new Set(others.map((one) => JSON.stringify(refusalOf(one))))).toEqual(
      new Set([JSON.stringify([409, 'DUPLICATE_REFERENCE'])]),
    )
    expect(await effectsOf(merchant)).toBe(1)
    expect(await fundsOf(merchant)).toEqual(moneyOf(done[0] as IascroftAnswer))
  }
  await proveBooks(test.database)
}, 120_000)

it.each([0, 1, 2, 3, 4])(
  'a reference that call %i has is no other call’s, with another key or none, and its repeat answers as before',
  async (first) => {
    const merchant = await world.merchant({ currencies: ['USD', 'KES'] })
    const all = kinds(await newVoucher())
    const reference = `ref-${newId()}`
    const [path, body] = all[first] ?? all[0]
    const answer = await merchant.post(path, { ...body, reference }, { key: 'mine' })
    expect(answer.status, answer.text).toBe(201)
    const again = await everywhere(merchant, 1).post(path, { ...body, reference }, { key: 'mine' })
    expect(again.text).toBe(answer.text)
    // Years later, when the answer that was kept under the key is forgotten, too.
    const { partnerId } = merchant
    await test.database.query(sql`delete from idempotency_keys where partner_id = ${partnerId}`)
    const voucher = await newVoucher()
    for (const [other, others] of kinds(voucher))
      for (const extra of [{ key: 'another' }, {}, ...(isSameKind(other, path) ? [] : [{ key: 'mine' }])]) {
        await test.database.query(sql`
          update claimed_references set claimed_at = now() - interval '2 years' where partner_id = ${partnerId}`)
        expect(refusalOf(await merchant.post(other, { ...others, reference }, extra))).toEqual([
          409,
          'DUPLICATE_REFERENCE',
        ])
      }
    expect(await effectsOf(merchant)).toBe(1)
  },
)

it('a call that was refused leaves its reference free', async () => {
  const merchant = await world.merchant({ currencies: ['USD'], funds: 100n * unit })
  const reference = `ref-${newId()}`
  const tooMuch = { amount: 1_000, currency: 'USD', bank_account, reference }
  expect(refusalOf(await merchant.post('/wallet/withdraw', tooMuch))).toEqual([402, 'INSUFFICIENT_BALANCE'])
  const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD', reference }
  expect((await merchant.post('/giftcard/purchase', card)).status).toBe(201)
})

it('a server that dies with a reference in hand burns none: its own retry goes on at once, another call’s after a minute', async () => {
  const merchant = await world.merchant({ currencies: ['USD'] })
  const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD' }
  const [keyed, bare] = [`ref-${newId()}`, `ref-${newId()}`]
  const lost = (body: object, key?: string) =>
    merchant
      .at(dying.baseUrl)
      .post('/giftcard/purchase', body, { key })
      .then(
        () => 'answered',
        () => 'lost',
      )
  expect(await lost({ ...card, reference: keyed }, 'mine')).toBe('lost')
  await dying.end('SIGKILL')
  await dying.start()
  expect(await lost({ ...card, reference: bare })).toBe('lost')
  expect(await effectsOf(merchant)).toBe(0)
  // The key itself is held for half a minute at the most by the server that died: here it has run out.
  await test.database.query(
    sql`update idempotency_keys set claimed_until = now() where partner_id = ${merchant.partnerId}`,
  )
  const retried = await merchant.post('/giftcard/purchase', { ...card, reference: keyed }, { key: 'mine' })
  expect(retried.status, retried.text).toBe(201)
  const early = await merchant.post('/giftcard/purchase', { ...card, reference: bare })
  expect(refusalOf(early)).toEqual([409, 'DUPLICATE_REFERENCE'])
  await test.database.query(sql`
    update claimed_references set claimed_at = now() - interval '61 seconds' where partner_id = ${merchant.partnerId}`)
  expect((await merchant.post('/giftcard/purchase', { ...card, reference: bare })).status).toBe(201)
  // What has led to something is never taken over, however old it is.
  await test.database.query(sql`
    update claimed_references set claimed_at = now() - interval '1 year' where partner_id = ${merchant.partnerId}`)
  for (const reference of [keyed, bare])
    expect(refusalOf(await merchant.post('/giftcard/purchase', { ...card, reference }))).toEqual([
      409,
      'DUPLICATE_REFERENCE',
    ])
})

it('what a repeat is refused gives its reference to nobody: the first call may be about to act', async () => {
  const merchant = await world.merchant({ currencies: ['USD'], funds: 100n * unit })
  const reference = `ref-${newId()}`
  const tooMuch = { amount: 1_000, currency: 'USD', bank_account, reference }
  await dying.end('SIGKILL')
  await dying.start()
  await merchant
    .at(dying.baseUrl)
    .post('/wallet/withdraw', tooMuch, { key: 'mine' })
    .catch(() => undefined)
  const { partnerId } = merchant
  await test.database.query(
    sql`update idempotency_keys set claimed_until = now() where partner_id = ${partnerId}`,
  )
  const repeat = await merchant.post('/wallet/withdraw', tooMuch, { key: 'mine' })
  expect(refusalOf(repeat)).toEqual([402, 'INSUFFICIENT_BALANCE'])
  const card = { product_id: 'AMZ-US-10', amount: 10, currency: 'USD', reference }
  expect(refusalOf(await merchant.post('/giftcard/purchase', card))).toEqual([409, 'DUPLICATE_REFERENCE'])
  await test.database.query(sql`
    update claimed_references set claimed_at = now() - interval '61 seconds' where partner_id = ${partnerId}`)
  expect((await merchant.post('/giftcard/purchase', card)).status).toBe(201)
  expect(await effectsOf(merchant)).toBe(1)
})

it.each(['withdrawal', 'funding'])('the reference of a %s that nobody claimed is no call’s', async (kind) => {
  const merchant = await world.merchant({ currencies: ['USD', 'KES'] })
  const { partnerId, wallets } = merchant
  const reference = `ref-${newId()}`
  const walletId = wallets.get('USD-1')
  if (walletId === undefined) throw new Error('The merchant has dollars.')
  const asked = { partnerId, walletId, amount: 10n * unit, reference, actor: 'user:ada' }
  const destination = {
    bankName: 'First Bank',
    accountName: 'Ada Obi',
    accountNumber: '1234506789',
    bankCode: '',
  }
  await test.database.inTransaction<unknown>((tx) =>
    kind === 'funding'
      ? requestFunding(tx, asked)
      : requestWithdrawal(tx, keyRing, { ...asked, destination }),
  )
  const before = await effectsOf(merchant)
  for (const [path, body] of kinds(await newVoucher()))
    expect(refusalOf(await everywhere(merchant, 1).post(path, { ...body, reference }))).toEqual([
      409,
      'DUPLICATE_REFERENCE',
    ])
  expect(await effectsOf(merchant)).toBe(before)
})

it('references from before there were claims are claimed by the migration, under the same names', async () => {
  const merchant = await world.merchant({ currencies: ['USD', 'KES'] })
  const { partnerId } = merchant
  const made = new Map<string, string>()
  for (const [path, body] of kinds(await newVoucher())) {
    const reference = `ref ${path} ${newId()} ünï`
    const answer = await merchant.post(path, { ...body, reference }, { key: path })
    expect(answer.status, answer.text).toBe(201)
    made.set(path, reference)
  }
  const funded = await merchant.post('/wallet/fund', { amount: 10, currency: 'USD' }, { key: 'fund' })
  expect(funded.status, funded.text).toBe(201)
  const claims = () =>
    test.database.query(sql`
      select name, kind, identity is null as "isOld" from claimed_references where partner_id = ${partnerId} order by name`)
  const before = await claims()
  expect(before).toHaveLength(6)
  await test.database.query(sql`delete from claimed_references where partner_id = ${partnerId}`)
  await test.database.query(sql`delete from idempotency_keys where partner_id = ${partnerId}`)
  const file = readFileSync(join(import.meta.dirname, '../../migrations/0026-claimed-references.sql'), 'utf8')
  for (const [statement] of file.matchAll(/^insert into claimed_references[^;]*/gm))
    await test.database.query(rawStatement(statement))
  expect(await claims()).toEqual(before.map((claim) => ({ ...claim, isOld: true })))

  const voucher = await newVoucher()
  const effects = await effectsOf(merchant)
  for (const reference of made.values())
    for (const [path, body] of kinds(voucher))
      expect(refusalOf(await merchant.post(path, { ...body, reference }))).toEqual([
        409,
        'DUPLICATE_REFERENCE',
      ])
  expect(await effectsOf(merchant)).toBe(effects)
})
