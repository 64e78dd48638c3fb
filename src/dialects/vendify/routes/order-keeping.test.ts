import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { unit } from '../../../../test/world.ts'
import { setPriceRule } from '../../../core/catalogue/set-price-rule.ts'
import { showMessage } from '../../../core/messages/show-message.ts'
import { sendDueMails } from '../../../core/order-mails/send-due-mails.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { rawStatement, sql } from '../../../platform/database.ts'
import type { MessageId } from '../../../values/ids.ts'

/** What is kept of an order beside what it delivered: its rate, its price, its receipt. */

let world: VendifyWorld
let reseller: VendifyClient
const wallet = 'NGN-1'

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true, patienceMs: 200 })
  reseller = await world.reseller({ terms: { margin: 2n, discount: 5n } })
  await world.supply('MTN-ANY', 'sandbox')
  await world.stock('AMZ-UK-5', 5)
})

const airtime = (digits: string, more: object = {}) => ({
  productId: world.id('MTN-ANY'),
  faceValue: 500,
  uniqueAccountId: digits,
  beneficiaryEmail: 'porter@example.com',
  ...more,
})

async function mailsOf(made: VendifyAnswer): Promise<string[]> {
  const { database, keyRing } = world.app.services
  const reference = String(at(made, 'response.transactionReference'))
  const rows = await database.query<{ id: MessageId }>(
    sql`select id from messages where partner_id = ${reseller.partnerId} and recipient = 'porter@example.com'`,
  )
  const texts = await Promise.all(
    rows.map(({ id }) => database.inTransaction((tx) => showMessage(tx, keyRing, { id, actor: 'test' }))),
  )
  return texts.map((message) => message.texts?.text ?? '').filter((text) => text.includes(reference))
}

async function untilEnded(made: VendifyAnswer): Promise<void> {
  const { database } = world.app.services
  const [uid] = String(at(made, 'response.transactionReference')).split(':').slice(-1)
  await expect
    .poll(
      async () => {
        const [row] = await database.query<{ status: string }>(
          sql`select status from orders where notes ->> 'sessionUid' = ${`S:${uid}`}`,
        )
        return row?.status
      },
      { timeout: 10_000 },
    )
    .not.toBe('processing')
}

test('the receipt of an order that ends late is mailed by the worker, once, though nobody asks', async () => {
  const { database, keyRing } = world.app.services
  const made = await reseller.post('/orders', airtime('+2348030000901'), { wallet })
  expect(at(made, 'response.responseStatus')).toBe('PENDING')
  await untilEnded(made)
  expect(await mailsOf(made)).toEqual([])
  expect(await sendDueMails(database, keyRing)).toBe(1)
  expect(await mailsOf(made)).toHaveLength(1)
  const reference = String(at(made, 'response.transactionReference'))
  const status = await reseller.get(`/order/status?transactionReference=${reference}`)
  expect(at(status, 'response.orderStatus')).toBe('SUCCESS')
  expect(await sendDueMails(database, keyRing)).toBe(0)
  expect(await mailsOf(made)).toHaveLength(1)
})

test('an order that failed mails no receipt, and neither does one that was refused', async () => {
  const { database, keyRing } = world.app.services
  const made = await reseller.post('/orders', airtime('+2348030000902'), { wallet })
  await untilEnded(made)
  const poor = await world.reseller({ currencies: ['NGN'], funds: 0n })
  expect((await poor.post('/orders', airtime('+2348030000001'))).status).toBe(402)
  expect(await sendDueMails(database, keyRing)).toBe(0)
  expect(await mailsOf(made)).toEqual([])
  expect(await database.query(sql`select recipient from order_mails`)).toEqual([])
})

