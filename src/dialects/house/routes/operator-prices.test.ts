import { beforeAll, describe, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld, Merchant } from '../../../../test/iascroft-world.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { HouseAnswer, Person } from '../../../../test/people-world.ts'
import { sql } from '../../../platform/database.ts'
import { newId } from '../../../platform/ids.ts'

let world: IascroftWorld
let merchant: Merchant
let owner: Person
let keeper: Person
let auditor: Person

beforeAll(async () => {
  world = await createIascroftWorld()
  await world.stock('AMZ-US-10', 20)
  await world.app.services.catalogue.refresh()
  merchant = await world.merchant()
  owner = await makePerson(world.app, { partnerId: merchant.partnerId, role: 'owner' })
  keeper = await makePerson(world.app, { role: 'catalogue' })
  auditor = await makePerson(world.app, { role: 'auditor' })
})

async function skuIds(): Promise<{ id: string; productId: string }> {
  const answer = await keeper.call('GET', '/operator/skus?q=AMZ-US-10')
  return {
    id: String(inAnswer(answer, 'data.0.id')),
    productId: String(inAnswer(answer, 'data.0.product_id')),
  }
}

/** What the partner is asked for a card of ten dollars, once every process knows of what was changed. */
async function priceOf(): Promise<unknown> {
  await world.app.services.catalogue.refresh()
  const { id } = await skuIds()
  return inAnswer(await owner.call('GET', `/quotes?sku_id=${id}&wallet=USD-1`), 'unit_price.amount')
}

async function audited(action: string): Promise<unknown[]> {
  return world.app.services.database.query(
    sql`select actor from audit_log where action = ${action} order by id desc`,
  )
}

const good = (answer: HouseAnswer) => expect([answer.status, answer.json]).toEqual([204, undefined])
const rule = { scope: 'sku', code: 'AMZ-US-10' }

describe('price rules', () => {
  test('change what a partner pays, the partner’s own before everyone’s, until they end', async () => {
    expect(await priceOf()).toBe('10')
    good(await keeper.call('POST', '/operator/price-rules', { scope: 'all', markup_percent: '50' }))
    expect(await priceOf()).toBe('15')
    const own = { ...rule, partner_id: merchant.partnerId }
    good(await keeper.call('POST', '/operator/price-rules', { ...own, markup_percent: '-2.5' }))
    expect(await priceOf()).toBe('9.75')
    good(await keeper.call('POST', '/operator/price-rules', { ...own, fixed_price: '9.5', currency: 'USD' }))
    expect(await priceOf()).toBe('9.5')
    const owns = await keeper.call('GET', `/operator/price-rules?partner_id=${merchant.partnerId}`)
    expect(owns.json).toMatchObject({
      data: [
        { ...own, fixed_price: '9.5', currency: 'USD', partner: expect.any(String) },
        { ...own, markup_percent: '-2.5', markup_fixed: '0', fixed_price: null },
      ],
    })
    expect(inAnswer(await auditor.call('GET', '/operator/price-rules'), 'data.length')).toBe(3)
    for (const place of [0, 1, 0]) {
      const id = String(inAnswer(owns, `data.${place}.id`))
      good(await keeper.call('DELETE', `/operator/price-rules/${id}`))
    }
    expect(await priceOf()).toBe('15')
    const last = await keeper.call('GET', '/operator/price-rules')
    good(await keeper.call('DELETE', `/operator/price-rules/${String(inAnswer(last, 'data.0.id'))}`))
    expect(await priceOf()).toBe('10')
    expect(await audited('price_rule.set')).toEqual(
      Array.from({ length: 3 }, () => ({ actor: `user:${keeper.user.id}` })),
    )
    expect(await audited('price_rule.ended')).toHaveLength(3)
  })

  test.each([
    [{ scope: 'sku', markup_percent: '1' }, 'code'],
    [{ ...rule, fixed_price: '9' }, 'currency'],
    [rule, 'markup_percent'],
    [{ ...rule, markup_percent: '-100' }, 'markupPercent'],
    [{ ...rule, markup_percent: '1', fixed_price: '9', currency: 'USD' }, 'fixedPrice'],
    [{ scope: 'brand', code: 'amazon', fixed_price: '9', currency: 'USD' }, 'fixedPrice'],
    [{ scope: 'brand', code: 'nobody', markup_percent: '1' }, 'scope'],
  ])('%j is refused by %s, and no price changes', async (body, field) => {
    const answer = await keeper.call('POST', '/operator/price-rules', body)
    expect(problemOf(answer)).toEqual([422, 'validation_failed'])
    expect(inAnswer(answer, 'errors.0.field')).toBe(field)
    expect(await priceOf()).toBe('10')
  })

  test('for what is not there are not found', async () => {
    const sku = { scope: 'sku', code: 'NOTHING', markup_percent: '1' }
    expect(problemOf(await keeper.call('POST', '/operator/price-rules', sku))).toEqual([404, 'sku_not_found'])
    const partner = { ...rule, markup_percent: '1', partner_id: newId() }
    expect(problemOf(await keeper.call('POST', '/operator/price-rules', partner))).toEqual([
      404,
      'partner_not_found',
    ])
  })
})

