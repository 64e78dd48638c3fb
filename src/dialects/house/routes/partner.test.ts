import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../../../../test/eventually.ts'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { callHouse, inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { sql } from '../../../platform/database.ts'
import { newId } from '../../../platform/ids.ts'

let world: IascroftWorld
let merchant: Merchant
let owner: Person
let stranger: Person
let finance: Person

beforeAll(async () => {
  world = await createIascroftWorld()
  await world.stock('AMZ-US-10', 200)
  await world.app.services.catalogue.refresh()
  merchant = await world.merchant()
  owner = await makePerson(world.app, { partnerId: merchant.partnerId, role: 'owner' })
  const other = await world.merchant()
  stranger = await makePerson(world.app, { partnerId: other.partnerId, role: 'owner' })
  finance = await makePerson(world.app, { role: 'finance' })
})

/** A card of ten dollars, found as a person would. */
async function findSku(): Promise<{ productId: string; skuId: string; price: string }> {
  const list = await owner.call('GET', '/products?q=amazon%20us')
  const productId = String(inAnswer(list, 'data.0.id'))
  const product = await owner.call('GET', `/products/${productId}`)
  const place = [0, 1, 2].find((one) => inAnswer(product, `skus.${one}.code`) === 'AMZ-US-10')
  return {
    productId,
    skuId: String(inAnswer(product, `skus.${place}.id`)),
    price: String(inAnswer(product, `skus.${place}.prices.0.amount`)),
  }
}

test('a product is found by words, and bought at the price that was shown; its codes are shown by a call that is written down', async () => {
  const { skuId, price } = await findSku()
  const order = { sku_id: skuId, wallet: 'USD-1', quantity: 2, external_id: `house-${newId()}` }
  const first = await owner.call('POST', '/orders', order)
  expect([first.status, inAnswer(first, 'status')]).toEqual([201, 'completed'])
  expect(inAnswer(first, 'items.0.unit_price')).toBe(price)
  expect(JSON.stringify(first.json)).not.toMatch(/"pin"|"codes"/)
  const again = await owner.call('POST', '/orders', order)
  expect([again.status, inAnswer(again, 'id')]).toEqual([200, inAnswer(first, 'id')])
  const other = await owner.call('POST', '/orders', { ...order, quantity: 1 })
  expect(problemOf(other)).toEqual([409, 'external_id_conflict'])
  const id = String(inAnswer(first, 'id'))
  for (const q of [id, order.external_id])
    expect(inAnswer(await owner.call('GET', `/orders?q=${q}`), 'data.0.id')).toBe(id)
  const codes = await owner.call('POST', `/orders/${id}/reveal`)
  expect(inAnswer(codes, 'codes.length')).toBe(2)
  const seen = await world.app.services.database.query(
    sql`select actor from audit_log where action = 'order.revealed' and subject = ${id}`,
  )
  expect(seen).toEqual([{ actor: `user:${owner.user.id}` }])
})

test('an Idempotency-Key makes 20 calls at once one order', async () => {
  const { skuId } = await findSku()
  const key = newId()
  const calls = await Promise.all(
    Array.from({ length: 20 }, () =>
      owner.call('POST', '/orders', { sku_id: skuId, wallet: 'USD-1' }, { 'idempotency-key': key }),
    ),
  )
  expect(new Set(calls.map((one) => inAnswer(one, 'id'))).size).toBe(1)
  expect(calls.filter(({ status }) => status === 201)).toHaveLength(1)
})

test.each([
  ['an unknown SKU', { sku_id: newId() }, [404, 'sku_not_found']],
  ['an unknown wallet', { wallet: 'XXX-9' }, [404, 'wallet_not_found']],
  ['too many', { quantity: 1_000 }, [422, 'validation_failed']],
  ['none', { quantity: 0 }, [422, 'validation_failed']],
])('an order for %s is refused, and nothing is paid', async (_name, change, expected) => {
  const { skuId } = await findSku()
  const before = await owner.call('GET', '/wallets')
  const answer = await owner.call('POST', '/orders', { sku_id: skuId, wallet: 'USD-1', ...change })
  expect(problemOf(answer)).toEqual(expected)
  expect((await owner.call('GET', '/wallets')).json).toEqual(before.json)
})

