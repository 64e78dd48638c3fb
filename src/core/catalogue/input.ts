import type { PartnerId } from '../../values/ids.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Attributes, CategoryAttribute, PriceRule, ProductField, ProductType, Sku } from './catalogue.ts'

/**
 * A catalogue, or a part of one, on its way in. Everything is named by its code, and refers to others by theirs, which stand in the
 * same input or are stored already. What is stored under a code becomes what is given, whole: an optional member that is left out
 * has its default, it does not keep what was there. What the input does not name stays as it is.
 */
export type CatalogueInput = {
  readonly currencies?: readonly CurrencyInput[] | undefined
  readonly countries?: readonly CountryInput[] | undefined
  readonly categories?: readonly CategoryInput[] | undefined
  readonly families?: readonly FamilyInput[] | undefined
  readonly brands?: readonly BrandInput[] | undefined
  readonly products?: readonly ProductInput[] | undefined
  readonly skus?: readonly SkuInput[] | undefined
}

export type CurrencyInput = {
  /** ISO 4217: "USD". */
  readonly code: string
  /** ISO 4217: 840. */
  readonly numericCode: number
  /** Fraction digits of its minor unit, 0 to 4. */
  readonly decimals: number
  readonly names: Translations
}

export type CountryInput = {
  /** ISO 3166 alpha-2: "US". */
  readonly code: string
  /** ISO 3166 alpha-3: "USA". */
  readonly code3: string
  readonly names: Translations
  /** The code of its currency. */
  readonly currency?: string | undefined
  /** Digits, without plus or zeros in front: "1". */
  readonly dialCode?: string | undefined
}

export type CategoryInput = {
  readonly code: string
  /** The code of the category above it; none: it stands at the top. */
  readonly parent?: string | undefined
  readonly names: Translations
  /** Smaller comes first; 0 by default. */
  readonly sort?: number | undefined
  /** In the order in which they are shown. */
  readonly attributes?: readonly CategoryAttribute[] | undefined
}

export type FamilyInput = { readonly code: string; readonly names: Translations }

export type BrandInput = {
  readonly code: string
  /** The code of its family. */
  readonly family?: string | undefined
  readonly names: Translations
  /** An http(s) address or a path of our own ("/images/x.svg"). */
  readonly image?: string | undefined
  /** An http(s) address with `{code}` in it. */
  readonly redeemUrl?: string | undefined
}

export type ProductInput = {
  readonly code: string
  /** The code of its category. */
  readonly category: string
  /** The code of its brand. */
  readonly brand: string
  readonly type: ProductType
  /** ISO 3166 alpha-2; none: sold everywhere. */
  readonly country?: string | undefined
  readonly names: Translations
  /** HTML; it is cleaned before it is stored. */
  readonly descriptions?: Translations | undefined
  readonly image?: string | undefined
  readonly attributes?: Attributes | undefined
  readonly fields?: readonly ProductField[] | undefined
  /** True by default. */
  readonly active?: boolean | undefined
}

export type SkuInput = {
  readonly code: string
  /** The code of its product. */
  readonly product: string
  readonly names: Translations
  /** Of the face value. */
  readonly currency: string
  /** Face values in micro-units. */
  readonly denomination: Sku['denomination']
  /** 1 to 1,000; 10 by default. */
  readonly maxPerOrder?: number | undefined
  readonly image?: string | undefined
  readonly attributes?: Attributes | undefined
  /** True by default. */
  readonly active?: boolean | undefined
}

/** What storing did. An entry counts as updated if anything about it differed. */
export type StoredCounts = { readonly created: number; readonly updated: number; readonly unchanged: number }

/** A price rule on its way in; see `PriceRule`. */
export type PriceRuleInput = {
  /** None: for everyone who has no rule of their own. */
  readonly partnerId?: PartnerId | undefined
  /** What it is for, named by its id or by its code. */
  readonly scope:
    | PriceRule['scope']
    | { readonly kind: 'sku' | 'product' | 'brand' | 'category'; readonly code: string }
  /** Scaled by 10^percentScale; negative is a discount; 0 by default. */
  readonly markupPercent?: bigint | undefined
  /** In the wallet's currency, whichever that is; 0 by default. */
  readonly markupFixed?: Micros | undefined
  /** For wallets of this currency, instead of the formula; only for a SKU of one face value, and without markups. */
  readonly fixedPrice?: { readonly amount: Micros; readonly currency: Currency } | undefined
  /** Who sets it, as the audit log names them; "system" by default. */
  readonly actor?: string | undefined
}