describe('a SKU and its product', () => {
  test('are found, renamed, and taken out of what is sold', async () => {
    const { id, productId } = await skuIds()
    const change = { name: 'Ten dollars', name_ru: 'Десять долларов', max_per_order: 3 }
    good(await keeper.call('PATCH', `/operator/skus/${id}`, change))
    good(await keeper.call('PATCH', `/operator/products/${productId}`, { name: 'Amazon card' }))
    await world.app.services.catalogue.refresh()
    expect((await keeper.call('GET', '/operator/skus?q=ten%20dollars')).json).toMatchObject({
      data: [{ id, ...change, product_name: 'Amazon card', product_name_ru: null, is_active: true }],
    })
    const shown = await owner.call('GET', `/products/${productId}`)
    expect(inAnswer(shown, 'name')).toBe('Amazon card')
    const many = await owner.call('POST', '/orders', { sku_id: id, wallet: 'USD-1', quantity: 4 })
    expect(problemOf(many)).toEqual([422, 'validation_failed'])

    good(await keeper.call('PATCH', `/operator/skus/${id}`, { is_active: false }))
    await world.app.services.catalogue.refresh()
    const gone = await owner.call('POST', '/orders', { sku_id: id, wallet: 'USD-1' })
    expect(problemOf(gone)).toEqual([404, 'sku_not_found'])
    expect(inAnswer(await keeper.call('GET', '/operator/skus?q=AMZ-US-10'), 'data.0.is_active')).toBe(false)
    good(await keeper.call('PATCH', `/operator/skus/${id}`, { is_active: true }))
    await world.app.services.catalogue.refresh()
    expect((await owner.call('POST', '/orders', { sku_id: id, wallet: 'USD-1' })).status).toBe(201)
    expect(await audited('sku.changed')).toHaveLength(3)
  })

  test('are listed page by page, and a search takes its signs literally', async () => {
    const first = await keeper.call('GET', '/operator/skus?limit=3')
    const next = await keeper.call(
      'GET',
      `/operator/skus?limit=3&cursor=${String(inAnswer(first, 'next_cursor'))}`,
    )
    const codes = [...codesOf(first), ...codesOf(next)]
    expect(codes).toHaveLength(6)
    expect(codes).toEqual(codes.toSorted())
    expect(codesOf(await keeper.call('GET', '/operator/skus?q=%25'))).toEqual([])
    expect(codesOf(await keeper.call('GET', '/operator/skus?q=AMZ_US_10'))).toEqual([])
  })

  test.each([
    ['skus', { max_per_order: 0 }, 422],
    ['skus', { max_per_order: 1_001 }, 422],
    ['skus', { name: '' }, 422],
    ['skus', { name: '   ' }, 422],
    ['skus', { name_ru: 'Имя' }, 422],
    ['products', { name: 'x'.repeat(201) }, 422],
  ])('%s refuse %j', async (kind, body, status) => {
    const { id, productId } = await skuIds()
    const path = `/operator/${kind}/${kind === 'skus' ? id : productId}`
    expect((await keeper.call('PATCH', path, body)).status).toBe(status)
  })

  test('that are not there are not found', async () => {
    const body = { is_active: true }
    expect(problemOf(await keeper.call('PATCH', `/operator/skus/${newId()}`, body))).toEqual([
      404,
      'sku_not_found',
    ])
    expect(problemOf(await keeper.call('PATCH', `/operator/products/${newId()}`, body))).toEqual([
      404,
      'product_not_found',
    ])
  })

  function codesOf(answer: HouseAnswer): string[] {
    const rows = inAnswer(answer, 'data')
    return Array.isArray(rows) ? rows.map(({ code }) => String(code)) : []
  }
})