test('what belongs to another company answers as what does not exist', async () => {
  const { skuId } = await findSku()
  const order = await owner.call('POST', '/orders', { sku_id: skuId, wallet: 'USD-1' })
  const key = await owner.call('POST', '/keys', { format: 'giftapi' })
  const hook = await owner.call('POST', '/webhook-endpoints', {
    format: 'house',
    url: 'http://127.0.0.1:9/hook',
  })
  const walletId = String(inAnswer(await owner.call('GET', '/wallets'), 'data.0.id'))
  const orderId = String(inAnswer(order, 'id'))
  const hookId = String(inAnswer(hook, 'endpoint.id'))
  const foreign: readonly (readonly [string, string, unknown?])[] = [
    ['GET', `/orders/${orderId}`],
    ['POST', `/orders/${orderId}/reveal`],
    ['GET', `/wallets/${walletId}/entries`],
    ['POST', `/wallets/${walletId}/fundings`, { amount: '1' }],
    [
      'POST',
      `/wallets/${walletId}/withdrawals`,
      { amount: '1', bank_account: { bank_name: 'B', account_name: 'A', account_number: '12345678' } },
    ],
    ['POST', `/keys/${String(inAnswer(key, 'id'))}/rotate`, {}],
    ['DELETE', `/keys/${String(inAnswer(key, 'id'))}`],
    ['GET', `/webhook-endpoints/${hookId}`],
    ['PATCH', `/webhook-endpoints/${hookId}`, { description: 'mine' }],
    ['DELETE', `/webhook-endpoints/${hookId}`],
    ['POST', `/webhook-endpoints/${hookId}/rotate-secret`, {}],
    ['POST', `/webhook-endpoints/${hookId}/test`],
    ['GET', `/webhook-endpoints/${hookId}/deliveries`],
    ['PATCH', `/people/${owner.user.id}`, { role: 'viewer' }],
    ['POST', `/people/${owner.user.id}/invitation`],
  ]
  for (const [method, path, body] of foreign) {
    const theirs = await stranger.call(method, path, body)
    const nobodys = await stranger.call(method, path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, newId()), body)
    expect([path, theirs.status, theirs.json]).toEqual([path, nobodys.status, nobodys.json])
    expect(theirs.status).toBe(404)
  }
  expect(inAnswer(await stranger.call('GET', `/orders?q=${orderId}`), 'data.length')).toBe(0)
})

test('a withdrawal that is asked for in the portal waits for another person, and pays once', async () => {
  const wallets = await owner.call('GET', '/wallets')
  const walletId = String(inAnswer(wallets, 'data.0.id'))
  const body = {
    amount: '12.50',
    reference: newId(),
    bank_account: { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '0123456789' },
  }
  const asked = await owner.call('POST', `/wallets/${walletId}/withdrawals`, body)
  expect([asked.status, inAnswer(asked, 'state')]).toEqual([201, 'pending_approval'])
  expect(JSON.stringify(asked.json)).not.toContain('0123456789')
  expect((await owner.call('POST', `/wallets/${walletId}/withdrawals`, body)).status).toBe(200)
  const id = String(inAnswer(asked, 'id'))
  const approve = () => finance.call('POST', `/operator/withdrawals/${id}/approve`)
  const both = await Promise.all([approve(), approve()])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(inAnswer(await finance.call('GET', '/operator/withdrawals?state=paid'), 'data.0.id')).toBe(id)
  const entries = await owner.call('GET', `/wallets/${walletId}/entries`)
  expect(inAnswer(entries, 'data.0.kind')).toBe('withdrawal')
  const late = await finance.call('POST', `/operator/withdrawals/${id}/reject`, { reason: 'no' })
  expect(problemOf(late)).toEqual([409, 'decided_otherwise'])
  const { ok, checks } = await checkLedger(world.app.services.database)
  expect(ok, JSON.stringify(checks.filter((one) => !one.ok))).toBe(true)
})

