import { canBeNumberOf } from '../../platform/phone-numbers.ts'
import type { Product } from '../catalogue/catalogue.ts'
import { isOperators } from './operator.ts'

/** Whether a phone can be one that a product credits: no number is carried over to another country. What credits no phone, credits any. */
export function canCredit(product: Product, phone: string): boolean {
  return !isOperators(product) || canBeNumberOf(product.country, phone)
}