test('a rate is put in force and stands in the list, and nothing else does', async () => {
  await world.app.services.database.query(
    sql`insert into fx_rates (base, quote, rate, source) values ('USD', 'KES', 125, 'before')`,
  )
  good(await keeper.call('POST', '/operator/rates', { base: 'USD', quote: 'KES', rate: '129.5' }))
  expect((await auditor.call('GET', '/operator/rates')).json).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ base: 'USD', quote: 'KES', rate: '129.5', source: 'console' }),
    ]),
  })
  good(await keeper.call('POST', '/operator/rates', { base: 'USD', quote: 'KES', rate: '129.5' }))
  expect(await audited('rate.stored')).toEqual([{ actor: `user:${keeper.user.id}` }])
  for (const body of [
    { base: 'USD', quote: 'USD', rate: '1' },
    { base: 'USD', quote: 'KES', rate: '0' },
    { base: 'USD', quote: 'KES', rate: '-1' },
    { base: 'USD', quote: 'XXQ', rate: '2' },
    { base: 'USD', quote: 'KES' },
  ])
    expect((await keeper.call('POST', '/operator/rates', body)).status).toBe(422)
})

test('a partner’s margin and discount are shown and set', async () => {
  const path = `/operator/partners/${merchant.partnerId}/terms`
  expect((await auditor.call('GET', path)).json).toEqual({ fx_margin: '0', discount: '0' })
  const terms = { fx_margin: '2', discount: '5.5' }
  expect((await keeper.call('PUT', path, terms)).json).toEqual(terms)
  expect((await auditor.call('GET', path)).json).toEqual(terms)
  for (const bad of [{ ...terms, discount: '100' }, { ...terms, discount: '-1' }, { fx_margin: '2' }])
    expect(problemOf(await keeper.call('PUT', path, bad))).toEqual([422, 'validation_failed'])
  const nobody = `/operator/partners/${newId()}/terms`
  expect(problemOf(await keeper.call('PUT', nobody, terms))).toEqual([404, 'partner_not_found'])
  expect(problemOf(await keeper.call('GET', nobody))).toEqual([404, 'partner_not_found'])
})

