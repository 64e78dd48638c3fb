import type { Supplier } from '../../core/fulfilment/supplier.ts'
import type { Currency } from '../../values/money.ts'
import type { VendifyClient } from './client.ts'
import { toProduct } from './mapping/products.ts'
import { readReply } from './read-reply.ts'
import { wire } from './wire.ts'

type ListProducts = NonNullable<Supplier['listProducts']>

/** A category is a page, and the cursor the code of the next one: whoever stops in between goes on where the list is then. */
export function openProductList(client: Pick<VendifyClient, 'get'>, currency: Currency): ListProducts {
  return async (cursor, terms) => {
    const { response: rows } = await readReply(
      () => client.get('/Product/Categories', terms),
      wire.categories,
    )
    const codes = rows.map(({ categoryCode }) => categoryCode)
    const place = cursor === undefined ? 0 : codes.indexOf(cursor)
    const code = codes[place]
    if (code === undefined) return { products: [], nextCursor: undefined }
    const path = `/Product/Category/${encodeURIComponent(code)}`
    const { response: products } = await readReply(() => client.get(path, terms), wire.products)
    // What comes twice in a list of categories would make a circle of it.
    const next = codes.slice(place + 1).find((one) => codes.indexOf(one) > place)
    return { products: products.flatMap((row) => toProduct(row, code, currency)), nextCursor: next }
  }
}
