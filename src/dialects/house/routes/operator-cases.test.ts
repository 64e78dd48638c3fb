import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import type { TestApp } from '../../../../test/app.ts'
import { createCheckoutWorld, onCredit } from '../../../../test/checkout-world.ts'
import { createFulfilmentWorld } from '../../../../test/fulfilment-world.ts'
import type { FulfilmentWorld } from '../../../../test/fulfilment-world.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { createVoucherWorld, kes, shilling } from '../../../../test/voucher-world.ts'
import { createWorld, unit } from '../../../../test/world.ts'
import type { TestPartner, World } from '../../../../test/world.ts'
import { recordBreak } from '../../../core/fulfilment/record-break.ts'
import type { SupplierAnswer } from '../../../core/fulfilment/supplier.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { findWallet } from '../../../core/ledger/find-wallet.ts'
import { openOrderDesk } from '../../../core/orders/open-order-desk.ts'
import { placeOrder } from '../../../core/orders/place-order.ts'
import { redeemAtTill } from '../../../core/redemptions/redeem-at-till.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { newId } from '../../../platform/ids.ts'
import type { OrderId, SkuId, SupplierId } from '../../../values/ids.ts'

let app: TestApp
let world: World
let far: FulfilmentWorld
let partner: TestPartner
let maker: Person
let checker: Person
let support: Person

beforeAll(async () => {
  // The server only has to know what they recognise; the worker of the test asks them.
  app = await startTestApp({ openSupplier: () => ({ profile, buy: async () => unknown }) })
  world = await createWorld(app.services.database, app.services.keyRing)
  far = await createFulfilmentWorld(world)
  far.start()
  partner = await world.partner(10_000n * unit)
  maker = await makePerson(app, { role: 'finance' })
  checker = await makePerson(app, { role: 'admin' })
  support = await makePerson(app, { role: 'support' })
  return () => far.close()
})

const profile = { dedupsByReference: false, statusByReference: false, settleWindowMs: 0, timeoutMs: 5_000 }
const unknown: SupplierAnswer = { state: 'unknown', detail: 'no answer' }

async function order(
  answer: SupplierAnswer,
  state: string,
): Promise<{ readonly orderId: OrderId; readonly supplierId: SupplierId; readonly skuId: SkuId }> {
  const skuId = await world.sku()
  const supplierId = await far.supplier(skuId, { profile, buy: async () => answer })
  const placed = await placeOrder(openOrderDesk(world), world.order(partner, skuId, { canBeSupplied: true }))
  await far.until(placed.order.id, state)
  return { orderId: placed.order.id, supplierId, skuId }
}

const balance = async () => (await findWallet(world.database, partner.partnerId, partner.walletId)).balance
const parked = () => order(unknown, 'parked')
const proposalOf = (json: unknown): string => String((json as { proposal_id?: unknown }).proposal_id)

