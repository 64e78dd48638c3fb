import type { SupplierProduct } from '../../../core/fulfilment/supplier.ts'
import { divideHalfEven, printDecimal } from '../../../values/decimal.ts'
import { parseCurrency, rateScale } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { Product } from '../wire.ts'
import { toMicros } from './amounts.ts'
import { printProductCode } from './product-codes.ts'

/** A row of a category as a product; none for what has no code that can be ordered before an account is validated, and for what makes no sense. */
export function toProduct(row: Product, category: string, currency: Currency): SupplierProduct[] {
  const faceCurrency = parseCurrency(row.originalCurrencyCode)
  if (faceCurrency === undefined || row.productCode === toBeValidated) return []
  const isOpen = row.denominations.some(({ type }) => type === 'range')
  const isPaidInOurs = row.productCostCurrencyCode === currency
  const named = (row.categoryCode ?? category).toLowerCase() === 'utility' ? row.productCode : undefined
  return [
    {
      productCode: printProductCode({ productId: row.productId, currency: faceCurrency, named }),
      name: row.name,
      cost: isOpen || !isPaidInOurs ? undefined : toMicros(row.productCost),
      costRate: isOpen && isPaidInOurs ? toCostRate(row) : undefined,
      currency,
      stock: undefined,
    },
  ]
}

const toBeValidated = 'USE_VALIDATION_PRODUCT_CODE'

/** What a unit of face value costs, by what the listed one does; ten digits, as rates of this wire have. */
function toCostRate({ productCost, originalValue }: Product): string | undefined {
  const [cost, face] = [toMicros(productCost), toMicros(originalValue)]
  if (cost === undefined || face === undefined || cost <= 0n || face <= 0n) return undefined
  return printDecimal(divideHalfEven(cost * 10n ** BigInt(rateScale), face), rateScale)
}
