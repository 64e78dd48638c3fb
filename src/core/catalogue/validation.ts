import { locales } from '../../values/locale.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros, parseCurrency } from '../../values/money.ts'
import { productTypes } from './catalogue.ts'
import type { CategoryAttribute, ProductField, Sku } from './catalogue.ts'
import type {
  BrandInput,
  CatalogueInput,
  CategoryInput,
  CountryInput,
  CurrencyInput,
  ProductInput,
  SkuInput,
} from './input.ts'

/**
 * What is wrong with an input by itself; whether the codes it refers to exist is not looked at. Says so in sentences that name the
 * entry. Some of it the types say already, but inputs also come from files.
 */
export function findProblems(input: CatalogueInput): FieldProblem[] {
  const kinds = [
    checkAll('currencies', input.currencies, currencyComplaints),
    checkAll('countries', input.countries, countryComplaints),
    checkAll('categories', input.categories, categoryComplaints),
    checkAll('families', input.families, () => []),
    checkAll('brands', input.brands, brandComplaints),
    checkAll('products', input.products, productComplaints),
    checkAll('skus', input.skus, skuComplaints),
  ]
  return kinds.flat()
}

type Entry = { readonly code: string; readonly names: Readonly<Record<string, unknown>> }

function checkAll<E extends Entry>(
  kind: string,
  entries: readonly E[] | undefined,
  complaintsOf: (entry: E) => Complaints,
): FieldProblem[] {
  const seen = new Set<string>()
  return (entries ?? []).flatMap((entry) => {
    const field = `${kind}.${entry.code}`
    const repeated = seen.has(entry.code)
    seen.add(entry.code)
    const complaints = [repeated && 'stands there twice', ...commonComplaints(entry), ...complaintsOf(entry)]
    return complaints.flatMap((complaint) =>
      complaint === false ? [] : [{ field, sentence: `The entry ${field} ${complaint}.` }],
    )
  })
}

/** What to say after "The entry x …", or false where there is nothing to say. */
type Complaints = readonly (string | false)[]

function commonComplaints(entry: Entry): Complaints {
  return [
    !isCode(entry.code) && 'has a code that is empty, longer than 100 characters, or has spaces at its ends',
    !hasNames(entry.names, nameLongest) &&
      `needs an English name, and names of at most ${nameLongest} characters`,
    !isStorableJson(withoutBigints(entry)) && 'holds characters that cannot be stored',
  ]
}

function currencyComplaints({ code, numericCode, decimals }: CurrencyInput): Complaints {
  return [
    parseCurrency(code) === undefined && 'needs a code of three capitals',
    !isWithin(numericCode, 1, 999) && 'needs a numeric code from 1 to 999',
    !isWithin(decimals, 0, 4) && 'needs 0 to 4 decimals',
  ]
}

function countryComplaints({ code, code3, dialCode }: CountryInput): Complaints {
  return [
    !/^[A-Z]{2}$/.test(code) && 'needs a code of two capitals',
    !/^[A-Z]{3}$/.test(code3) && 'needs a second code of three capitals',
    dialCode !== undefined && !/^\d{0,8}$/.test(dialCode) && 'needs a dial code of digits only',
  ]
}

function categoryComplaints({ sort, attributes = [] }: CategoryInput): Complaints {
  const keys = attributes.map((attribute) => `${attribute.target}/${attribute.code}`)
  return [
    sort !== undefined && !isWithin(sort, -1_000_000, 1_000_000) && 'needs a whole number for its place',
    new Set(keys).size < keys.length && 'has an attribute twice',
    !attributes.every(isAttribute) &&
      'has an attribute without code or name, or of an unknown type or target',
  ]
}

function brandComplaints({ image, redeemUrl }: BrandInput): Complaints {
  return [
    imageComplaint(image),
    redeemUrl !== undefined &&
      !(isWebAddress(redeemUrl) && redeemUrl.includes('{code}')) &&
      'needs an http(s) address with {code} in it to redeem at',
  ]
}

function productComplaints({
  type,
  country,
  descriptions,
  image,
  attributes = {},
  fields = [],
}: ProductInput): Complaints {
  const codes = fields.map((field) => field.code)
  return [
    !productTypes.includes(type) && `has an unknown type; the types are ${productTypes.join(', ')}`,
    country !== undefined && !/^[A-Z]{2}$/.test(country) && 'needs a country code of two capitals',
    descriptions !== undefined &&
      !(typeof descriptions.en === 'string' && areTexts(descriptions, descriptionLongest)) &&
      `needs an English description, and descriptions of at most ${descriptionLongest} characters`,
    imageComplaint(image),
    !areAttributes(attributes) && 'has an attribute that is no text, number or truth value',
    new Set(codes).size < codes.length && 'has a field twice',
    !fields.every(isField) &&
      'has a field without code or name, of an unknown type, or with limits, a pattern or options that make no sense',
  ]
}