describe('a parked item', () => {
  test('is listed with why, and ends as one person says and another settles', async () => {
    const before = await balance()
    const { orderId } = await parked()
    const list = await support.call('GET', '/operator/fulfilments?state=parked&limit=100')
    expect(list.json).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({ order_id: orderId, item: 1, state: 'parked', proposal_id: null }),
      ]),
    })
    const path = `/operator/fulfilments/${orderId}/1/proposal`
    const codes = [{ code: `BY-HAND-${orderId}`, pin: '1234' }]
    const delivered = { outcome: 'delivered', codes, cost: '8', note: 'they read it out' }
    const first = proposalOf((await maker.call('POST', path, { outcome: 'failed', note: 'not there' })).json)
    const second = proposalOf((await maker.call('POST', path, delivered)).json)
    const settle = (person: Person, id: string) =>
      person.call('POST', `/operator/fulfilment-proposals/${id}/settle`)
    // Whoever settles sees what they agree to.
    const proposed = await checker.call('GET', '/operator/fulfilments?state=parked&limit=100')
    const proposal = { outcome: 'delivered', goods: 1, cost: '8', currency: 'USD', note: delivered.note }
    expect(proposed.json).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({
          order_id: orderId,
          proposal_id: second,
          proposal: { ...proposal, proposed_by: `user:${maker.user.id}` },
        }),
      ]),
    })
    expect(problemOf(await settle(checker, first))).toEqual([404, 'proposal_not_found'])
    expect(problemOf(await settle(maker, second))).toEqual([403, 'second_person_required'])
    expect(await balance()).toBe(before)
    expect((await settle(checker, second)).status).toBe(204)
    expect((await settle(checker, second)).status).toBe(204)
    expect(await far.look(orderId)).toMatchObject({ state: 'completed', delivered: 1, codes: 1n })
    expect(await balance()).toBe(before - 11n * unit)
    // The API log has no codes.
    const logged = await checker.call('GET', `/operator/calls?q=${orderId}`)
    expect(JSON.stringify(logged.json)).not.toContain('BY-HAND')
  })

  test('that a machine cannot tell of is not let go on', async () => {
    const { orderId } = await parked()
    const answer = await support.call('POST', `/operator/fulfilments/${orderId}/1/retry`)
    expect(problemOf(answer)).toEqual([422, 'validation_failed'])
    expect(problemOf(await support.call('POST', `/operator/fulfilments/${newId()}/1/retry`))).toEqual([
      404,
      'fulfilment_not_found',
    ])
  })

  test.each([
    [{ outcome: 'delivered', note: 'x' }, 'codes'],
    [{ outcome: 'failed' }, 'note'],
    [{ outcome: 'perhaps', note: 'x' }, 'outcome'],
    [{ outcome: 'delivered', codes: [{ code: 'A' }, { code: 'B' }], note: 'x' }, 'goods'],
  ])('%j is refused by %s', async (body, field) => {
    const { orderId } = await parked()
    const answer = await maker.call('POST', `/operator/fulfilments/${orderId}/1/proposal`, body)
    expect(problemOf(answer)).toEqual([422, 'validation_failed'])
    expect(String(inAnswer(answer, 'errors.0.field'))).toContain(field)
  })
})

describe('a break', () => {
  async function breakOf(): Promise<{ readonly id: string; readonly orderId: OrderId }> {
    const goods = [{ kind: 'code', code: `GOOD-${newId()}` }] as const
    const { orderId, supplierId } = await order({ state: 'delivered', goods }, 'completed')
    await recordBreak(world.database, {
      kind: 'reversal',
      supplierId,
      partnerId: partner.partnerId,
      orderId,
      item: 1,
      reference: orderId,
      amount: 8n * unit,
      currency: undefined,
      detail: 'taken back',
    })
    const list = await support.call('GET', '/operator/breaks?limit=100')
    const rows = inAnswer(list, 'data')
    const found = Array.isArray(rows) ? rows.find(({ reference }) => reference === orderId) : undefined
    return { id: String(found?.id), orderId }
  }

  test('is settled by another person than who proposed it, and the partner has its money back', async () => {
    const { id, orderId } = await breakOf()
    const before = await balance()
    const path = `/operator/breaks/${id}/proposal`
    const proposed = await maker.call('POST', path, {
      resolution: 'refund_and_credit',
      note: 'they took it back',
    })
    const proposal = proposalOf(proposed.json)
    const settle = (person: Person) => person.call('POST', `/operator/break-proposals/${proposal}/settle`)
    expect(problemOf(await settle(maker))).toEqual([403, 'second_person_required'])
    expect((await settle(checker)).json).toMatchObject({ state: 'settled', resolution: 'refund_and_credit' })
    expect(await balance()).toBe(before + 11n * unit)
    expect(await far.look(orderId)).toMatchObject({ status: 'failed' })
    const list = await support.call('GET', '/operator/breaks?limit=100')
    expect(JSON.stringify(list.json)).not.toContain(id)
  })

  test('takes no resolution that does not fit it, and no proposal of nobody', async () => {
    const { id } = await breakOf()
    const path = `/operator/breaks/${id}/proposal`
    for (const body of [
      { resolution: 'write_off', note: 'x' },
      { resolution: 'refund_partner', note: ' ' },
      { resolution: 'refund_partner', amount: '-1', note: 'x' },
      { resolution: 'give_it_to_me', note: 'x' },
      {},
    ])
      expect(problemOf(await maker.call('POST', path, body))).toEqual([422, 'validation_failed'])
    const body = { resolution: 'no_action', note: 'x' }
    expect(problemOf(await maker.call('POST', `/operator/breaks/${newId()}/proposal`, body))).toEqual([
      404,
      'break_not_found',
    ])
    expect(problemOf(await checker.call('POST', `/operator/break-proposals/${newId()}/settle`))).toEqual([
      404,
      'proposal_not_found',
    ])
  })
})

