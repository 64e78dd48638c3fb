import { expect, it } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { checkLedger } from '../../src/core/ledger/check-ledger.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { createTestDatabase } from '../database.ts'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiCredential } from '../giftapi-client.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { createWorld, unit } from '../world.ts'

const kills = Number(process.env['SCRIP_KILLS'] ?? '20')

type Acknowledged = { readonly externalId: string; readonly orderId: string; readonly pin: string }

it(`kill -9 under 64 clients, ${kills} times: every acknowledged order is there with its code, no code twice, the books are exact`, async () => {
  const masterKey = newSecretKey()
  const { database, url } = await createTestDatabase()
  const world = await createWorld(database, await openKeyRing(database, masterKey))
  const partner = await world.partner(10n ** 9n * unit)
  const skuId = await world.sku()
  for (let lot = 0; lot < kills; lot += 1) await world.stock(skuId, 5_000)
  const { token, secret } = await database.inTransaction((tx) =>
    createCredential(tx, world.keyRing, {
      partnerId: partner.partnerId,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    }),
  )
  const credential = { token, secret: secret ?? '' }
  const server = await startServerProcess(url, masterKey)
  const acknowledged: Acknowledged[] = []
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      await loadUntilKilled(server, credential, skuId, kill, acknowledged)
      await server.start()
    }
    expect(acknowledged.length).toBeGreaterThan(kills * 64)
    await proveEach(server, credential, skuId, acknowledged)
  } finally {
    await server.close()
  }
  expect(new Set(acknowledged.map((order) => order.pin)).size).toBe(acknowledged.length)
  const [twice] = await database.query(
    sql`select count(*) - count(distinct code_id) as twice from order_codes`,
  )
  expect(twice).toEqual({ twice: 0n })
  const report = await checkLedger(database)
  expect(report.checks.filter((check) => !check.ok)).toEqual([])
}, 300_000)

/** 64 clients buy until the server dies under them, some time after they have begun. */
async function loadUntilKilled(
  server: ServerProcess,
  credential: GiftapiCredential,
  skuId: string,
  kill: number,
  acknowledged: Acknowledged[],
): Promise<void> {
  const before = acknowledged.length
  let number = 0
  let alive = true
  const buyer = async (): Promise<void> => {
    while (alive) {
      number += 1
      const externalId = `kill-${kill}-${number}`
      const answer = await sendOrder(server.baseUrl, credential, externalId, skuId).catch(() => undefined)
      if (answer === undefined) return
      if (answer.status === 201)
        acknowledged.push({ externalId, orderId: answer.body.data?.id ?? '', pin: pinOf(answer) })
    }
  }
  const buyers = Array.from({ length: 64 }, buyer)
  const until = before + 100 + Math.floor(Math.random() * 400)
  for (let waited = 0; acknowledged.length < until && waited < 10_000; waited += 5)
    await new Promise((resolve) => setTimeout(resolve, 5))
  await server.end('SIGKILL')
  alive = false
  await Promise.all(buyers)
}

/** Each is read by its id, and a retry of some answers the same order with the same code. */
async function proveEach(
  server: ServerProcess,
  credential: GiftapiCredential,
  skuId: string,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  for (let start = 0; start < acknowledged.length; start += 32) {
    await Promise.all(
      acknowledged.slice(start, start + 32).map(async (order, place) => {
        const read = await readOrder(server.baseUrl, credential, order.orderId)
        expect(read.status).toBe(200)
        expect(pinOf(read)).toBe(order.pin)
        if (place !== 0) return
        const again = await sendOrder(server.baseUrl, credential, order.externalId, skuId)
        expect([again.status, again.body.data?.id, pinOf(again)]).toEqual([200, order.orderId, order.pin])
      }),
    )
  }
}
