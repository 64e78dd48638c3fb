import type { CallTerms, Supplier } from '../../core/fulfilment/supplier.ts'
import type { Currency } from '../../values/money.ts'
import type { ScripClient } from './client.ts'
import { toProduct } from './mapping/catalogue.ts'
import { readReply } from './read-reply.ts'
import { wire } from './wire.ts'

type ListProducts = NonNullable<Supplier['listProducts']>

/** The price list, a page of theirs after the other. It has no names: these are fetched with its first page and kept to its last. */
export function openProductList(client: Pick<ScripClient, 'get'>, currency: Currency): ListProducts {
  let names: ReadonlyMap<string, string> | undefined
  return async (cursor, terms) => {
    const known = cursor === undefined ? undefined : names
    names = known ?? (await fetchNames(client, terms))
    const reply = await readReply(() => client.get(`/catalog/pricelist?${query(cursor)}`, terms), wire.prices)
    const found = names
    const products = reply.data.map((row) => toProduct(row, found.get(row.sku_id) ?? row.sku_id, currency))
    const nextCursor = reply.meta.next_cursor ?? undefined
    if (nextCursor === undefined) names = undefined
    return { products, nextCursor }
  }
}

/** Beyond this many pages nobody's catalogue goes on; a server that repeats itself does. */
const pagesMost = 1_000

async function fetchNames(
  client: Pick<ScripClient, 'get'>,
  terms: CallTerms,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  let cursor: string | undefined
  for (let page = 0; page < pagesMost; page += 1) {
    const path = `/catalog/products?include_skus=true&${query(cursor)}`
    const reply = await readReply(() => client.get(path, terms), wire.products)
    for (const { skus } of reply.data) for (const { id, name } of skus) names.set(id, name)
    cursor = reply.meta.next_cursor ?? undefined
    if (cursor === undefined) break
  }
  return names
}

function query(cursor: string | undefined): string {
  return `per_page=100${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
}