test('a redemption is found by its receipt, and taken back by two persons', async () => {
  const vouchers = await createVoucherWorld(app.services.database, app.services.keyRing)
  const { tills } = await vouchers.merchant()
  const issuer = await vouchers.company(1_000n)
  const phone = '+254712077001'
  await vouchers.voucher(issuer, 100n, { phone })
  const { database, keyRing } = app.services
  const { redemption } = await redeemAtTill(
    { database, keyRing, renderer: openRenderer() },
    {
      partnerId: issuer.partnerId,
      issuerId: issuer.partnerId,
      mode: 'api',
      transactionId: newId(),
      phone,
      name: 'Jane Doe',
      amount: 60n * shilling,
      currency: kes,
      tillNumber: tills[0] ?? '',
      remarks: '',
      requestKey: 'once',
      actor: 'test',
    },
  )
  const path = `/operator/redemptions/${redemption.receipt.toLowerCase()}`
  expect((await support.call('GET', path)).json).toMatchObject({
    receipt: redemption.receipt,
    amount: '60',
    proposal_id: null,
  })
  const proposal = proposalOf((await maker.call('POST', `${path}/reversal`, { note: 'wrong till' })).json)
  expect((await support.call('GET', '/operator/reversals')).json).toMatchObject({
    data: [{ receipt: redemption.receipt, note: 'wrong till', proposed_by: `user:${maker.user.id}` }],
  })
  const approve = (person: Person) => person.call('POST', `/operator/reversal-proposals/${proposal}/approve`)
  expect(problemOf(await approve(maker))).toEqual([403, 'second_person_required'])
  expect(inAnswer(await approve(checker), 'reversed_at')).toEqual(expect.any(String))
  expect((await support.call('GET', '/operator/reversals')).json).toMatchObject({ data: [] })
  expect(problemOf(await maker.call('POST', `${path}/reversal`, { note: 'again' }))).toEqual([
    409,
    'redemption_reversed',
  ])
  expect(problemOf(await support.call('GET', '/operator/redemptions/NOTHING1'))).toEqual([
    404,
    'redemption_not_found',
  ])
  expect(problemOf(await maker.call('POST', `${path}/reversal`, {}))).toEqual([422, 'validation_failed'])
})

test('a buyer has money back once two persons say so', async () => {
  const { database, keyRing } = app.services
  const shops = await createCheckoutWorld(database, new Map(), keyRing)
  const deciding = shops.start()
  const seller = await shops.seller()
  const { id } = await shops.order(seller)
  await shops.agree(id, onCredit())
  await expect.poll(async () => (await shops.find(id)).status, { timeout: 15_000 }).toBe('successful')
  await deciding.stop()
  const path = `/operator/checkouts/${id}/refund`
  const proposal = proposalOf((await maker.call('POST', path, { amount: '10', note: 'scratched' })).json)
  expect((await support.call('GET', '/operator/refunds')).json).toMatchObject({
    data: [{ id: proposal, checkout_id: id, amount: '10', note: 'scratched' }],
  })
  const settle = (person: Person) => person.call('POST', `/operator/refunds/${proposal}/settle`)
  expect(problemOf(await settle(maker))).toEqual([403, 'second_person_required'])
  expect((await settle(checker)).status).toBe(204)
  expect((await settle(checker)).status).toBe(204)
  expect((await shops.find(id)).refunded).toBe(10n * unit)
  expect((await support.call('GET', '/operator/refunds')).json).toMatchObject({ data: [] })
  for (const body of [{ amount: '1000000', note: 'x' }, { amount: '0', note: 'x' }, {}])
    expect(problemOf(await maker.call('POST', path, body))).toEqual([422, 'validation_failed'])
  const nobody = await maker.call('POST', `/operator/checkouts/${newId()}/refund`, { note: 'x' })
  expect(problemOf(nobody)).toEqual([404, 'order_not_found'])
  expect(problemOf(await checker.call('POST', `/operator/refunds/${newId()}/settle`))).toEqual([
    404,
    'proposal_not_found',
  ])
})

test('the books are exact after all of it', async () => {
  expect(await checkLedger(app.services.database)).toMatchObject({ ok: true })
})
