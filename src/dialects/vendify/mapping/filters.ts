import type { FieldProblem } from '../../../values/failure.ts'
import type { Listed } from './listing.ts'

/** What a list is narrowed down to: each a set of words in small letters; absent: any will do. */
export type Filters = { readonly [Name in FilterName]?: ReadonlySet<string> }

const filterNames = ['countryCode', 'subCategoryCode', 'brandFamily', 'brandCode', 'categoryCode'] as const
type FilterName = (typeof filterNames)[number]

/** Reads `filters`, a JSON object of comma lists; unknown names are ignored. Undefined with a problem if it is anything else. */
export function readFilters(
  text: string | undefined,
): { readonly filters: Filters; readonly problem?: undefined } | { readonly problem: FieldProblem } {
  if (text === undefined || text.trim() === '') return { filters: {} }
  const object = parseObject(text)
  if (object === undefined) return problem('The filters must be a JSON object, URL-encoded.')
  const filters: { [Name in FilterName]?: ReadonlySet<string> } = {}
  for (const name of filterNames) {
    const value: unknown = Object.hasOwn(object, name) ? object[name] : undefined
    if (value === undefined || value === null) continue
    if (typeof value !== 'string') return problem(`The filter ${name} must be a text.`)
    const words = value.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim().toLowerCase()]))
    if (words.length > wordsMost) return problem(`The filter ${name} has too many values.`)
    if (words.length === 0 || (name === 'countryCode' && words.includes('all'))) continue
    filters[name] = new Set(words)
  }
  return { filters }
}

/** A text that is equal for filters that say the same. */
export function keyOfFilters(filters: Filters): string {
  return JSON.stringify(filterNames.map((name) => [...(filters[name] ?? [])].toSorted()))
}

/** Whether a product is among the wanted. What can be used anywhere can be used in each country. */
export function isWanted(listed: Listed, filters: Filters): boolean {
  const { brand } = listed.product
  const isAmong = (wanted: ReadonlySet<string> | undefined, ...words: readonly string[]): boolean =>
    wanted === undefined || words.some((word) => wanted.has(word.toLowerCase()))
  return (
    isAmong(filters.categoryCode, listed.category.code) &&
    isAmong(filters.subCategoryCode, listed.subCategory.subCategoryCode) &&
    isAmong(filters.brandCode, brand.code) &&
    isAmong(filters.brandFamily, brand.familyCode ?? brand.code, brand.familyNames?.en ?? brand.names.en) &&
    (listed.countryCodes.length === 0 || isAmong(filters.countryCode, ...listed.countryCodes))
  )
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>) // An object by then; what is in it is looked at above.
      : undefined
  } catch {
    return undefined
  }
}

function problem(sentence: string): { readonly problem: FieldProblem } {
  return { problem: { field: 'filters', sentence } }
}

const wordsMost = 300
