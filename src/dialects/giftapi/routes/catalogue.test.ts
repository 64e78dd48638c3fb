import { beforeAll, describe, expect, test } from 'vitest'
import { at, createGiftapiWorld } from '../../../../test/giftapi-world.ts'
import type { Answer, GiftapiClient, GiftapiWorld } from '../../../../test/giftapi-world.ts'

let world: GiftapiWorld
let partner: GiftapiClient

beforeAll(async () => {
  world = await createGiftapiWorld()
  partner = await world.partner()
  await world.stock('APPLE-2', 3)
})

describe('products', () => {
  test('come without prices, and with their SKUs only if asked', async () => {
    const bare = await partner.get('/catalog/products')
    expect(names(bare)).toEqual(['Apple gift card | USA', 'OPEN', 'KENYA', 'GAME', 'TOPUP', 'EXACT'])
    expect(bare.text).not.toMatch(/"skus"|"price"/)
    for (const flag of ['true', '1']) {
      const answer = await partner.get(`/catalog/products?include_skus=${flag}`)
      expect(at(answer, 'data.0.skus')).toEqual([
        {
          id: world.sku('APPLE-2'),
          name: '$2 Apple Gift Card',
          image: '',
          attributes: { denomination: '2', denomination_currency: 'USD' },
        },
        {
          id: world.sku('APPLE-3'),
          name: '$3 Apple Gift Card',
          image: '',
          attributes: { denomination: '3', denomination_currency: 'USD' },
        },
      ])
      expect(answer.text).not.toContain('"price"')
    }
    expect((await partner.get('/catalog/products?include_skus=false')).text).toBe(bare.text)
  })

  test('are filtered by type and by category, which includes those below it', async () => {
    const { data } = (await partner.get('/catalog/categories')).json as {
      data: { id: number; name: string }[]
    } // As the next test shows.
    const id = (name: string): number | undefined => data.find((category) => category.name === name)?.id
    expect(names(await partner.get(`/catalog/products?category_id=${id('Gift cards')}`))).toEqual([
      'Apple gift card | USA',
      'OPEN',
      'KENYA',
      'GAME',
      'EXACT',
    ])
    expect(names(await partner.get(`/catalog/products?category_id=${id('Games')}`))).toEqual(['GAME'])
    expect(names(await partner.get('/catalog/products?type=recharge_fixed'))).toEqual(['TOPUP'])
    expect(names(await partner.get('/catalog/products?type=esim'))).toEqual([])
    expect(names(await partner.get('/catalog/products?category_id=999999'))).toEqual([])
  })

  test('say what an order must hold', async () => {
    const answer = await partner.get('/catalog/products')
    expect(at(answer, 'data.0.fields')).toEqual([])
    expect(at(answer, 'data.1')).toMatchObject({
      denomination_type: 'custom',
      fields: [
        {
          code: 'amount',
          name: 'Amount',
          type: 'number',
          required: true,
          min: 5,
          max: 1_000_000_000_000,
          pattern: null,
        },
      ],
    })
    expect(at(answer, 'data.4.fields')).toEqual([
      {
        code: 'phone',
        name: 'Phone number',
        type: 'phone',
        required: true,
        min: null,
        max: null,
        pattern: '\\+?254\\d{9}',
      },
    ])
  })

  test('are walked page by page and back again', async () => {
    const pages: Answer[] = [await partner.get('/catalog/products?per_page=4')]
    pages.push(await partner.get(`/catalog/products?per_page=4&cursor=${cursor(pages[0], 'next')}`))
    expect(pages.flatMap(names)).toEqual(['Apple gift card | USA', 'OPEN', 'KENYA', 'GAME', 'TOPUP', 'EXACT'])
    expect(pages[0]?.json).toMatchObject({ meta: { prev_cursor: null, per_page: 4 } })
    expect(pages[1]?.json).toMatchObject({ meta: { next_cursor: null, per_page: 4 } })
    const back = await partner.get(`/catalog/products?per_page=4&cursor=${cursor(pages[1], 'prev')}`)
    expect(names(back)).toEqual(names(pages[0]))
    // The page size and the locale are not the cursor's business.
    const other = await partner.get(
      `/catalog/products?per_page=1&locale=ru&cursor=${cursor(pages[0], 'next')}`,
    )
    expect(names(other)).toEqual(['TOPUP'])
  })
})

describe('the locale', () => {
  test('is the one asked for, else the partner’s, and English stands in for what is missing', async () => {
    const russian = await world.partner({ locale: 'ru' })
    const path = `/catalog/products/${world.product('APPLE')}`
    for (const answer of [await partner.get(`${path}?locale=ru`), await russian.get(path)]) {
      expect(answer.json).toMatchObject({
        data: {
          name: 'Подарочная карта Apple | США',
          category: { name: 'Подарочные карты' },
          description: expect.stringContaining('With the credit'),
          skus: [{ name: 'Карта Apple на $2' }, { name: '$3 Apple Gift Card' }],
        },
      })
    }
    expect((await russian.get(`${path}?locale=en`)).json).toMatchObject({
      data: { name: 'Apple gift card | USA' },
    })
    expect(at(await russian.get('/catalog/products'), 'data.0.name')).toBe('Подарочная карта Apple | США')
    expect(at(await russian.get('/catalog/categories'), 'data.0.attributes.0.name')).toBe('Приём')
  })
})

