import type { SupplierProduct } from '../../../core/fulfilment/supplier.ts'
import { printDecimal } from '../../../values/decimal.ts'
import { hundredPercent, percentScale, rateScale } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { PriceRow } from '../wire.ts'
import { toMicros, toScaled } from './amounts.ts'

/** What the wire says instead of a count: so many, or more than anybody counts. */
const stockUncounted = 9_999

export function toProduct(row: PriceRow, name: string, currency: Currency): SupplierProduct {
  const isCustom = row.denomination_type === 'custom'
  return {
    productCode: row.sku_id,
    name,
    cost: isCustom || row.currency !== currency ? undefined : toMicros(row.price),
    costRate: isCustom ? toCostRate(row) : undefined,
    currency,
    stock: row.stock >= stockUncounted ? undefined : Math.max(0, row.stock),
  }
}

/** rate × (1 + percent ÷ 100), exactly. A fixed part depends on the amount, so that no rate says it: then there is none. */
function toCostRate(row: PriceRow): string | undefined {
  const rate = toScaled(row.rate, rateScale)
  const percent = toScaled(row.markup_percent ?? 0, percentScale)
  if (rate === undefined || percent === undefined || toMicros(row.markup_fixed ?? 0) !== 0n) return undefined
  return printDecimal(rate * (hundredPercent + percent), rateScale + percentScale + 2)
}
