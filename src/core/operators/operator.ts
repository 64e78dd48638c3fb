import type { Brand, Catalogue, Product } from '../catalogue/catalogue.ts'
import { aliasesByCountry } from './aliases.ts'

/** A mobile operator of one country, as the catalogue sells it. */
export type Operator = {
  readonly brand: Brand
  /** ISO 3166 alpha-2. */
  readonly country: string
  /** What it is called: the attribute `operator` of its products, else the brand's family. */
  readonly name: string
  /** Everything that credits one of its phones, in listing order: airtime and data alike. */
  readonly products: readonly Product[]
}

/** The operators of a snapshot, by country and in listing order; made once for as long as its products stay the same. */
export function listOperators(catalogue: Catalogue): readonly Operator[] {
  let operators = known.get(catalogue.products)
  if (operators === undefined) {
    operators = groupOperators(catalogue.products)
    known.set(catalogue.products, operators)
  }
  return operators
}

const known = new WeakMap<readonly Product[], readonly Operator[]>()

/** Whether a product credits the phones of one country's operator. */
export function isOperators(product: Product): product is Product & { readonly country: string } {
  return product.country !== undefined && needsPhoneAlone(product)
}

function needsPhoneAlone({ fields }: Product): boolean {
  const required = fields.filter((field) => field.required).map(({ code }) => code)
  return required.length === 1 && required[0] === 'phone'
}

function groupOperators(products: readonly Product[]): Operator[] {
  const groups = Map.groupBy(products.filter(isOperators), ({ brand, country }) => `${country} ${brand.id}`)
  return [...groups.values()]
    .flatMap((own): Operator[] => {
      const [first] = own
      return first === undefined
        ? []
        : [{ brand: first.brand, country: first.country, name: nameOf(first), products: own }]
    })
    .toSorted((a, b) => (a.country < b.country ? -1 : a.country > b.country ? 1 : 0))
}

function nameOf({ attributes, brand }: Product): string {
  const { operator } = attributes
  return typeof operator === 'string' ? operator : (brand.familyNames?.en ?? brand.names.en)
}

/**
 * The operator of a country that is meant by a name from another list. The same letters and digits come first, then what a name was changed
 * to, then a name in brackets ("Speednet (Smart)"), then what is left without the words that say no more than that a company sells
 * mobile telephony in this country ("Orange France", "A1 BG"). Undefined where none fits, or more than one.
 *
 * @param countryWords the country's own names and codes
 */
export function matchOperator(
  operators: readonly Operator[],
  country: string,
  name: string,
  countryWords: readonly string[],
): Operator | undefined {
  const own = operators.filter((operator) => operator.country === country)
  const noise = new Set([...commonWords, ...countryWords.flatMap(wordsOf)])
  for (const read of readings(name, country, noise)) {
    const matches = own.filter((operator) => namesOf(operator).some((one) => read.of(one).includes(read.key)))
    if (matches.length === 1) return matches[0]
    if (matches.length > 1) return undefined
  }
  return undefined
}

/** A way of reading names: what the one that is looked for comes to, and what an operator's own comes to. */
type Reading = { readonly key: string; of(name: string): readonly string[] }

function readings(name: string, country: string, noise: ReadonlySet<string>): Reading[] {
  const whole = (text: string): string[] => [squeeze(text)]
  const parts = (text: string): string[] => [text, ...bracketParts(text)].map(squeeze)
  const bare = (text: string): string[] => [text, ...bracketParts(text)].map((part) => strip(part, noise))
  const alias = aliasOf(country, name)
  return [
    { key: squeeze(name), of: whole },
    ...(alias === undefined ? [] : [{ key: squeeze(alias), of: whole }]),
    ...parts(name).map((key) => ({ key, of: parts })),
    ...bare(name).map((key) => ({ key, of: bare })),
  ].filter(({ key }) => key !== '')
}

function aliasOf(country: string, name: string): string | undefined {
  const key = squeeze(name)
  const found = [aliasesByCountry[country], aliasesByCountry['*']]
    .flatMap((aliases) => Object.entries(aliases ?? {}))
    .find(([former]) => squeeze(former) === key)
  return found?.[1]
}

function namesOf({ name, brand }: Operator): string[] {
  return [name, brand.names.en, ...(brand.familyNames === undefined ? [] : [brand.familyNames.en])]
}

/** "Speednet (Smart)" as "Speednet" and "Smart". */
function bracketParts(name: string): string[] {
  const parts = /^([^()]*)\(([^()]*)\)\s*$/.exec(name)
  return parts === null ? [] : [parts[1] ?? '', parts[2] ?? ''].filter((part) => squeeze(part) !== '')
}

/** Letters and digits, small and without accents. */
function squeeze(name: string): string {
  return wordsOf(name).join('')
}

function wordsOf(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('&', ' and ')
    .replaceAll('+', ' plus ')
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Without the words that distinguish nobody; what consists of them alone stays as it is. */
function strip(name: string, noise: ReadonlySet<string>): string {
  const words = wordsOf(name)
  const telling = words.filter((word) => !noise.has(word))
  return (telling.length === 0 ? words : telling).join('')
}

const commonWords: readonly string[] = (
  'mobile mobil cellular gsm wireless telecom telecoms telekom telecommunications communications ' +
  'group brand company co ltd limited pty plc llc inc sa ag as ad'
).split(' ')