describe('prices', () => {
  test('of the product are this partner’s, with stock and the most per order', async () => {
    expect((await partner.get(`/catalog/products/${world.product('APPLE')}`)).json).toMatchObject({
      data: {
        skus: [
          { id: world.sku('APPLE-2'), price: 2.2, currency: 'USD', stock: 3, max_per_order: 10 },
          { id: world.sku('APPLE-3'), price: 3.3, currency: 'USD', stock: 0, max_per_order: 10 },
        ],
      },
    })
  })

  test('of a custom denomination are told by their figures, in the currency of the SKU', async () => {
    const row = {
      sku_id: world.sku('OPEN-AED'),
      denomination_type: 'custom',
      currency: 'AED',
      stock: 0,
      max_per_order: 99,
      markup_percent: -2,
      markup_fixed: 0,
      rate: 0.272,
    }
    expect(
      rows(await partner.get('/catalog/pricelist')).find(({ sku_id: id }) => id === world.sku('OPEN-AED')),
    ).toEqual(row)
    const product = await partner.get(`/catalog/products/${world.product('OPEN')}`)
    expect(at(product, 'data.skus.0')).toMatchObject({
      currency: 'AED',
      rate: 0.272,
      min_amount: 5,
      max_amount: 1_000_000_000_000,
    })
    expect(at(product, 'data.skus.0')).not.toHaveProperty('price')
  })

  test('are written with exactly their digits', async () => {
    const { text } = await partner.get('/catalog/pricelist')
    expect(text).toContain(
      `{"sku_id":"${world.sku('TENTH')}","denomination_type":"fixed","price":0.3,"currency":"USD",`,
    )
    expect(text).toContain('"price":123456790123.456779,')
    expect(text).toContain('"rate":0.272')
  })

  test('that cannot be made leave the SKU out', async () => {
    const listed = rows(await partner.get('/catalog/pricelist')).map(({ sku_id: id }) => id)
    expect(listed).not.toContain(world.sku('KENYA-100'))
    expect(listed).toHaveLength(7)
    expect(at(await partner.get(`/catalog/products/${world.product('KENYA')}`), 'data.skus')).toEqual([])
    const kenyan = await world.partner({ currency: 'KES' })
    expect(rows(await kenyan.get('/catalog/pricelist'))).toMatchObject([
      { sku_id: world.sku('KENYA-100'), price: 110, currency: 'KES' },
    ])
  })

  test('are listed page by page, over what is left out', async () => {
    const all = rows(await partner.get('/catalog/pricelist'))
    const seen: unknown[] = []
    let page = await partner.get('/catalog/pricelist?per_page=1')
    for (;;) {
      seen.push(...rows(page))
      const next = at(page, 'meta.next_cursor')
      if (typeof next !== 'string') break
      page = await partner.get(`/catalog/pricelist?per_page=1&cursor=${next}`)
    }
    expect(seen).toEqual(all)
    const back = await partner.get(`/catalog/pricelist?per_page=200&cursor=${cursor(page, 'prev')}`)
    expect(rows(back)).toEqual(all.slice(0, -1))
  })

  test('show at most 9,999 in stock', async () => {
    await world.stock(
      'GAME-10',
      Array.from({ length: 5_000 }, (_, place) => ({ code: `A-${place}` })),
    )
    await world.stock(
      'GAME-10',
      Array.from({ length: 5_000 }, (_, place) => ({ code: `B-${place}` })),
    )
    expect(
      rows(await partner.get('/catalog/pricelist')).find(({ sku_id: id }) => id === world.sku('GAME-10')),
    ).toMatchObject({ stock: 9_999 })
  })
})

test('categories have their parents and their attributes, of one target if asked', async () => {
  const all = await partner.get('/catalog/categories')
  const id = at(all, 'data.0.id')
  expect(at(all, 'data.0')).toEqual({
    id: expect.any(Number),
    name: 'Gift cards',
    parent_id: null,
    attributes: [
      { code: 'digital_acceptance', name: 'Acceptance', type: 'text', target: 'product' },
      { code: 'denomination', name: 'Denomination', type: 'text', target: 'sku' },
    ],
  })
  expect((await partner.get('/catalog/categories')).json).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ name: 'Games', parent_id: id })]),
  })
  expect(at(await partner.get('/catalog/categories?target=sku'), 'data.0.attributes')).toMatchObject([
    { code: 'denomination' },
  ])
})

