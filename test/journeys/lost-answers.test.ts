import { afterEach, expect, it } from 'vitest'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import { proveBooks } from '../books.ts'
import { createTestDatabase } from '../database.ts'
import { startServerProcess } from '../server-process.ts'
import type { ServerProcess } from '../server-process.ts'
import { freshNonce, signedHeaders } from '../signed-call.ts'
import { createWorld, unit } from '../world.ts'

/** A reseller's server dies between the commit of an order and its answer, as by a power cut: the nonce alone finds the order. */

let server: ServerProcess | undefined
afterEach(() => server?.close())

type Answer = { readonly status: number; readonly response: Readonly<Record<string, unknown>> }

async function openShop(failpoints: string) {
  const masterKey = newSecretKey()
  const { database, url } = await createTestDatabase()
  const world = await createWorld(database, await openKeyRing(database, masterKey))
  const { partnerId } = await world.partner(100n * unit)
  const skuId = await world.sku()
  await world.stock(skuId, 10)
  const { token: apiKey, privateKey = '' } = await database.inTransaction((tx) =>
    createCredential(tx, world.keyRing, {
      partnerId,
      dialect: 'vendify',
      label: 'test',
      withSecret: false,
      withKeyPair: true,
    }),
  )
  const [sku] = await database.query<{ number: bigint }>(sql`select number from skus where id = ${skuId}`)
  const productId = Number(sku?.number)
  const running = await startServerProcess(url, masterKey, { SCRIP_FAILPOINTS: failpoints })
  server = running
  const call = async (method: string, path: string, nonce: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${running.baseUrl}/vendify/api/v1${path}`, {
      method,
      headers: { ...signedHeaders(apiKey, privateKey, nonce), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const { response } = (await answer.json()) as { response: Answer['response'] } // As the envelope has it.
    return { status: answer.status, response }
  }
  const order = (customerReference: string, nonce = freshNonce()) =>
    call('POST', '/orders', nonce, { productId, faceValue: 10, customerReference })
  const statusBy = (nonce: string) => call('GET', `/order/status?x-nonce=${nonce}`, freshNonce())
  const count = async () => {
    const [row] = await database.query<{ orders: bigint; charges: bigint; left: bigint }>(sql`
      select (select count(*) from orders) as orders, (select count(*) from transfers where kind = 'charge') as charges,
             (select count(*) from stock_codes) as left`)
    return row
  }
  return { database, running, order, statusBy, count }
}

it('an order that was committed and never answered is found by its nonce, and a repeat buys nothing more', async () => {
  const { database, running, order, statusBy, count } = await openShop('vendify.order-committed=kill@2')
  expect((await order('first')).status).toBe(200)
  const nonce = freshNonce()
  await expect(order('lost', nonce)).rejects.toThrow('fetch failed')
  await running.start()
  const found = await statusBy(nonce)
  expect(found).toMatchObject({
    status: 200,
    response: { orderStatus: 'SUCCESS', customerReference: 'lost', voucherCode: expect.stringMatching(/./) },
  })
  expect(await count()).toEqual({ orders: 2n, charges: 2n, left: 8n })
  // The nonce is used, and the reference leads to the first order.
  expect((await order('lost', nonce)).status).toBe(401)
  const again = await order('lost')
  expect(again.response).toMatchObject({
    responseStatus: 'SUCCESS',
    transactionReference: found.response['transactionReference'],
    voucherCode: found.response['voucherCode'],
  })
  expect(await count()).toEqual({ orders: 2n, charges: 2n, left: 8n })
  await proveBooks(database)
}, 120_000)

it('an order whose server died before it was placed is found by nothing, and is bought once by the next try', async () => {
  const { database, running, order, statusBy, count } = await openShop('vendify.nonce-bound=kill@2')
  expect((await order('first')).status).toBe(200)
  const nonce = freshNonce()
  await expect(order('lost', nonce)).rejects.toThrow('fetch failed')
  await running.start()
  // Until a minute is over nobody can tell whether a process that stands still will place it.
  expect((await statusBy(nonce)).status).toBe(503)
  await database.query(sql`update nonces set used_at = now() - interval '61 seconds' where nonce = ${nonce}`)
  expect((await statusBy(nonce)).status).toBe(404)
  expect(await count()).toEqual({ orders: 1n, charges: 1n, left: 9n })
  const retried = await order('lost')
  expect(retried.response).toMatchObject({ responseStatus: 'SUCCESS' })
  // Both nonces were bound to the same order, so the first one finds it now, too.
  expect((await statusBy(nonce)).response).toMatchObject({ orderStatus: 'SUCCESS' })
  expect(await count()).toEqual({ orders: 2n, charges: 2n, left: 8n })
  await proveBooks(database)
}, 120_000)
