import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { storeCatalogue } from '../../src/core/catalogue/store-catalogue.ts'
import { setPriceRule } from '../../src/core/catalogue/set-price-rule.ts'
import { createSupplier } from '../../src/core/fulfilment/create-supplier.ts'
import { setSources } from '../../src/core/fulfilment/set-sources.ts'
import { openWallet } from '../../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../../src/core/ledger/post-transfer.ts'
import { saveMerchant } from '../../src/core/merchants/save-merchant.ts'
import { createCredential } from '../../src/core/partners/create-credential.ts'
import type { IssuedCredential } from '../../src/core/partners/credential.ts'
import { createPartner } from '../../src/core/partners/create-partner.ts'
import { fingerprintOfCode } from '../../src/core/vouchers/fingerprint-of-code.ts'
import { sql } from '../../src/platform/database.ts'
import type { PartnerId, SkuId } from '../../src/values/ids.ts'
import { readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiCredential } from '../giftapi-client.ts'
import { killAllScrip } from '../scrip-process.ts'
import { settingsOfCompany } from '../supplier-subjects.ts'
import { openSide } from '../two-scrips.ts'
import type { Side } from '../two-scrips.ts'
import { currency, unit } from '../world.ts'
import type { World } from '../world.ts'

/** A issues vouchers; B sells them one by one, as a disbursement of its own each. */

const ordersCount = Number(process.env['SCRIP_JOURNEY_ORDERS'] ?? '40')
const kes = currency('KES')
const [face, fee, opening] = [100n * unit, 22_500_000n, 100_000_000n * unit]
const sides: Side[] = []
afterAll(async () => {
  await Promise.all(sides.map((side) => side.stop()))
  killAllScrip()
  await Promise.all(sides.map((side) => side.remove()))
}, 60_000)

test(`${ordersCount} vouchers sold by one Scrip and issued by another, both of which are killed: each is issued once, and both books say so`, async () => {
  const a = await openSide({})
  const b = await openSide({ SCRIP_DEMO: 'false', SCRIP_PATIENCE_MS: '400' })
  sides.push(a, b)
  await Promise.all([a.start(), b.start()])
  const account = await a.look(openAccount)
  const { client, skuId } = await b.look((world) => openShop(world, a.baseUrl, account.credential))
  await untilSold(b, client, skuId)

  const orderIds: string[] = []
  const buying = Array.from({ length: ordersCount }, async (_, place) => {
    await pause(place * 40)
    orderIds.push(await buy(b, client, skuId, place))
  })
  for (const [side, count] of [
    [a, ordersCount / 5],
    [b, ordersCount / 2],
  ] as const) {
    while (orderIds.length < count) await pause(20)
    await side.kill()
    await side.start()
  }
  await Promise.all(buying)
  await untilCompleted(b)

  const codes = await Promise.all(orderIds.map((orderId) => codeOf(b, client, orderId)))
  const [given, issued] = await a.look(async ({ database, keyRing }) => [
    orderIds.map((orderId, place) => `${orderId} ${fingerprintOfCode(keyRing, codes[place] ?? '')}`),
    await database.query<{ pair: string; phone: string }>(sql`
      select d.external_id || ' ' || v.code_hash as pair, v.phone
      from disbursements d join vouchers v on v.disbursement_id = d.id where d.partner_id = ${account.partnerId}`),
  ])
  expect(issued.map(({ pair }) => pair).toSorted()).toEqual(given.toSorted())
  expect(new Set(issued.map(({ pair }) => pair.split(' ')[1])).size).toBe(ordersCount)
  expect(new Set(issued.map(({ phone }) => phone)).size).toBe(ordersCount)

  const cost = (face + fee) * BigInt(ordersCount)
  const [atA] = await a.look(({ database }) =>
    database.query<{ balance: bigint; liability: bigint }>(sql`
      select (select balance from wallets where partner_id = ${account.partnerId}) as balance,
             (select coalesce(sum(balance), 0)::bigint from vouchers where partner_id = ${account.partnerId}) as liability`),
  )
  expect(atA).toEqual({ balance: opening - cost, liability: face * BigInt(ordersCount) })
  const [atB] = await b.look(({ database }) =>
    database.query<{ payable: bigint; failed: bigint; breaks: bigint }>(sql`
      select (select coalesce(sum(amount), 0)::bigint from entries where account = 'supplier_payable:a:KES') as payable,
             (select count(*) from fulfilments where state <> 'completed') as failed,
             (select count(*) from breaks) as breaks`),
  )
  expect(atB).toEqual({ payable: cost, failed: 0n, breaks: 0n })
  for (const side of sides) expect(await side.command('ledger', 'check')).toMatchObject({ ok: true })
}, 300_000)

