import type { PartnerId, ProductId, SkuId } from '../../values/ids.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'

export const productTypes = [
  'voucher',
  'recharge_fixed',
  'recharge',
  'voucher_open_range',
  'esim',
  'other',
] as const

export type ProductType = (typeof productTypes)[number]

type AttributeTarget = 'product' | 'sku'

export type CategoryAttribute = {
  readonly code: string
  readonly names: Translations
  readonly type: 'text' | 'number' | 'boolean' | 'select'
  readonly target: AttributeTarget
}

export type Category = {
  readonly id: number
  readonly code: string
  readonly parentId: number | undefined
  readonly names: Translations
  readonly attributes: readonly CategoryAttribute[]
}

export type Brand = {
  readonly id: number
  readonly code: string
  readonly familyCode: string | undefined
  /** Of the family; undefined where there is none. */
  readonly familyNames?: Translations | undefined
  readonly names: Translations
  readonly image: string
  /** Where the brand redeems by link: an address with `{code}` in it. */
  readonly redeemUrl: string | undefined
}

/** What a buyer gives beside the SKU. Numbers are limits of a number's value or of a text's length. */
export type ProductField = {
  readonly code: string
  readonly name: string
  readonly type: 'text' | 'number' | 'phone' | 'email' | 'select'
  readonly required: boolean
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly pattern?: string | undefined
  readonly options?: readonly string[] | undefined
}

/** Attribute values by code. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

export type Product = {
  readonly id: ProductId
  readonly number: bigint
  readonly code: string
  readonly category: Category
  readonly brand: Brand
  readonly type: ProductType
  /** ISO 3166 alpha-2; undefined: sold everywhere. */
  readonly country: string | undefined
  readonly names: Translations
  readonly descriptions: Translations
  readonly image: string
  readonly attributes: Attributes
  readonly fields: readonly ProductField[]
  /** In order of face value. */
  readonly skus: readonly Sku[]
}

export type Sku = {
  readonly id: SkuId
  readonly number: bigint
  readonly code: string
  readonly productId: ProductId
  readonly names: Translations
  /** Of the face value. */
  readonly currency: Currency
  readonly denomination:
    | { readonly kind: 'fixed'; readonly value: Micros }
    | { readonly kind: 'range'; readonly least: Micros; readonly most: Micros }
  readonly maxPerOrder: number
  readonly image: string
  readonly attributes: Attributes
}

/** A country or territory of ISO 3166-1. */
export type Country = {
  /** Alpha-2. */
  readonly code: string
  /** Alpha-3. */
  readonly code3: string
  readonly names: Translations
  readonly currency: Currency | undefined
  /** Digits; empty where nobody can be called. */
  readonly dialCode: string
}

/** What a partner pays where prices follow the exchange rate alone; percentages are scaled by 10^percentScale. */
export type PartnerTerms = {
  readonly partnerId: PartnerId
  /** On the mid rate. */
  readonly fxMarginPercent: bigint
  /** On what the face value comes to at that rate. */
  readonly discountPercent: bigint
}

/** How much is wanted: in the product's currency, or in the wallet's. */
export type ConversionWish = { readonly faceValue: Micros } | { readonly targetValue: Micros }

/** A face value in a wallet's currency: see `convert`. */
export type Conversion = {
  readonly faceValue: Micros
  readonly faceCurrency: Currency
  /** Units of the wallet's currency for one of the face's, margin included, scaled by 10^rateScale. */
  readonly rate: bigint
  readonly targetValue: Micros
  /** What the wallet pays. */
  readonly cost: Micros
  readonly currency: Currency
}

/** How a price comes about; see `price_rules` in the migrations for which rule wins. */
export type PriceRule = {
  readonly partnerId: PartnerId | undefined
  readonly scope:
    | { readonly kind: 'sku'; readonly id: SkuId }
    | { readonly kind: 'product'; readonly id: ProductId }
    | { readonly kind: 'brand'; readonly id: number }
    | { readonly kind: 'category'; readonly id: number }
    | { readonly kind: 'all' }
  /** Scaled by 10^percentScale. */
  readonly markupPercent: bigint
  readonly markupFixed: Micros
  /** Replaces the formula for wallets of this currency. */
  readonly fixedPrice: { readonly amount: Micros; readonly currency: Currency } | undefined
}

/** What `amount` of a SKU's face value costs in a wallet's currency, and by what figures. */
export type Quote = {
  readonly unitPrice: Micros
  readonly currency: Currency
  readonly faceValue: Micros
  readonly faceCurrency: Currency
  /** Units of the wallet's currency for one of the SKU's, scaled by 10^rateScale. */
  readonly rate: bigint
  readonly markupPercent: bigint
  readonly markupFixed: Micros
}

/**
 * The active catalogue as one process holds it: complete, read-only, replaced whole when it changes.
 * `version` moves with products, prices and rates; `stockVersion` depends on the stock counts alone, which may be a second old.
 * Processes whose versions are equal hold the same.
 */
export type Catalogue = {
  readonly version: bigint
  readonly stockVersion: number
  readonly categories: readonly Category[]
  /** By alpha-2 code. */
  readonly countries: readonly Country[]
  /** In listing order (by number), active ones with at least one active SKU. */
  readonly products: readonly Product[]
  product(id: ProductId): Product | undefined
  sku(id: SkuId): { readonly sku: Sku; readonly product: Product } | undefined
  /** Own codes that can be sold. */
  stock(id: SkuId): number
  /** Whether a supplier that is active lists it now: it can be sold without own codes. */
  isSupplied(id: SkuId): boolean
  /**
   * Undefined where there is no rate between the two currencies, or no price above zero. `amount` is the face value of a range SKU, by
   * default its least; fixed ones ignore it. Whether it is within the limits is for the order to check.
   */
  quote(partnerId: PartnerId, sku: Sku, walletCurrency: Currency, amount?: Micros): Quote | undefined
  /** The rate that holds for a partner, its margin included, scaled by 10^rateScale; undefined where no rate leads there. */
  allInRate(partnerId: PartnerId, from: Currency, to: Currency): bigint | undefined
  /**
   * The price that follows from the partner's all-in rate and discount, and from those price rules alone that are the partner's own; of the
   * least that can be bought where nothing is wished. Undefined as `quote`; limits are for the order to check, too.
   */
  convert(
    partnerId: PartnerId,
    sku: Sku,
    walletCurrency: Currency,
    wish?: ConversionWish,
  ): Conversion | undefined
}

/** The snapshot of this process, kept up to date in the background until it is closed. */
export type LiveCatalogue = {
  current(): Catalogue
  /** Loads what is committed now. */
  refresh(): Promise<void>
  close(): Promise<void>
}
