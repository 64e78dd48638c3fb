import { expect, test } from 'vitest'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createCheckoutWorld } from '../../test/checkout-world.ts'
import { openWallet } from '../core/ledger/open-wallet.ts'
import { findSeller } from '../core/checkout/find-seller.ts'
import { parseId } from '../values/ids.ts'
import type { CheckoutId, SellerId } from '../values/ids.ts'
import { sql } from '../platform/database.ts'
import { currency } from '../../test/world.ts'

const line = await createCommandLineWorld()
const world = await createCheckoutWorld(line.database, new Map(), line.keyRing)
const { partnerId } = await line.partner(0n)
await line.database.inTransaction((tx) =>
  openWallet(tx, { partnerId, currency: currency('GBP'), isDefault: false }),
)
world.start()

test('an operator opens a shop, and its order is shown, cancelled, given back and collected', async () => {
  const created = await scripJson(
    'seller',
    'create',
    partnerId,
    'GBP-1',
    '--name',
    'Bright Tools',
    '--redirect',
    'https://shop.example/thanks',
    '--lender',
    'sandbox-lender',
    '--bank',
    'sandbox-bank',
    '--fee',
    '2.9',
    '--rate',
    '0.0333',
  )
  expect(created).toMatchObject({
    code: 0,
    json: { seller: { feePercent: '2.9', rate: '0.0333', leastAmount: '150' } },
  })
  const { id: sellerId } = created.json['seller'] as { id: string } // As asserted.
  const updated = await scripJson('seller', 'update', partnerId, sellerId, '--fee', '3')
  expect(updated.json).toMatchObject({ seller: { feePercent: '3', rate: '0.0333' } })
  expect((await scripJson('seller', 'list', partnerId)).json).toMatchObject({ sellers: [{ id: sellerId }] })
  expect((await scripJson('seller', 'show', partnerId, sellerId)).code).toBe(0)

  const seller = await findSeller(line.database, partnerId, parseId<SellerId>(sellerId))
  const [cancelled, paid] = [await world.order(seller), await world.order(seller)]
  expect((await scripJson('checkout', 'cancel', cancelled.id)).json).toMatchObject({
    order: { status: 'unsuccessful', endReason: 'cancelled' },
  })
  expect((await scrip('checkout', 'cancel', cancelled.id)).code).toBe(1)
  await world.agree(paid.id)
  await expect.poll(async () => (await world.find(paid.id)).status).toBe('successful')
  expect((await scripJson('checkout', 'show', paid.id)).json).toMatchObject({
    order: { fee: '30', buyer: { turnover: '120000' } },
    decision: { state: 'approved' },
    instalments: [{ number: 1, state: 'due' }, {}, {}],
  })
  expect((await scripJson('checkout', 'list', partnerId, '--status', 'successful')).json).toMatchObject({
    orders: [{ id: paid.id }],
  })
  expect((await scripJson('checkout', 'collect', paid.id, '1', '--note', 'line 1')).json).toEqual({
    repeated: false,
  })
  expect((await scripJson('checkout', 'collect', paid.id, '1', '--note', 'line 1')).json).toEqual({
    repeated: true,
  })
  expect((await scrip('checkout', 'retry', paid.id)).code).toBe(1)

  const proposed = await scripJson('checkout', 'refund', paid.id, '--amount', '20.50', '--note', 'broken')
  const refundId = String(proposed.json['refund'])
  const alone = await scrip('checkout', 'settle-refund', refundId)
  expect([alone.code, alone.err]).toEqual([1, expect.stringContaining('second person')])
  await line.database.query(
    sql`update checkout_refunds set proposed_by = 'cli:somebody-else' where id = ${refundId}`,
  )
  expect((await scripJson('checkout', 'settle-refund', refundId)).json).toEqual({
    repeated: false,
    amount: '20.5',
    forgiven: '20.5',
  })
  expect((await scripJson('ledger', 'check')).code).toBe(0)
})

test('a shop is paid in pounds, by payers that are known, on terms that make sense', async () => {
  const create = (wallet: string, ...more: string[]) =>
    scrip('seller', 'create', partnerId, wallet, '--name', 'X', '--redirect', 'https://x.example/', ...more)
  expect((await create('USD-1')).err).toContain('pounds')
  expect((await create('GBP-1', '--lender', 'nobody')).err).toContain('payer')
  expect((await create('GBP-1', '--lender', 'sandbox-bank')).err).toContain('must be a lender')
  expect((await create('GBP-1', '--fee', '100')).err).toContain('fee')
  expect((await create('GBP-1', '--least', '500', '--most', '400')).err).toContain('limits')
  expect((await create('GBP-1', '--redirect', 'javascript:alert(1)')).err).toContain('redirect')
})

test('payers are made known with settings that are never shown', async () => {
  const secret = 'a-secret-of-at-least-thirty-two-characters'
  const settings = JSON.stringify({ baseUrl: 'https://lender.example/scrip', keyId: 'scrip', secret })
  const add = ['payer', 'add', '--code', 'credit', '--name', 'Credit', '--connector', 'http-lender']
  expect((await scripJson(...add, '--settings', settings)).json).toMatchObject({
    code: 'credit',
    kind: 'lender',
  })
  expect((await scrip(...add, '--settings', settings)).code).toBe(1)
  expect((await scrip(...add, '--settings', '{"baseUrl":"ftp://x"}')).err).toContain('secret')
  expect((await scripJson('payer', 'update', 'credit', '--settings', settings)).code).toBe(0)
  const { out } = await scrip('payer', 'list', '--json')
  expect(out).toContain('credit')
  expect(out).not.toContain(secret)
  expect((await scripJson('payer', 'connectors')).json).toMatchObject({
    connectors: [{ name: 'sandbox-lender' }, { name: 'sandbox-bank' }, { name: 'http-lender' }],
  })
  const stored = await line.database.query(
    sql`select encode(settings, 'escape') as settings from payers where code = 'credit'`,
  )
  expect(JSON.stringify(stored)).not.toContain(secret)
})

test('an order that is not there is said to be none', async () => {
  const nobody = '0199a1b2-0000-7000-8000-000000000000' as CheckoutId
  for (const words of [['show'], ['cancel'], ['retry'], ['refund', '--note', 'x']])
    expect((await scrip('checkout', words[0] ?? '', nobody, ...words.slice(1))).code).toBe(1)
})
