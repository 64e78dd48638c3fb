import { parseDecimal } from '../../values/decimal.ts'
import { digitsOf } from '../../values/json.ts'
import { moneyScale } from '../../values/money.ts'
import type { Product, ProductField, Sku } from './catalogue.ts'

/** A recharge goes to one recipient once; everything else may be bought several at a time. */
export function quantityMost(product: Product, sku: Sku): number {
  return product.type === 'recharge' || product.type === 'recharge_fixed' ? 1 : sku.maxPerOrder
}

/** What is wrong with a value that a product asks for, in a sentence. */
export function fieldProblem(field: ProductField, value: unknown): string | undefined {
  if (value === undefined || value === '')
    return field.required ? `The ${field.code} field is required.` : undefined
  if (field.type === 'number') return numberProblem(field, value)
  if (typeof value !== 'string') return `The ${field.code} field must be a string.`
  if (value.length > textLongest) return `The ${field.code} field is too long.`
  if (field.type === 'select') {
    return field.options === undefined || field.options.includes(value)
      ? undefined
      : `The ${field.code} field must be one of: ${field.options.join(', ')}.`
  }
  const shape = shapes[field.type]
  if (shape !== undefined && !shape.pattern.test(value))
    return `The ${field.code} field must be ${shape.words}.`
  if (field.min !== undefined && value.length < field.min)
    return `The ${field.code} field must have at least ${field.min} characters.`
  if (field.max !== undefined && value.length > field.max)
    return `The ${field.code} field must have at most ${field.max} characters.`
  const isMatch = field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, 'u').test(value)
  return isMatch ? undefined : `The ${field.code} field has the wrong format.`
}

function numberProblem(field: ProductField, value: unknown): string | undefined {
  const read = (digits: string | undefined): bigint | undefined =>
    digits === undefined ? undefined : parseDecimal(digits, moneyScale)
  const number = read(typeof value === 'string' ? value : digitsOf(value))
  if (number === undefined) return `The ${field.code} field must be a number.`
  const least = read(digitsOf(field.min))
  const most = read(digitsOf(field.max))
  if (least !== undefined && number < least)
    return `The ${field.code} field must be at least ${String(field.min)}.`
  if (most !== undefined && number > most)
    return `The ${field.code} field must be at most ${String(field.max)}.`
  return undefined
}

/** Bounds what a pattern of the catalogue has to work through. */
const textLongest = 256

const shapes: Readonly<
  Record<'text' | 'phone' | 'email', { readonly pattern: RegExp; readonly words: string } | undefined>
> = {
  text: undefined,
  phone: {
    pattern: /^\+?[1-9]\d{6,14}$/,
    words: 'a phone number with its country code, such as +254700000001',
  },
  email: { pattern: /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/, words: 'an email address' },
}
