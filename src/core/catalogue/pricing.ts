import type { PartnerId, ProductId, SkuId } from '../../values/ids.ts'
import { divideHalfEven } from '../../values/decimal.ts'
import { largestAmountMicros, priceOf, rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Category, PriceRule, Product, Quote, Sku } from './catalogue.ts'
import type { RateTable } from './rates.ts'

/** What is priced: `amount` is the face value of a range SKU, by default its least; a fixed SKU ignores it. */
type Priced = { readonly sku: Sku; readonly product: Product; readonly amount: Micros | undefined }

export type PriceBook = {
  /**
   * The price of one unit for a partner who pays in `currency`. Undefined where there is no rate to that currency, or where the price
   * would be nothing or beyond the largest amount. Whether `amount` is within the SKU's limits is for the order to check.
   */
  quote(partnerId: PartnerId, priced: Priced, currency: Currency): Quote | undefined
  /** The rule that a partner has of its own for what is priced; everyone's do not count. */
  ownRule(partnerId: PartnerId, priced: Omit<Priced, 'amount'>, currency: Currency): PriceRule | undefined
}

/**
 * Puts the rules in order once, so that a quote takes a few look-ups however many rules there are.
 *
 * @param categories all of them: a rule of a category counts for the categories below it too
 */
export function createPriceBook(
  rules: readonly PriceRule[],
  rates: RateTable,
  categories: readonly Category[],
): PriceBook {
  const rulesOf = new Map<PartnerId | undefined, Rules>()
  for (const [partnerId, own] of Map.groupBy(rules, (rule) => rule.partnerId))
    rulesOf.set(partnerId, inOrder(own))
  const categoriesById = new Map(categories.map((category) => [category.id, category]))
  const paths = new Map(categories.map((category) => [category.id, pathOf(category, categoriesById)]))

  function ruleOf(
    owner: PartnerId | undefined,
    { sku, product }: Omit<Priced, 'amount'>,
    currency: Currency,
  ): PriceRule | undefined {
    const set = rulesOf.get(owner)
    if (set === undefined) return undefined
    const path = paths.get(product.category.id) ?? [product.category.id]
    return mostSpecific(set, sku, product, path, currency)
  }

  return {
    quote(partnerId, priced, currency) {
      const rule = ruleOf(partnerId, priced, currency) ?? ruleOf(undefined, priced, currency)
      const quote =
        rule?.fixedPrice === undefined
          ? byFormula(rule, rates, priced, currency)
          : byFixedPrice(rule.fixedPrice, priced.sku)
      return quote !== undefined && quote.unitPrice > 0n && quote.unitPrice <= largestAmountMicros
        ? quote
        : undefined
    },
    ownRule: ruleOf,
  }
}

/** The rules of one partner, or those of everyone. */
type Rules = {
  readonly fixedPrices: ReadonlyMap<string, PriceRule>
  readonly skus: ReadonlyMap<SkuId, PriceRule>
  readonly products: ReadonlyMap<ProductId, PriceRule>
  readonly brands: ReadonlyMap<number, PriceRule>
  readonly categories: ReadonlyMap<number, PriceRule>
  readonly all: PriceRule | undefined
}

function inOrder(rules: readonly PriceRule[]): Rules {
  const fixedPrices = new Map<string, PriceRule>()
  const skus = new Map<SkuId, PriceRule>()
  const products = new Map<ProductId, PriceRule>()
  const brands = new Map<number, PriceRule>()
  const categories = new Map<number, PriceRule>()
  let all: PriceRule | undefined
  for (const rule of rules) {
    const { scope, fixedPrice } = rule
    if (scope.kind === 'sku' && fixedPrice !== undefined)
      fixedPrices.set(fixedKey(scope.id, fixedPrice.currency), rule)
    else if (scope.kind === 'sku') skus.set(scope.id, rule)
    else if (scope.kind === 'product') products.set(scope.id, rule)
    else if (scope.kind === 'brand') brands.set(scope.id, rule)
    else if (scope.kind === 'category') categories.set(scope.id, rule)
    else all = rule
  }
  return { fixedPrices, skus, products, brands, categories, all }
}

/** A fixed price counts in its currency only, and never for a range: there it would sell any amount for the same. */
function mostSpecific(
  rules: Rules,
  sku: Sku,
  product: Product,
  path: readonly number[],
  currency: Currency,
): PriceRule | undefined {
  const fixed =
    sku.denomination.kind === 'fixed' ? rules.fixedPrices.get(fixedKey(sku.id, currency)) : undefined
  const own =
    fixed ?? rules.skus.get(sku.id) ?? rules.products.get(product.id) ?? rules.brands.get(product.brand.id)
  if (own !== undefined) return own
  for (const id of path) {
    const rule = rules.categories.get(id)
    if (rule !== undefined) return rule
  }
  return rules.all
}

function byFormula(
  rule: PriceRule | undefined,
  rates: RateTable,
  priced: Priced,
  currency: Currency,
): Quote | undefined {
  const rate = rates.rate(priced.sku.currency, currency)
  if (rate === undefined) return undefined
  const faceValue = faceValueOf(priced)
  const markupPercent = rule?.markupPercent ?? 0n
  const markupFixed = rule?.markupFixed ?? 0n
  const unitPrice = priceOf(faceValue, rate, markupPercent, markupFixed)
  return {
    unitPrice,
    currency,
    faceValue,
    faceCurrency: priced.sku.currency,
    rate,
    markupPercent,
    markupFixed,
  }
}

/** The rate is the one that the price amounts to, so that it needs no exchange rate and its figures agree with each other. */
function byFixedPrice({ amount, currency }: NonNullable<PriceRule['fixedPrice']>, sku: Sku): Quote {
  const faceValue = faceValueOf({ sku, amount: undefined })
  const rate = divideHalfEven(amount * 10n ** BigInt(rateScale), faceValue)
  return {
    unitPrice: amount,
    currency,
    faceValue,
    faceCurrency: sku.currency,
    rate,
    markupPercent: 0n,
    markupFixed: 0n,
  }
}

function faceValueOf({ sku, amount }: Pick<Priced, 'sku' | 'amount'>): Micros {
  return sku.denomination.kind === 'fixed' ? sku.denomination.value : (amount ?? sku.denomination.least)
}

/** A category and those above it, nearest first. A circle, which is never stored, would end where it closes. */
function pathOf(category: Category, categoriesById: ReadonlyMap<number, Category>): readonly number[] {
  const path: number[] = []
  for (let at: Category | undefined = category; at !== undefined && !path.includes(at.id);) {
    path.push(at.id)
    at = at.parentId === undefined ? undefined : categoriesById.get(at.parentId)
  }
  return path
}

function fixedKey(skuId: SkuId, currency: Currency): string {
  return `${skuId}/${currency}`
}