test('the rate of an order is kept where no other dialect of the same partner shows it', async () => {
  const { database, keyRing } = world.app.services
  const body = { productId: world.id('AMZ-UK-5'), faceValue: 5, customerReference: 'kept-apart' }
  const made = await reseller.post('/orders', body, { wallet })
  expect(at(made, 'response.fxRate.rate')).toBe(1_912.5)
  const { token } = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId: reseller.partnerId,
      dialect: 'giftapi',
      label: 'test',
      withSecret: true,
    }),
  )
  const list = await fetch(`${world.app.baseUrl}/giftapi/v1/partner/orders`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await list.text()
  expect([list.status, text.includes('kept-apart')]).toEqual([200, true])
  for (const word of ['1912.5', 'sessionUid', 'sysId', 'transactionTitle']) expect(text).not.toContain(word)
})

test('the phone that is credited is the recipient’s, whatever other phone the order names', async () => {
  const more = { beneficiaryTelephone: '+2348099999999', beneficiaryEmail: '' }
  const made = await reseller.post('/orders', airtime('+2348030000155', more), { wallet })
  const reference = String(at(made, 'response.transactionReference'))
  expect(at(await reseller.get(`/Voucher/Details/${reference}`), 'response.description')).toBe(
    'Details sent successfully. SMS Message sent.',
  )
  const told = await world.app.services.database.query(
    sql`select recipient from messages where partner_id = ${reseller.partnerId} and channel = 'sms'`,
  )
  expect(told).toEqual([{ recipient: '+2348030000155' }])
})

test('a price rule of the partner’s own counts, before the discount, in the list and in the charge', async () => {
  const { database, catalogue } = world.app.services
  const own = await world.reseller({ terms: { margin: 0n, discount: 10n } })
  await database.inTransaction((tx) =>
    setPriceRule(tx, {
      partnerId: own.partnerId,
      scope: { kind: 'brand', code: 'amazon-uk' },
      markupPercent: 20n * unit,
      markupFixed: unit,
    }),
  )
  await catalogue.refresh()
  const path = `/Product/${world.id('AMZ-UK-5')}`
  // 5 pounds are 6.25 dollars; with 20 % and a dollar 8.5, of which a tenth is taken off.
  expect(at(await own.get(path), 'response')).toMatchObject({ targetValue: 6.25, productCost: 7.65 })
  expect(at(await reseller.get(path, { wallet: 'USD-1' }), 'response')).toMatchObject({
    productCost: 6.05625,
  })
  const made = await own.post('/orders', { productId: world.id('AMZ-UK-5'), value: 6.25 })
  expect(at(made, 'response')).toMatchObject({ productCost: 7.65, targetValue: 6.25 })
  const [entry] = await database.query<{ amount: bigint }>(sql`
    select amount from entries where partner_id = ${own.partnerId} and account like 'wallet:%' order by amount limit 1`)
  expect(entry?.amount).toBe(-7_650_000n)
})

test('a rule for everyone leaves these prices alone', async () => {
  const { database, catalogue } = world.app.services
  const path = `/Product/${world.id('AMZ-US-10')}`
  const before = at(await reseller.get(path, { wallet: 'USD-1' }), 'response.productCost')
  await database.inTransaction((tx) =>
    setPriceRule(tx, { partnerId: undefined, scope: { kind: 'all' }, markupPercent: 50n * unit }),
  )
  await catalogue.refresh()
  expect(at(await reseller.get(path, { wallet: 'USD-1' }), 'response.productCost')).toBe(before)
})

test('an order from before its notes had a place of their own keeps them', async () => {
  const { database } = world.app.services
  const body = { productId: world.id('AMZ-UK-5'), faceValue: 5, customerReference: 'from-before' }
  const made = await reseller.post('/orders', body, { wallet })
  await database.query(sql`update orders set metadata = notes, notes = null where dialect = 'vendify'`)
  const file = join(import.meta.dirname, '../../../../migrations/0022-order-notes.sql')
  const [statement = ''] = /^update orders set notes = metadata[^;]*/m.exec(readFileSync(file, 'utf8')) ?? []
  await database.query(rawStatement(statement))
  const reference = String(at(made, 'response.transactionReference'))
  const status = await reseller.get(`/order/status?transactionReference=${reference}`)
  expect(at(status, 'response.transactionReference')).toBe(reference)
  const rows = await database.query(sql`select id from orders where metadata is not null`)
  expect(rows).toEqual([])
})
