import { parseDecimal } from '../../values/decimal.ts'
import type { SkuId } from '../../values/ids.ts'
import { rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { SupplierProduct } from './supplier.ts'

/** What a look at a supplier's list can find changed. */
export const changeKinds = [
  'price_changed',
  'price_unclear',
  'appeared',
  'vanished',
  'stock_out',
  'stock_in',
] as const

export type ChangeKind = (typeof changeKinds)[number]

/** Something that changed in a supplier's list. */
export type ListChange = {
  readonly kind: ChangeKind
  readonly productCode: string
  /** Undefined: we do not sell it. */
  readonly skuId: SkuId | undefined
  readonly detail: string
  /** Micro-units of the supplier's currency. */
  readonly oldCost: Micros | undefined
  readonly newCost: Micros | undefined
  /** Of one unit of face value, exact decimals. */
  readonly oldRate: string | undefined
  readonly newRate: string | undefined
}

/** How a supplier stands in the chain of a SKU, by our books. */
export type ListedTerms = {
  readonly skuId: SkuId
  readonly productCode: string
  readonly cost: Micros | null
  readonly costRate: string | null
  readonly inStock: boolean
}

/** What the books should say by the supplier's list, and what changes by it. */
export type Comparison = {
  readonly cost: Micros | null
  readonly costRate: string | null
  readonly inStock: boolean
  readonly changes: readonly ListChange[]
}

/** What a supplier's list would say of a product that it does not name, where the supplier sells more than it lists: there is some, and no price. */
export function unlisted(productCode: string, currency: Currency): SupplierProduct {
  const unknown = { cost: undefined, costRate: undefined, stock: undefined }
  return { productCode, name: productCode, currency, ...unknown }
}

/**
 * Compares how a supplier stands in a chain with what its list says of the product. A price in another currency, or by another measure
 * than agreed, changes nothing: what it would cost nobody can tell.
 *
 * @param product undefined: the list does not have it any more
 * @param currency what the supplier bills in
 */
export function compareTerms(
  terms: ListedTerms,
  product: SupplierProduct | undefined,
  currency: Currency,
): Comparison {
  const { cost, costRate, inStock } = terms
  const none = { oldCost: undefined, newCost: undefined, oldRate: undefined, newRate: undefined, detail: '' }
  const change = (kind: ChangeKind, more: Partial<ListChange> = {}): ListChange => {
    return { ...none, kind, productCode: terms.productCode, skuId: terms.skuId, ...more }
  }
  if (product === undefined)
    return { cost, costRate, inStock: false, changes: inStock ? [change('vanished')] : [] }
  const hasStock = product.stock !== 0
  const stock = hasStock === inStock ? [] : [change(hasStock ? 'stock_in' : 'stock_out')]
  const unclear = unclearPrice(terms, product, currency)
  if (unclear !== undefined)
    return {
      cost,
      costRate,
      inStock: hasStock,
      changes: [...stock, change('price_unclear', { detail: unclear })],
    }
  if (cost !== null && product.cost !== undefined && product.cost !== cost) {
    const price = change('price_changed', { oldCost: cost, newCost: product.cost })
    return { cost: product.cost, costRate, inStock: hasStock, changes: [...stock, price] }
  }
  if (costRate !== null && product.costRate !== undefined && !isSameRate(costRate, product.costRate)) {
    const price = change('price_changed', { oldRate: costRate, newRate: product.costRate })
    return { cost, costRate: product.costRate, inStock: hasStock, changes: [...stock, price] }
  }
  return { cost, costRate, inStock: hasStock, changes: stock }
}

/** Why the list's price is no price for us, in a sentence; undefined: it is one, or the list tells none. */
function unclearPrice(
  { cost }: ListedTerms,
  product: SupplierProduct,
  currency: Currency,
): string | undefined {
  if (product.cost === undefined && product.costRate === undefined) return undefined
  if (product.currency !== currency) return `The list prices it in ${product.currency}, not in ${currency}.`
  if (cost !== null && product.cost === undefined) return 'The list has a rate where a price is agreed.'
  if (cost === null && product.costRate === undefined) return 'The list has a price where a rate is agreed.'
  const rate = product.costRate === undefined ? 1n : parseDecimal(product.costRate, rateScale)
  const isPrice = (product.cost ?? 0n) >= 0n && rate !== undefined && rate > 0n
  return isPrice ? undefined : 'The price of the list is none.'
}

function isSameRate(a: string, b: string): boolean {
  return parseDecimal(a, rateScale) === parseDecimal(b, rateScale)
}
