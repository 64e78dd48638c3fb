import type { Catalogue, Sku } from '../../../core/catalogue/catalogue.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { Micros } from '../../../values/money.ts'
import type { DigitalRow, GiftCardRow, OperatorRow } from '../wire/catalogue.ts'
import { toAmount } from './envelope.ts'
import { isThere } from './listing.ts'
import type { Listed, Operator } from './listing.ts'

/** Who looks: prices differ by partner. */
export type Viewer = { readonly catalogue: Catalogue; readonly partnerId: PartnerId }

export function toGiftCardRow(listed: Listed, viewer: Viewer): GiftCardRow {
  const { product, sku } = listed
  return {
    id: sku.code,
    name: sku.names.en,
    brand: product.brand.names.en,
    country: product.country ?? null,
    currency: sku.currency,
    ...toDenomination(sku),
    price: toAmount(priceOf(sku, viewer)),
    in_stock: isThere(listed, viewer.catalogue),
    image: sku.image || product.image || product.brand.image,
    description: product.descriptions.en,
  }
}

export function toDigitalRow(listed: Listed, viewer: Viewer): DigitalRow {
  const { product, sku } = listed
  return {
    id: sku.code,
    name: sku.names.en,
    vendor: product.brand.names.en,
    platform: String(product.attributes['platform'] ?? ''),
    price: toAmount(priceOf(sku, viewer)),
    currency: sku.currency,
    in_stock: isThere(listed, viewer.catalogue),
    description: product.descriptions.en,
  }
}

export function toOperatorRow({ id, name, country, currency, logo, skus }: Operator): OperatorRow {
  const fixed = skus
    .flatMap(({ sku: { denomination } }) => (denomination.kind === 'fixed' ? [denomination.value] : []))
    .toSorted((a, b) => (a < b ? -1 : 1))
  const limits = skus.flatMap(({ sku: { denomination } }) =>
    denomination.kind === 'fixed' ? [denomination.value] : [denomination.least, denomination.most],
  )
  const isRange = skus.some(({ sku: { denomination } }) => denomination.kind === 'range')
  return {
    id,
    name,
    country,
    currency,
    min_amount: toAmount(limits.reduce((least, one) => (one < least ? one : least))),
    max_amount: toAmount(limits.reduce((most, one) => (one > most ? one : most))),
    denomination_type: isRange ? 'range' : 'fixed',
    denominations: [...new Set(fixed)].map(toAmount),
    logo,
  }
}

function toDenomination({ denomination }: Sku) {
  return denomination.kind === 'fixed'
    ? { denomination_type: 'fixed' as const, denominations: [toAmount(denomination.value)] }
    : {
        denomination_type: 'range' as const,
        min: toAmount(denomination.least),
        max: toAmount(denomination.most),
      }
}

/** In the product's own currency, where a price rule leaves one; whoever pays in another pays that at the rate. */
function priceOf(sku: Sku, { catalogue, partnerId }: Viewer): Micros {
  return catalogue.quote(partnerId, sku, sku.currency)?.unitPrice ?? 0n
}
