import type { Catalogue, Conversion, ConversionWish, Sku } from '../../../core/catalogue/catalogue.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { Currency } from '../../../values/money.ts'

/** What is bought for an amount: the SKU that has it, priced. */
export type Priced = { readonly sku: Sku; readonly price: Conversion }

/**
 * Finds the SKU that can be bought for a face value, or for a value in the wallet's currency. A fixed SKU has to be met exactly; a range has to
 * hold the face value that the amount comes to. `no_price`: nothing of it can be priced in this currency at all.
 */
export function priceFor(
  catalogue: Catalogue,
  partnerId: PartnerId,
  skus: readonly Sku[],
  currency: Currency,
  wish: ConversionWish,
): Priced | 'no_price' | 'not_sold' {
  let isPriced = false
  for (const sku of skus) {
    const { denomination } = sku
    const own = catalogue.convert(partnerId, sku, currency)
    isPriced ||= own !== undefined
    if (own === undefined) continue
    if (denomination.kind === 'fixed') {
      const isMet =
        'faceValue' in wish ? wish.faceValue === own.faceValue : wish.targetValue === own.targetValue
      if (isMet) return { sku, price: own }
      continue
    }
    const price = catalogue.convert(partnerId, sku, currency, wish)
    if (price === undefined) continue
    const { least, most } = denomination
    if (price.faceValue >= least && price.faceValue <= most) return { sku, price }
  }
  return isPriced ? 'not_sold' : 'no_price'
}