describe('what sells far beneath face value', () => {
  const proposals = '/operator/price-proposals'
  let second: Person
  beforeAll(async () => {
    second = await makePerson(world.app, { role: 'finance' })
  })

  test('does not hold before another person agrees, and is shown until then', async () => {
    const before = await priceOf()
    const asked = { ...rule, fixed_price: '0.000001', currency: 'USD', partner_id: merchant.partnerId }
    const waiting = await keeper.call('POST', '/operator/price-rules', asked)
    const id = String(inAnswer(waiting, 'proposal_id'))
    expect([waiting.status, waiting.json]).toEqual([
      202,
      { proposal_id: id, reason: 'It is 99.99999 % beneath face value.' },
    ])
    expect(await priceOf()).toBe(before)
    expect((await auditor.call('GET', proposals)).json).toMatchObject({
      data: [
        {
          id,
          partner_id: merchant.partnerId,
          kind: 'rule',
          subject: 'sku AMZ-US-10 in USD',
          change: 'fixed price 0.000001 USD',
          proposed_by: `user:${keeper.user.id}`,
        },
      ],
    })
    expect((await auditor.call('GET', '/operator/overview')).json).toMatchObject({ waiting: { prices: 1 } })
    const approve = `${proposals}/${id}/approve`
    expect(problemOf(await keeper.call('POST', approve))).toEqual([403, 'second_person_required'])
    expect(problemOf(await auditor.call('POST', approve))).toEqual([403, 'role_insufficient'])
    expect(await priceOf()).toBe(before)
    expect((await second.call('POST', approve)).json).toMatchObject({ id, state: 'approved' })
    expect(await priceOf()).toBe('0.000001')
    // The same once more is so already, and waits for nobody.
    good(await keeper.call('POST', '/operator/price-rules', asked))
    expect(problemOf(await second.call('POST', `${proposals}/${id}/reject`))).toEqual([
      409,
      'decided_otherwise',
    ])
  })

  test('is dropped by anybody who sets prices, also by who proposed it', async () => {
    const path = `/operator/partners/${merchant.partnerId}/terms`
    const before = (await auditor.call('GET', path)).json
    const waiting = await keeper.call('PUT', path, { fx_margin: '-5', discount: '8' })
    expect(waiting.status).toBe(202)
    const id = String(inAnswer(waiting, 'proposal_id'))
    expect((await keeper.call('POST', `${proposals}/${id}/reject`)).json).toMatchObject({ state: 'rejected' })
    expect(problemOf(await second.call('POST', `${proposals}/${id}/approve`))).toEqual([
      409,
      'decided_otherwise',
    ])
    expect((await auditor.call('GET', path)).json).toEqual(before)
  })

  test('a rate that jumps waits too', async () => {
    const body = { base: 'USD', quote: 'KES', rate: '0.0001' }
    const waiting = await keeper.call('POST', '/operator/rates', body)
    expect(waiting.status).toBe(202)
    const rates = await auditor.call('GET', '/operator/rates')
    expect(JSON.stringify(rates.json)).not.toContain('"0.0001"')
  })

  test.each(['approve', 'reject'])('there is nothing to %s by an id of nothing', async (word) => {
    const path = (id: string) => `${proposals}/${id}/${word}`
    expect(problemOf(await second.call('POST', path(newId())))).toEqual([404, 'proposal_not_found'])
    expect(problemOf(await second.call('POST', path('no-id')))).toEqual([422, 'validation_failed'])
    expect(problemOf(await second.call('GET', `${proposals}?cursor=none`))).toEqual([
      422,
      'validation_failed',
    ])
  })
})

test('a catalogue is stored out of a file, all of it or nothing, and who did so is written down', async () => {
  const store = (content: unknown): Promise<HouseAnswer> =>
    keeper.call('POST', '/operator/catalogue', {
      file_name: 'more.json',
      content: typeof content === 'string' ? content : JSON.stringify(content),
    })
  const product = {
    code: 'NEW-P',
    category: 'giftcards',
    brand: 'new',
    type: 'voucher',
    names: { en: 'New' },
  }
  const sku = { code: 'NEW-1', product: 'NEW-P', names: { en: 'One' }, currency: 'USD', faceValue: '1.50' }
  const whole = {
    categories: [{ code: 'giftcards', names: { en: 'Gift cards' } }],
    brands: [{ code: 'new', names: { en: 'New' } }],
    products: [product],
    skus: [sku],
  }
  const first = await store(whole)
  expect([first.status, inAnswer(first, 'created')]).toEqual([200, expect.any(Number)])
  expect((await keeper.call('GET', '/operator/skus?q=NEW-1')).json).toMatchObject({
    data: [{ code: 'NEW-1', denomination: '1.5', currency: 'USD' }],
  })
  expect((await store(whole)).json).toMatchObject({ created: 0, updated: 0 })
  expect(await audited('catalogue.stored')).toHaveLength(2)
  for (const bad of [
    'nonsense',
    '[]',
    { skus: [{ ...sku, code: 'NEW-2', faceValue: 'much' }] },
    {
      skus: [
        { ...sku, code: 'NEW-2' },
        { ...sku, code: 'NEW-3', product: 'NOTHING' },
      ],
    },
    { unknown: [] },
  ])
    expect((await store(bad)).status).toBe(422)
  expect(codesIn(await keeper.call('GET', '/operator/skus?q=NEW-'))).toEqual(['NEW-1'])

  function codesIn(answer: HouseAnswer): string[] {
    const rows = inAnswer(answer, 'data')
    return Array.isArray(rows) ? rows.map(({ code }) => String(code)) : []
  }
})
