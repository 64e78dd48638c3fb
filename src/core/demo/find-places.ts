import { listCountries } from '../../platform/countries.ts'
import type { CountryFacts } from '../../platform/countries.ts'
import type { Translations } from '../../values/locale.ts'
import type { Currency } from '../../values/money.ts'

/** A country of the demo's tables, with the name that stands in a product's name. Throws for a code that the tables misspell. */
export function findPlace(code: string): {
  readonly code: string
  readonly names: Translations
  readonly currency: Currency
} {
  byCode ??= new Map(listCountries().map((country) => [country.code, country]))
  const facts = byCode.get(code)
  if (facts?.currency === undefined) throw new Error(`${code} is no country where anything is sold.`)
  return { code, names: shortNames[code] ?? facts.names, currency: facts.currency }
}

/** How resellers shorten a country in a brand's code: "amazon-uk". */
export function shortCode(code: string): string {
  return code === 'GB' ? 'uk' : code.toLowerCase()
}

let byCode: ReadonlyMap<string, CountryFacts> | undefined

/** Where the standard's name is longer than what people say. */
const shortNames: Readonly<Record<string, Translations>> = {
  US: { en: 'USA', ru: 'США' },
  GB: { en: 'UK', ru: 'Великобритания' },
  AE: { en: 'UAE', ru: 'ОАЭ' },
  RU: { en: 'Russia', ru: 'Россия' },
  TZ: { en: 'Tanzania', ru: 'Танзания' },
  CD: { en: 'DR Congo', ru: 'ДР Конго' },
  CG: { en: 'Congo', ru: 'Конго' },
  GM: { en: 'Gambia', ru: 'Гамбия' },
  IR: { en: 'Iran', ru: 'Иран' },
  CN: { en: 'China', ru: 'Китай' },
  MK: { en: 'North Macedonia', ru: 'Северная Македония' },
}