function skuComplaints({
  currency,
  denomination,
  maxPerOrder,
  image,
  attributes = {},
}: SkuInput): Complaints {
  return [
    parseCurrency(currency) === undefined && 'needs a currency of three capitals',
    !isDenomination(denomination) &&
      'needs a positive face value, or positive limits of which the lower comes first',
    maxPerOrder !== undefined &&
      !isWithin(maxPerOrder, 1, 1000) &&
      'needs 1 to 1000 as the most that an order may hold',
    imageComplaint(image),
    !areAttributes(attributes) && 'has an attribute that is no text, number or truth value',
  ]
}

function imageComplaint(image: string | undefined): string | false {
  const isFine =
    image === undefined || image === '' || isWebAddress(image) || /^\/[^/\\\s][^\\\s]*$/.test(image)
  return !isFine && 'needs an http(s) address or a path that begins with a slash as its image'
}

function isAttribute({ code, names, type, target }: CategoryAttribute): boolean {
  return (
    isCode(code) &&
    hasNames(names, nameLongest) &&
    attributeTypes.has(type) &&
    (target === 'product' || target === 'sku')
  )
}

function isField({ code, name, type, required, min, max, pattern, options }: ProductField): boolean {
  const limitsFit =
    (min === undefined || Number.isFinite(min)) &&
    (max === undefined || (Number.isFinite(max) && max >= (min ?? -Infinity)))
  const optionsFit =
    options === undefined
      ? type !== 'select'
      : options.length > 0 && options.every((option) => typeof option === 'string')
  const isNamed = isCode(code) && name.trim() !== '' && name.length <= nameLongest
  return (
    isNamed &&
    fieldTypes.has(type) &&
    typeof required === 'boolean' &&
    limitsFit &&
    optionsFit &&
    isPattern(pattern)
  )
}

/** A pattern is matched against a whole value, with Unicode's rules, as browsers do it. */
function isPattern(pattern: string | undefined): boolean {
  if (pattern === undefined) return true
  try {
    return pattern.length <= nameLongest && new RegExp(`^(?:${pattern})$`, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function isDenomination(denomination: Sku['denomination']): boolean {
  const isAmount = (value: bigint): boolean => value > 0n && value <= largestAmountMicros
  if (denomination.kind === 'fixed') return isAmount(denomination.value)
  return (
    isAmount(denomination.least) && isAmount(denomination.most) && denomination.least <= denomination.most
  )
}

function areAttributes(attributes: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(attributes).every(([code, value]) => {
    return (
      isCode(code) &&
      (typeof value === 'string' ||
        typeof value === 'boolean' ||
        (typeof value === 'number' && Number.isFinite(value)))
    )
  })
}

function hasNames(names: Readonly<Record<string, unknown>>, longest: number): boolean {
  return (
    typeof names['en'] === 'string' &&
    areTexts(names, longest) &&
    Object.values(names).every((name) => String(name).trim() !== '')
  )
}

/** Texts in languages that we know, and no others. */
function areTexts(texts: Readonly<Record<string, unknown>>, longest: number): boolean {
  return Object.entries(texts).every(
    ([locale, text]) => knownLocales.has(locale) && typeof text === 'string' && text.length <= longest,
  )
}

function isCode(code: unknown): boolean {
  return typeof code === 'string' && code !== '' && code.length <= 100 && code === code.trim()
}

function isWebAddress(address: string): boolean {
  return /^https?:\/\/[^/\s][^\s]*$/i.test(address) && address.length <= 2000
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

/** Micro-units are the only bigints, and no text. */
function withoutBigints(entry: Entry): unknown {
  return { ...entry, denomination: undefined }
}

const nameLongest = 200
const descriptionLongest = 20_000
const knownLocales: ReadonlySet<string> = new Set(locales)
const attributeTypes: ReadonlySet<string> = new Set([
  'text',
  'number',
  'boolean',
  'select',
] satisfies CategoryAttribute['type'][])
const fieldTypes: ReadonlySet<string> = new Set([
  'text',
  'number',
  'phone',
  'email',
  'select',
] satisfies ProductField['type'][])
