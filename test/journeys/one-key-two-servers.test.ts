import { beforeAll, expect, it } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { checkLedger } from '../../src/core/ledger/check-ledger.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { setPartnerPlan } from '../../src/core/partners/set-partner-plan.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { createTestDatabase } from '../database.ts'
import type { TestDatabase } from '../database.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { createWorld, unit } from '../world.ts'
import type { World } from '../world.ts'

let test: TestDatabase
let world: World
let servers: [ServerProcess, ServerProcess]
/** Dies once it has bought, before anybody hears of it. */
let dying: ServerProcess
let skuCode: string

beforeAll(async () => {
  const masterKey = newSecretKey()
  test = await createTestDatabase()
  world = await createWorld(test.database, await openKeyRing(test.database, masterKey))
  const skuId = await world.sku()
  await world.stock(skuId, 100)
  const [row] = await test.database.query<{ code: string }>(sql`select code from skus where id = ${skuId}`)
  skuCode = row?.code ?? ''
  servers = [await startServerProcess(test.url, masterKey), await startServerProcess(test.url, masterKey)]
  dying = await startServerProcess(test.url, masterKey, { SCRIP_FAILPOINTS: 'idempotency.worked=kill' })
  return () => Promise.all([...servers, dying].map((server) => server.close()))
}, 60_000)

async function merchant(plan?: string): Promise<{ partnerId: string; secretKey: string }> {
  const { partnerId } = await world.partner(1_000n * unit)
  const { token } = await world.database.inTransaction(async (tx) => {
    if (plan !== undefined) await setPartnerPlan(tx, { partnerId, plan, actor: 'test' })
    const credential = { partnerId, dialect: 'iascroft', label: 'test', withSecret: false }
    return createCredential(tx, world.keyRing, { ...credential, tokenPrefix: 'sk_test_' })
  })
  return { partnerId, secretKey: token }
}

function buy(place: number, secretKey: string, key: string) {
  return buyAt(servers[place % 2 === 0 ? 0 : 1], secretKey, key)
}

async function buyAt({ baseUrl }: ServerProcess, secretKey: string, key: string) {
  const response = await fetch(`${baseUrl}/iascroft/v1/giftcard/purchase`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secretKey}`,
      'content-type': 'application/json',
      'x-idempotency-key': key,
    },
    body: JSON.stringify({ product_id: skuCode, amount: 10, currency: 'USD' }),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

it('50 purchases at once under one key over two server processes: one sale, and one answer, byte by byte', async () => {
  const { partnerId, secretKey } = await merchant()
  const answers = await Promise.all(Array.from({ length: 50 }, (_, place) => buy(place, secretKey, 'once')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
  const [books] = await test.database.query(sql`
    select (select count(*) from orders where partner_id = ${partnerId}) as orders,
           (select count(*) from transfers where partner_id = ${partnerId} and kind = 'charge') as charges,
           (select count(*) from order_codes where partner_id = ${partnerId}) as codes`)
  expect(books).toEqual({ orders: 1n, charges: 1n, codes: 1n })
})

it('200 calls at once over two server processes on a plan of 60 a minute: exactly 60 pass', async () => {
  // Not across the turn of a minute, which would be a new one; the database’s clock decides.
  await expect
    .poll(
      async () => (await test.database.query(sql`select extract(second from now())::float8 as s`))[0]?.['s'],
      {
        timeout: 20_000,
      },
    )
    .toBeLessThan(50)
  const { secretKey } = await merchant('merchant')
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, place) => {
      const path = `${servers[place % 2 === 0 ? 0 : 1].baseUrl}/iascroft/v1/wallet/balance`
      return (await fetch(path, { headers: { authorization: `Bearer ${secretKey}` } })).status
    }),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(60)
  expect(statuses.filter((status) => status === 429)).toHaveLength(140)
})

it('a server that dies between the sale and the answer burns no key: the retry gets the order that was made', async () => {
  const { partnerId, secretKey } = await merchant()
  await expect(buyAt(dying, secretKey, 'lost')).rejects.toThrow()
  const [order] = await test.database.query<{ id: string }>(
    sql`select id from orders where partner_id = ${partnerId}`,
  )
  // The dead server's claim holds: nobody works beside it.
  expect(await buy(0, secretKey, 'lost')).toMatchObject({ status: 409 })
  const [claim] = await test.database.query<{ seconds: number }>(sql`
    select extract(epoch from claimed_until - clock_timestamp())::float8 as seconds from idempotency_keys where partner_id = ${partnerId}`)
  expect(claim?.seconds).toBeLessThan(30)
  // So long passes.
  await test.database.query(
    sql`update idempotency_keys set claimed_until = now() where partner_id = ${partnerId}`,
  )
  const answers = await Promise.all(Array.from({ length: 10 }, (_, place) => buy(place, secretKey, 'lost')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(answers[0]?.text).toContain(order?.id)
  expect(await test.database.query(sql`select id from orders where partner_id = ${partnerId}`)).toEqual([
    order,
  ])
})

it('leaves exact books', async () => {
  const report = await checkLedger(test.database)
  expect(report.checks.filter((check) => !check.ok)).toEqual([])
})
