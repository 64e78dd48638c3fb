import type { PartnerId, SkuId } from '../../values/ids.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** A SKU with its product, sold or not. */
export type StoredSku = {
  readonly id: SkuId
  readonly code: string
  readonly names: Translations
  readonly productId: string
  readonly productCode: string
  readonly productNames: Translations
  readonly currency: Currency
  /** Micro-units; null: sold over a range. */
  readonly faceValue: Micros | null
  readonly leastValue: Micros | null
  readonly mostValue: Micros | null
  readonly maxPerOrder: number
  readonly isActive: boolean
  readonly isProductActive: boolean
}

/** A rule as people see it. */
export type StoredRule = {
  readonly id: string
  /** Undefined: everyone's. */
  readonly partnerId: PartnerId | undefined
  readonly scope: 'sku' | 'product' | 'brand' | 'category' | 'all'
  /** What it is for; "" for everything. */
  readonly code: string
  /** A decimal: "2.5". */
  readonly markupPercent: string
  /** Micro-units, in the wallet's currency. */
  readonly markupFixed: Micros
  readonly fixedPrice: { readonly amount: Micros; readonly currency: Currency } | undefined
  readonly createdAt: Date
}