describe('what was read before', () => {
  const paths = ['/catalog/products', '/catalog/pricelist', '/catalog/categories'] as const

  test.each(paths)('%s answers 304 without a body, as long as it is the same', async (path) => {
    const first = await partner.get(path)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await partner.get(path, { 'If-None-Match': header })
      expect([header, again.status, again.text, again.headers.get('etag')]).toEqual([header, 304, '', etag])
    }
    const changed = await partner.get(path, { 'If-None-Match': '"other"' })
    expect([changed.status, changed.text]).toEqual([200, first.text])
  })

  test('is another page for another partner’s prices, and the same for the same', async () => {
    const kenyan = await world.partner({ currency: 'KES' })
    const tagOf = async (who: GiftapiClient, path: string): Promise<string | null> =>
      (await who.get(path)).headers.get('etag')
    expect(await tagOf(kenyan, '/catalog/pricelist')).not.toBe(await tagOf(partner, '/catalog/pricelist'))
    expect(await tagOf(kenyan, '/catalog/products')).toBe(await tagOf(partner, '/catalog/products'))
  })

  test('is answered anew when stock or catalogue have changed', async () => {
    const product = `/catalog/products/${world.product('APPLE')}`
    const before = await partner.get(product)
    await world.stock('APPLE-3', 5)
    const stocked = await partner.get(product, { 'If-None-Match': before.headers.get('etag') ?? '' })
    expect(stocked.status).toBe(200)
    expect(at(stocked, 'data.skus.1.stock')).toBe(5)
    await world.store({
      products: [{ code: 'NEW', category: 'games', brand: 'plain', type: 'voucher', names: { en: 'New' } }],
      skus: [
        {
          code: 'NEW-1',
          product: 'NEW',
          names: { en: 'New' },
          currency: 'USD',
          denomination: { kind: 'fixed', value: 1_000_000n },
        },
      ],
    })
    expect(names(await partner.get('/catalog/products'))).toContain('New')
  })
})

describe('a refusal', () => {
  test.each([
    ['/catalog/products?locale=de', 'locale'],
    ['/catalog/products?type=gift', 'type'],
    ['/catalog/products?per_page=201', 'per_page'],
    ['/catalog/products?per_page=0', 'per_page'],
    ['/catalog/products?category_id=cards', 'category_id'],
    ['/catalog/products?category_id=-1', 'category_id'],
    ['/catalog/products?category_id=99999999999', 'category_id'],
    ['/catalog/products?include_skus=maybe', 'include_skus'],
    ['/catalog/products?cursor=abc', 'cursor'],
    ['/catalog/pricelist?type=recharge', 'type'],
    ['/catalog/pricelist?per_page=1000', 'per_page'],
    ['/catalog/pricelist?locale=', undefined],
    ['/catalog/pricelist?locale=fr', 'locale'],
    ['/catalog/categories?target=order', 'target'],
  ])('%s names %s', async (path, field) => {
    const answer = await partner.get(path)
    expect(answer.status).toBe(field === undefined ? 200 : 422)
    if (field !== undefined)
      expect(answer.json).toMatchObject({
        success: false,
        error: 'validation_failed',
        errors: { [field]: [expect.any(String)] },
      })
  })

  test('meets a cursor of another list, and of other filters', async () => {
    const products = cursor(await partner.get('/catalog/products?per_page=1'), 'next')
    const vouchers = cursor(await partner.get('/catalog/products?per_page=1&type=voucher'), 'next')
    const prices = cursor(await partner.get('/catalog/pricelist?per_page=1'), 'next')
    const forged = Buffer.from(
      JSON.stringify([
        ...(JSON.parse(Buffer.from(products, 'base64url').toString()) as string[]).slice(0, 2),
        '1; drop',
      ]),
    )
    for (const path of [
      `/catalog/pricelist?cursor=${products}`,
      `/catalog/products?cursor=${prices}`,
      `/catalog/products?cursor=${vouchers}`,
      `/catalog/products?type=voucher&cursor=${products}`,
      `/catalog/products?cursor=${products.slice(0, -2)}`,
      `/catalog/products?cursor=${forged.toString('base64url')}`,
    ]) {
      const answer = await partner.get(path)
      expect([path, answer.status]).toEqual([path, 422])
      expect(Object.keys(at(answer, 'errors') ?? {})).toEqual(['cursor'])
    }
  })

  test('meets a product that is unknown, and one that is no UUID', async () => {
    for (const uuid of ['019bc0dd-8423-739c-a557-5387d900152b', 'apple', '%27', '1']) {
      const answer = await partner.get(`/catalog/products/${uuid}`)
      expect([answer.status, at(answer, 'error'), at(answer, 'errors')]).toEqual([
        404,
        'product_not_found',
        undefined,
      ])
    }
  })
})

type PriceRow = Record<string, unknown>

function rows(answer: Answer | undefined): PriceRow[] {
  const data = answer === undefined ? undefined : at(answer, 'data')
  return Array.isArray(data) ? (data as PriceRow[]) : [] // The rows of a list are objects.
}

function names(answer: Answer | undefined): unknown[] {
  return rows(answer).map(({ name }) => name)
}

function cursor(answer: Answer | undefined, side: 'next' | 'prev'): string {
  return answer === undefined ? '' : String(at(answer, `meta.${side}_cursor`))
}
