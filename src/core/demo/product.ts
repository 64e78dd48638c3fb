import type { Attributes, ProductField, ProductType } from '../catalogue/catalogue.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** A product of the demo world with all that belongs to it; other things are named by their codes. */
export type DemoProduct = {
  readonly code: string
  readonly category: string
  readonly brand: DemoBrand
  readonly type: ProductType
  readonly country: string | undefined
  readonly names: Translations
  readonly descriptions: Translations
  readonly attributes: Attributes
  readonly fields: readonly ProductField[]
  readonly skus: readonly DemoSku[]
}

export type DemoBrand = {
  readonly code: string
  readonly name: string
  readonly family: { readonly code: string; readonly name: string }
  readonly redeemUrl?: string | undefined
}

export type DemoSku = {
  readonly code: string
  readonly names: Translations
  readonly currency: Currency
  readonly denomination:
    | { readonly kind: 'fixed'; readonly value: Micros }
    | { readonly kind: 'range'; readonly least: Micros; readonly most: Micros }
  readonly maxPerOrder: number
  readonly attributes: Attributes
}

/** Codes come in one shape: small letters, digits and single hyphens; accents are dropped. Undefined if nothing is left. */
export function slug(name: string): string | undefined {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ø', 'o')
    .replaceAll('+', ' plus ')
    .replaceAll('&', ' and ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return plain === '' ? undefined : plain
}

export const phoneField: ProductField = {
  code: 'phone',
  name: 'Phone number',
  type: 'phone',
  required: true,
  min: 7,
  max: 16,
  pattern: String.raw`^\+?[0-9]{7,15}$`,
}
