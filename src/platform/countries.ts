import { countries as countryFacts } from 'countries-list'
import { currencies as currencyFacts } from 'countries-list/currencies'
import isoCountries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import russian from 'i18n-iso-countries/langs/ru.json' with { type: 'json' }
import type { Translations } from '../values/locale.ts'
import { parseCurrency } from '../values/money.ts'
import type { Currency } from '../values/money.ts'

/** A country or territory of ISO 3166-1. */
export type CountryFacts = {
  /** Alpha-2. */
  readonly code: string
  /** Alpha-3. */
  readonly code3: string
  readonly names: Translations
  /** What is paid with there first; undefined where nobody lives. */
  readonly currency: Currency | undefined
  /** The digits after the plus: "234", "1809". */
  readonly dialCode: string
}

/** A currency of ISO 4217 that is in circulation somewhere. */
export type CurrencyFacts = {
  readonly code: Currency
  readonly numericCode: number
  /** Digits after the point of its smallest unit. */
  readonly decimals: number
  readonly names: Translations
}

/** All countries of ISO 3166-1, by alpha-2 code. */
export function listCountries(): readonly CountryFacts[] {
  loadedCountries ??= Object.entries(isoCountries.getAlpha2Codes())
    .flatMap(([code, code3]) => {
      const facts = factsByCode.get(code)
      // The list of names has user-assigned codes (Kosovo's XK), which are not part of the standard.
      if (facts === undefined || facts.userAssigned === true) return []
      return [
        {
          code,
          code3,
          names: countryNames(code),
          currency: firstCurrency(facts.currency),
          dialCode: firstDialCode(facts.phone),
        },
      ]
    })
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  return loadedCountries
}

/** The currencies of these countries, by code. */
export function listCurrencies(): readonly CurrencyFacts[] {
  loadedCurrencies ??= [...new Set(listCountries().flatMap(({ currency }) => currency ?? []))]
    .sort()
    .flatMap((code) => {
      const facts = currencyByCode.get(code)
      if (facts === undefined) throw new Error(`The list of currencies does not know ${code}.`)
      return [
        {
          code,
          numericCode: Number(facts.numeric),
          decimals: facts.decimals,
          names: { en: facts.name, ru: russianCurrencyName(code) },
        },
      ]
    })
  return loadedCurrencies
}

type Facts = {
  readonly currency: readonly string[]
  readonly phone: readonly number[]
  readonly userAssigned?: boolean
}

let loadedCountries: readonly CountryFacts[] | undefined
let loadedCurrencies: readonly CurrencyFacts[] | undefined

const factsByCode: ReadonlyMap<string, Facts> = new Map(Object.entries(countryFacts))
const currencyByCode = new Map(Object.entries(currencyFacts))
const russianCurrencies = new Intl.DisplayNames('ru', { type: 'currency' })

isoCountries.registerLocale(english)
isoCountries.registerLocale(russian)

function countryNames(code: string): Translations {
  const en = isoCountries.getName(code, 'en', { select: 'official' })
  const ru = isoCountries.getName(code, 'ru', { select: 'official' })
  if (en === undefined || ru === undefined) throw new Error(`The list of countries has no name for ${code}.`)
  return { en, ru }
}

function firstCurrency(codes: readonly string[]): Currency | undefined {
  return codes[0] === undefined ? undefined : parseCurrency(codes[0])
}

function firstDialCode(codes: readonly number[]): string {
  return codes[0] === undefined ? '' : String(codes[0])
}

/** From the Unicode data that Node carries, with a capital: names of currencies are written small in Russian. */
function russianCurrencyName(code: string): string {
  const name = russianCurrencies.of(code) ?? code
  return name.charAt(0).toUpperCase() + name.slice(1)
}
