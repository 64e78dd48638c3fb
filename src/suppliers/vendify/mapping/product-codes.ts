import { parseCurrency } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'

/**
 * What a product of this wire is called here: "4299:GBP" is its id and the currency of its face value, "9423:NGN:PHEDC-PREPAID" has the
 * productCode that an order for it must name. An order tells the face value without its currency, so the currency is kept where it is seen.
 */
export type ProductCode = {
  readonly productId: number
  readonly currency: Currency
  readonly named: string | undefined
}

/** Undefined for what is no such code. */
export function readProductCode(text: string): ProductCode | undefined {
  const [, id = '', letters = '', named] = /^(\d{1,15}):([A-Z]{3})(?::(\S{1,100}))?$/.exec(text) ?? []
  const currency = parseCurrency(letters)
  return currency === undefined ? undefined : { productId: Number(id), currency, named }
}

export function printProductCode({ productId, currency, named }: ProductCode): string {
  return [productId, currency, ...(named === undefined ? [] : [named])].join(':')
}
