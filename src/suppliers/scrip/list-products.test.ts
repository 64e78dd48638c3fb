import { expect, test } from 'vitest'
import { currency } from '../../../test/world.ts'
import type { ScripClient } from './client.ts'
import { openProductList } from './list-products.ts'

const terms = { timeoutMs: 1_000, mayStillSend: () => true }

test('every page has its names, which are fetched once a list', async () => {
  const asked: string[] = []
  const row = (sku: string) => ({
    sku_id: sku,
    denomination_type: 'fixed',
    price: 1,
    currency: 'USD',
    stock: 1,
  })
  const pages: Readonly<Record<string, object>> = {
    '/catalog/products?include_skus=true&per_page=100': page([{ skus: [{ id: 'a', name: 'A' }] }], 'p&2'),
    '/catalog/products?include_skus=true&per_page=100&cursor=p%262': page([
      { skus: [{ id: 'b', name: 'B' }] },
    ]),
    '/catalog/pricelist?per_page=100': page([row('a')], 'next'),
    '/catalog/pricelist?per_page=100&cursor=next': page([row('b'), row('c')]),
  }
  const client: Pick<ScripClient, 'get'> = {
    get: async (path) => {
      asked.push(path)
      return { status: 200, headers: {}, body: pages[path] }
    },
  }
  const list = openProductList(client, currency('USD'))
  const first = await list(undefined, terms)
  expect([first.products.map(({ name }) => name), first.nextCursor]).toEqual([['A'], 'next'])
  const second = await list(first.nextCursor, terms)
  // What has a price and no name is told by its id.
  expect([second.products.map(({ name }) => name), second.nextCursor]).toEqual([['B', 'c'], undefined])
  expect(asked).toEqual(Object.keys(pages))
  await list(undefined, terms)
  expect(asked).toHaveLength(7)
})

function page(data: readonly object[], next: string | null = null): object {
  return { success: true, data, meta: { next_cursor: next, prev_cursor: null, per_page: 100 } }
}
