import { beforeAll, expect, it } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { checkLedger } from '../../src/core/ledger/check-ledger.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { createTestDatabase } from '../database.ts'
import type { TestDatabase } from '../database.ts'
import { pinOf, sendOrder } from '../giftapi-client.ts'
import type { GiftapiCredential } from '../giftapi-client.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { createWorld, unit } from '../world.ts'
import type { TestPartner, World } from '../world.ts'

let test: TestDatabase
let world: World
let servers: [ServerProcess, ServerProcess]

beforeAll(async () => {
  const masterKey = newSecretKey()
  test = await createTestDatabase()
  world = await createWorld(test.database, await openKeyRing(test.database, masterKey))
  servers = [await startServerProcess(test.url, masterKey), await startServerProcess(test.url, masterKey)]
  return () => Promise.all(servers.map((server) => server.close()))
}, 60_000)

async function client(funds: bigint): Promise<GiftapiCredential & TestPartner> {
  const partner = await world.partner(funds)
  const { token, secret } = await world.database.inTransaction((tx) =>
    createCredential(tx, world.keyRing, {
      partnerId: partner.partnerId,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    }),
  )
  return { ...partner, token, secret: secret ?? '' }
}

function serverOf(place: number): string {
  return servers[place % 2 === 0 ? 0 : 1].baseUrl
}

it('64 concurrent repeats of one external id over two server processes: one order, one debit, one code', async () => {
  const buyer = await client(1_000n * unit)
  const skuId = await visibleSku(64)
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, place) => sendOrder(serverOf(place), buyer, 'once', skuId)),
  )
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(63)
  expect(new Set(answers.map((answer) => answer.body.data?.id)).size).toBe(1)
  expect(new Set(answers.map(pinOf)).size).toBe(1)
  const [books] = await test.database.query(sql`
    select (select count(*) from orders where partner_id = ${buyer.partnerId}) as orders,
           (select count(*) from transfers where partner_id = ${buyer.partnerId} and kind = 'charge') as charges,
           (select count(*) from stock_codes where sku_id = ${skuId}) as left`)
  expect(books).toEqual({ orders: 1n, charges: 1n, left: 63n })
})

it('50 buyers of the last 10 codes over two server processes: exactly 10 succeed, and the books are exact', async () => {
  const buyers = await Promise.all(Array.from({ length: 50 }, () => client(1_000n * unit)))
  const skuId = await visibleSku(10)
  const answers = await Promise.all(
    buyers.map((buyer, place) => sendOrder(serverOf(place), buyer, 'last', skuId)),
  )
  const sold = answers.filter((answer) => answer.status === 201)
  expect(sold).toHaveLength(10)
  expect(new Set(sold.map(pinOf)).size).toBe(10)
  expect(
    new Set(
      answers
        .filter((answer) => answer.status !== 201)
        .map((answer) => `${answer.status} ${answer.body.error}`),
    ),
  ).toEqual(new Set(['409 out_of_stock']))
  const report = await checkLedger(test.database)
  expect(report.checks.filter((check) => !check.ok)).toEqual([])
})

/** A SKU with stock that both servers have in their catalogue, which they refresh by notification. */
async function visibleSku(count: number): Promise<string> {
  const skuId = await world.sku()
  await world.stock(skuId, count)
  const stranger = await client(0n)
  await Promise.all(
    servers.map((server) =>
      expect
        .poll(async () => (await sendOrder(server.baseUrl, stranger, 'probe', skuId)).status, {
          timeout: 10_000,
        })
        .toBe(402),
    ),
  )
  return skuId
}