/** B as A's customer: a company with shillings, and a key that may see the codes of its vouchers. */
async function openAccount({
  database,
  keyRing,
}: World): Promise<{ readonly partnerId: PartnerId; readonly credential: IssuedCredential }> {
  return database.inTransaction(async (tx) => {
    const category = { code: 'supermarkets', name: 'Supermarkets' }
    await saveMerchant(tx, { code: 'tuskys', name: 'Tuskys', category, status: 'active', actor: 'test' })
    const { id: partnerId } = await createPartner(tx, { name: 'B', email: 'b@example.com' })
    const { id: walletId } = await openWallet(tx, { partnerId, currency: kes, isDefault: true })
    const funds = { kind: 'topup', amount: opening, reference: 'opening', actor: 'test' } as const
    await postTransfer(tx, { partnerId, walletId, ...funds })
    const credential = await createCredential(tx, keyRing, {
      partnerId,
      dialect: 'giftpesa',
      label: 'B',
      withSecret: false,
      withEncryption: true,
      scopes: ['codes:read'],
    })
    return { partnerId, credential }
  })
}

/** B sells a voucher of a hundred shillings for one merchant, to a customer that pays in shillings. */
async function openShop(
  { database, keyRing }: World,
  baseUrl: string,
  account: IssuedCredential,
): Promise<{ readonly client: GiftapiCredential; readonly skuId: SkuId }> {
  // All at once: whoever sees the product sees who fills it.
  return database.inTransaction(async (tx) => {
    await storeCatalogue(tx, {
      currencies: [{ code: kes, numericCode: 404, decimals: 2, names: { en: 'Kenyan shilling' } }],
      categories: [{ code: 'vouchers', names: { en: 'Vouchers' } }],
      brands: [{ code: 'tuskys', names: { en: 'Tuskys' } }],
      products: [
        {
          code: 'TUSKYS',
          category: 'vouchers',
          brand: 'tuskys',
          type: 'voucher',
          names: { en: 'Tuskys' },
          fields: [{ code: 'phone', name: 'Phone number', type: 'phone', required: true }],
        },
      ],
      skus: [
        {
          code: 'TUSKYS-100',
          product: 'TUSKYS',
          names: { en: 'KES 100' },
          currency: kes,
          denomination: { kind: 'fixed', value: face },
          maxPerOrder: 10,
        },
      ],
    })
    const [sku] = await tx.query<{ id: SkuId }>(sql`select id from skus where code = 'TUSKYS-100'`)
    if (sku === undefined) throw new Error('The SKU was not stored.')
    const supplierId = await createSupplier(tx, keyRing, {
      code: 'a',
      name: 'A',
      connector: 'giftpesa',
      settings: { ...settingsOfCompany(baseUrl, account) },
      currency: kes,
      concurrency: 16,
      actor: 'test',
    })
    await setSources(tx, [{ skuId: sku.id, supplierId, productCode: 'merchant:tuskys', cost: face + fee }])
    await setPriceRule(tx, { partnerId: undefined, scope: { kind: 'all' }, markupPercent: 30n * unit })
    const { id: partnerId } = await createPartner(tx, { name: 'Customer', email: 'customer@example.com' })
    const { id: walletId } = await openWallet(tx, { partnerId, currency: kes, isDefault: true })
    const funds = { kind: 'topup', amount: opening, reference: 'opening', actor: 'test' } as const
    await postTransfer(tx, { partnerId, walletId, ...funds })
    const order = { partnerId, dialect: 'giftapi', label: 'test', withSecret: true }
    const { token, secret = '' } = await createCredential(tx, keyRing, order)
    return { client: { token, secret }, skuId: sku.id }
  })
}

/** A running server sells what is new within a second or so. */
async function untilSold({ baseUrl }: Side, { token }: GiftapiCredential, skuId: SkuId): Promise<void> {
  const url = `${baseUrl}/giftapi/v1/partner/catalog/pricelist`
  await expect
    .poll(async () => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text(), {
      timeout: 30_000,
    })
    .toContain(skuId)
}

/** As a client does it: without an answer, the same order goes out again. */
async function buy(
  { baseUrl }: Side,
  client: GiftapiCredential,
  skuId: SkuId,
  place: number,
): Promise<string> {
  const phone = `+2547120${String(place).padStart(5, '0')}`
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await sendOrder(baseUrl, client, `order-${place}`, skuId, 1, { phone }).catch(
      () => undefined,
    )
    const orderId = answer?.body.data?.id
    if (answer !== undefined && [200, 201].includes(answer.status) && orderId !== undefined) return orderId
    if (answer !== undefined && answer.status < 500)
      throw new Error(`order-${place} was answered ${answer.status} ${JSON.stringify(answer.body)}.`)
    await pause(100)
  }
  throw new Error(`order-${place} found nobody for a minute.`)
}

/** Until nothing is on its way. The questions come less and less often; here their time has come as soon as somebody looks. */
async function untilCompleted({ look }: Side): Promise<void> {
  const open = async (): Promise<number> => {
    const rows = await look(({ database }) =>
      database.query(sql`
        update fulfilments set due_at = least(due_at, now()) where state in ('pending', 'unknown') returning order_id`),
    )
    return rows.length
  }
  await expect.poll(open, { timeout: 120_000, interval: 2_000 }).toBe(0)
}

async function codeOf({ baseUrl }: Side, client: GiftapiCredential, orderId: string): Promise<string> {
  const pin = async (): Promise<string | undefined> =>
    (await readOrder(baseUrl, client, orderId)).body.data?.items[0]?.delivery_data[0]?.pin
  await expect.poll(pin, { timeout: 120_000, interval: 500 }).toMatch(/^[0-9A-Z]{11}$/)
  return (await pin()) ?? ''
}
