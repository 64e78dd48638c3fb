import { beforeAll, describe, expect, test } from 'vitest'
import { at, createGiftapiWorld } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../../test/giftapi-world.ts'

let world: GiftapiWorld
let partner: GiftapiClient

beforeAll(async () => {
  world = await createGiftapiWorld()
  partner = await world.partner()
  await world.stock('APPLE-2', 20)
  for (const externalId of ['others-1', 'others-2']) await partner.order(externalId, world.sku('APPLE-2'))
})

describe('the list of orders', () => {
  let buyer: GiftapiClient

  beforeAll(async () => {
    buyer = await world.partner()
    for (let place = 1; place <= 5; place += 1) await buyer.order(`list-${place}`, world.sku('APPLE-2'))
  })

  test('has the newest first, page by page and back', async () => {
    const first = await buyer.get('/orders?per_page=2')
    const second = await buyer.get(`/orders?per_page=2&cursor=${String(at(first, 'meta.next_cursor'))}`)
    const third = await buyer.get(`/orders?per_page=2&cursor=${String(at(second, 'meta.next_cursor'))}`)
    expect([first, second, third].map(externalIds)).toEqual([
      ['list-5', 'list-4'],
      ['list-3', 'list-2'],
      ['list-1'],
    ])
    expect(at(first, 'meta')).toEqual({ next_cursor: expect.any(String), prev_cursor: null, per_page: 2 })
    expect(at(third, 'meta.next_cursor')).toBeNull()
    expect(
      externalIds(await buyer.get(`/orders?per_page=2&cursor=${String(at(third, 'meta.prev_cursor'))}`)),
    ).toEqual(['list-3', 'list-2'])
    expect(at(await buyer.get('/orders'), 'meta')).toEqual({
      next_cursor: null,
      prev_cursor: null,
      per_page: 50,
    })
  })

  test('is filtered by status and external id', async () => {
    expect(externalIds(await buyer.get('/orders?external_id=list-3'))).toEqual(['list-3'])
    expect(externalIds(await buyer.get('/orders?external_id=list'))).toEqual([])
    expect(externalIds(await buyer.get('/orders?status=completed'))).toHaveLength(5)
    expect(externalIds(await buyer.get('/orders?status=failed'))).toEqual([])
    expect(externalIds(await buyer.get('/orders?status=&external_id='))).toHaveLength(5)
  })

  test('is filtered by time, both ends included', async () => {
    const at5 = String(at(await buyer.get('/orders?external_id=list-5'), 'data.0.created_at'))
    const day = at5.slice(0, 10)
    const [before, after] = [-1, 1].map((seconds) => new Date(Date.parse(at5) + seconds * 1000).toISOString())
    expect(externalIds(await buyer.get(`/orders?date_from=${at5}&date_to=${at5}`))).toContain('list-5')
    expect(
      externalIds(
        await buyer.get(`/orders?date_from=${encodeURIComponent(at5)}&date_to=${encodeURIComponent(at5)}`),
      ),
    ).toContain('list-5')
    expect(externalIds(await buyer.get(`/orders?date_to=${before}`))).not.toContain('list-5')
    expect(externalIds(await buyer.get(`/orders?date_from=${after}`))).toEqual([])
    expect(externalIds(await buyer.get(`/orders?date_from=${day}&date_to=${day}`))).toContain('list-5')
    expect(externalIds(await buyer.get('/orders?date_to=2020-01-01'))).toEqual([])
  })

  test.each([
    'status=paid',
    'date_from=yesterday',
    'date_to=2025-02-30',
    'per_page=101',
    `external_id=${'x'.repeat(65)}`,
    'cursor=x',
  ])('refuses %s', async (query) => {
    const answer = await buyer.get(`/orders?${query}`)
    expect([answer.status, at(answer, 'error')]).toEqual([422, 'validation_failed'])
    expect(Object.keys(at(answer, 'errors') ?? {})).toEqual([query.split('=')[0]])
  })

  test('refuses a cursor of other filters, of another partner, and of another list', async () => {
    const own = String(at(await buyer.get('/orders?per_page=1'), 'meta.next_cursor'))
    const others = String(at(await partner.get('/orders?per_page=1'), 'meta.next_cursor'))
    const history = String(at(await buyer.get('/balance/history?per_page=1'), 'meta.next_cursor'))
    for (const query of [`status=completed&cursor=${own}`, `cursor=${others}`, `cursor=${history}`]) {
      expect((await buyer.get(`/orders?${query}`)).status).toBe(422)
    }
  })
})

describe('another partner’s order', () => {
  test('answers exactly as one that does not exist, and as an id that is none', async () => {
    const bought = await partner.order('private', world.sku('APPLE-2'))
    const stranger = await world.partner()
    const id = String(at(bought, 'data.id'))
    const [foreign, unknown, none] = await Promise.all(
      [id, '019bc0dd-8562-7173-afd9-a5cc534fafb7', 'private'].map((uuid) => stranger.get(`/orders/${uuid}`)),
    )
    expect([foreign?.status, foreign?.text]).toEqual([
      404,
      '{"success":false,"message":"The order does not exist.","error":"order_not_found"}',
    ])
    for (const other of [unknown, none])
      expect([other?.status, other?.text]).toEqual([foreign?.status, foreign?.text])
    expect(headersOf(unknown)).toEqual(headersOf(foreign))
    expect(externalIds(await stranger.get('/orders?external_id=private'))).toEqual([])
    expect((await partner.get(`/orders/${id.toUpperCase()}`)).status).toBe(200)
  })
})

function externalIds(answer: Answer): unknown[] {
  const data = at(answer, 'data')
  return Array.isArray(data) ? data.map((order: { external_id: unknown }) => order.external_id) : ['no list']
}

/** All but what every answer has of its own. */
function headersOf(answer: Answer | undefined): Record<string, string> {
  return Object.fromEntries(
    [...(answer?.headers ?? [])].filter(([name]) => name !== 'x-request-id' && name !== 'date'),
  )
}
