import type { Product, Sku } from '../../../core/catalogue/catalogue.ts'
import { fieldProblem, quantityMost } from '../../../core/catalogue/fields.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { digitsOf, ExactNumber } from '../../../values/json.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'

/** `item.fields` of an order without what is null: an absent field and one that is null are the same. */
export type Fields = ReadonlyMap<string, unknown>

/** What the fields of an order say about a SKU, or what is wrong with them. */
export type FieldsRead = {
  readonly quantity: number
  /** The face value of a custom denomination, in micro-units of the SKU's currency; undefined for a fixed one. */
  readonly amount: Micros | undefined
  /** What the order keeps and echoes; undefined when there is nothing beside the quantity. */
  readonly customerData: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly FieldProblem[]
}

/** `item.fields` as they came; undefined if that is no JSON object. */
export function toFields(value: unknown): Fields | undefined {
  if (value === undefined || value === null) return new Map()
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof ExactNumber) return undefined
  return new Map(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined))
}

/** Reads the fields that the product understands; others are ignored. */
export function readFields(product: Product, sku: Sku, fields: Fields): FieldsRead {
  const problems: FieldProblem[] = []
  const note = (code: string, sentence: string | undefined): void => {
    if (sentence !== undefined) problems.push({ field: `item.fields.${code}`, sentence })
  }
  const quantity = fields.get('quantity') ?? 1
  note('quantity', quantityProblem(quantity, quantityMost(product, sku)))
  const isCustom = sku.denomination.kind === 'range'
  const amount = isCustom ? readAmount(fields.get('amount')) : undefined
  if (isCustom) note('amount', amountProblem(sku, fields.get('amount'), amount))
  const own = product.fields.filter(({ code }) => code !== 'quantity' && !(isCustom && code === 'amount'))
  for (const field of own) note(field.code, fieldProblem(field, fields.get(field.code)))
  const given = own.flatMap(({ code }): [string, unknown][] =>
    fields.has(code) ? [[code, fields.get(code)]] : [],
  )
  if (amount !== undefined) given.push(['amount', new ExactNumber(printAmount(amount))])
  return {
    quantity: typeof quantity === 'number' ? quantity : 1,
    amount,
    customerData: given.length === 0 ? undefined : Object.fromEntries([...given, ['quantity', quantity]]),
    problems,
  }
}

/**
 * What makes two orders the same, whatever has become of the SKU meanwhile: the SKU, and the fields as they were sent, except that
 * an absent quantity is 1 and that amounts are the same however they are written.
 */
export function toRequestKey(skuId: string, fields: Fields): string {
  const amount = fields.get('amount')
  const amountMicros = readAmount(amount)
  const rest = [...fields]
    .filter(([code]) => code !== 'quantity' && code !== 'amount')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return canonical([
    skuId.toLowerCase(),
    fields.get('quantity') ?? 1,
    amountMicros === undefined ? (amount ?? null) : `amount ${printAmount(amountMicros)}`,
    rest,
  ])
}

/** An amount as a JSON number, or as a text of the same digits. */
function readAmount(value: unknown): Micros | undefined {
  const digits = typeof value === 'string' ? value : digitsOf(value)
  return digits === undefined ? undefined : parseAmount(digits)
}

function quantityProblem(quantity: unknown, most: number): string | undefined {
  if (typeof quantity === 'number' && Number.isInteger(quantity) && quantity >= 1 && quantity <= most)
    return undefined
  return `The quantity must be a whole number from 1 to ${most}.`
}

function amountProblem(sku: Sku, given: unknown, amount: Micros | undefined): string | undefined {
  if (sku.denomination.kind === 'fixed') return undefined
  if (given === undefined) return 'The amount field is required.'
  if (amount === undefined) return 'The amount must be a number with at most 6 fraction digits.'
  const { least, most } = sku.denomination
  if (amount >= least && amount <= most) return undefined
  return `The amount must be from ${printAmount(least)} to ${printAmount(most)} ${sku.currency}.`
}

/** JSON with the keys of objects in one order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  const digits = digitsOf(value)
  if (digits !== undefined) return digits
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