test('a key for a vendor’s format works at once, and not any more once it is ended', async () => {
  const key = await owner.call('POST', '/keys', { format: 'iascroft', label: 'shop' })
  const token = String(inAnswer(key, 'token'))
  const balance = () =>
    fetch(`${world.app.baseUrl}/iascroft/v1/wallet/balance`, {
      headers: { authorization: `Bearer ${token}` },
    })
  expect((await balance()).status).toBe(200)
  expect((await owner.call('DELETE', `/keys/${String(inAnswer(key, 'id'))}`)).status).toBe(204)
  await eventually(async () => (await balance()).status).toBe(401)
  const unknown = await owner.call('POST', '/keys', { format: 'nonsense' })
  expect(problemOf(unknown)).toEqual([422, 'validation_failed'])
})

test('a program reads with a key of our own format, and buys with the scope that says so', async () => {
  const reader = await owner.call('POST', '/keys', { format: 'house' })
  const writer = await owner.call('POST', '/keys', { format: 'house', scopes: ['write'] })
  const { skuId } = await findSku()
  const buy = (issued: typeof reader) =>
    callHouse(
      world.app.baseUrl,
      'POST',
      '/orders',
      { sku_id: skuId, wallet: 'USD-1' },
      { authorization: `Bearer ${String(inAnswer(issued, 'token'))}` },
    )
  expect(problemOf(await buy(reader))).toEqual([403, 'scope_missing'])
  expect((await buy(writer)).status).toBe(201)
})

test('a call of the API is found by a reference in it; opening it is written down, and mailed to who looked', async () => {
  const reference = `look-for-${newId()}`
  await merchant.post('/giftcard/purchase', { product_id: 'GC-NONE', amount: 5, currency: 'USD', reference })
  await world.app.callLog.flush()
  const found = await owner.call('GET', `/calls?q=${reference}`)
  const id = String(inAnswer(found, 'data.0.id'))
  expect(inAnswer(found, 'data.0.path')).toBe('/iascroft/v1/giftcard/purchase')
  const opened = await owner.call('POST', `/calls/${id}/open`)
  expect(String(inAnswer(opened, 'data.0.request'))).toContain(reference)
  expect((await stranger.call('POST', `/calls/${id}/open`)).status).toBe(404)
  const mails = await world.app.services.database.query(
    sql`select from messages where template = 'call_opened' and recipient = ${owner.user.email}`,
  )
  expect(mails).toHaveLength(1)
})

test('orders and statements are files, too, without codes, and nobody else’s', async () => {
  const read = async (path: string, person = owner) => {
    const answer = await fetch(`${world.app.baseUrl}/api/v1${path}`, { headers: { cookie: person.cookie } })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const orders = await read('/files/orders?format=csv')
  expect([orders.status, orders.type]).toEqual([200, 'text/csv; charset=utf-8'])
  const lines = orders.text.trimEnd().split('\r\n')
  expect(lines[0]).toMatch(/^id,external_id,created_at/)
  const { database } = world.app.services
  const [row] = await database.query<{ items: number }>(
    sql`select count(*)::integer as items from order_items where partner_id = ${merchant.partnerId}`,
  )
  expect(lines).toHaveLength((row?.items ?? 0) + 1)
  const walletId = String(inAnswer(await owner.call('GET', '/wallets'), 'data.0.id'))
  const statement = await read(`/files/wallets/${walletId}/entries?format=csv`)
  expect(statement.text).toContain(',withdrawal,-12.5,')
  const workbook = await read(`/files/wallets/${walletId}/entries?format=xlsx`)
  expect([workbook.status, workbook.text.slice(0, 2)]).toEqual([200, 'PK'])
  expect((await read(`/files/wallets/${walletId}/entries?format=csv`, stranger)).status).toBe(404)
  expect((await read('/files/orders?format=csv', stranger)).text.trimEnd().split('\r\n')).toHaveLength(1)
  expect((await read('/files/orders?format=exe')).status).toBe(422)
})

test('the overview sums what was bought by day and currency', async () => {
  const overview = await owner.call('GET', '/overview')
  expect(overview.status).toBe(200)
  expect(Number(inAnswer(overview, 'sales.0.orders'))).toBeGreaterThan(0)
  expect(inAnswer(overview, 'wallets.0.currency')).toBe('USD')
})
