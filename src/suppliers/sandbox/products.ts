import type { SupplierProduct } from '../../core/fulfilment/supplier.ts'
import { divideHalfEven } from '../../values/decimal.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { outcomes } from './outcomes.ts'

/** Cost of one unit of face value. */
const costRate = '0.97'

/** What units of a face value cost, in micro-units. */
function costOf(faceValue: Micros, count: number): Micros {
  return divideHalfEven(faceValue * BigInt(count) * 97n, 100n)
}

/** A page of what it sells: the outcomes as a product each, and one top-up of any amount. Throws RangeError for a cursor that is not its own. */
export function listPage(cursor: string | undefined): {
  readonly products: readonly SupplierProduct[]
  readonly nextCursor: string | undefined
} {
  const from = cursor === undefined ? 0 : Number(cursor)
  if (!Number.isSafeInteger(from) || from < 0) throw new RangeError('This cursor is of another list.')
  const to = from + pageRows
  return {
    products: products.slice(from, to),
    nextCursor: to < products.length ? String(to) : undefined,
  }
}

const pageRows = 10

/** What everything is priced in. */
export const ownCurrency: Currency = usDollar()

const products: readonly SupplierProduct[] = [
  ...outcomes.map((outcome) => fixedProduct('GIFTCARD', 'gift card', outcome)),
  ...outcomes.map((outcome) => fixedProduct('LICENCE', 'licence key', outcome)),
  {
    productCode: 'SANDBOX-TOPUP',
    name: 'Sandbox top-up of any amount',
    cost: undefined,
    costRate,
    currency: ownCurrency,
    stock: undefined,
  },
]

function fixedProduct(kind: string, words: string, outcome: string): SupplierProduct {
  return {
    productCode: `SANDBOX-${kind}-${outcome.toUpperCase()}`,
    name: `Sandbox ${words}: ${outcome.replaceAll('-', ' ')}`,
    cost: costOf(1_000_000n, 1),
    costRate: undefined,
    currency: ownCurrency,
    // Also of what it will turn out not to have: that is said when it is bought.
    stock: undefined,
  }
}

function usDollar(): Currency {
  const currency = parseCurrency('USD')
  if (currency === undefined) throw new Error('USD is a currency.')
  return currency
}
