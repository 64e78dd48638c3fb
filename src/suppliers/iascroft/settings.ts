import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { isCallableUrl } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'

/** Our account as a merchant. */
export type MerchantSettings = {
  /** Where its API begins, without a slash at the end. */
  readonly baseUrl: string
  readonly secretKey: string
  /** Of the wallet whose balance we look at. */
  readonly currency: Currency
}

export const settings: readonly ConnectorSetting[] = [
  { name: 'baseUrl', description: 'Where its API begins: https://api.example.com/v1.' },
  { name: 'secretKey', description: 'Our secret key there: sk_live_….' },
  { name: 'currency', description: 'The currency of our default wallet there: USD.' },
]

/** Throws Failure validation_failed that names each setting that is missing or wrong. */
export function readMerchantSettings(given: unknown): MerchantSettings {
  const texts = typeof given === 'object' && given !== null ? new Map(Object.entries(given)) : new Map()
  const problems: FieldProblem[] = []
  const read = <Value>(field: string, reader: (text: string) => Value | undefined, must: string) => {
    const text: unknown = texts.get(field)
    const value = typeof text === 'string' ? reader(text) : undefined
    if (value === undefined) problems.push({ field, sentence: `The ${field} setting must be ${must}.` })
    return value
  }
  const baseUrl = read('baseUrl', toBaseUrl, 'an http(s) URL')
  const secretKey = read('secretKey', toCredential, 'a secret key')
  const currency = read('currency', parseCurrency, 'a currency code such as USD')
  if (baseUrl === undefined || secretKey === undefined || currency === undefined)
    throw new Failure('validation_failed', { fields: problems })
  return { baseUrl, secretKey, currency }
}

/** An account with money in it is not spoken to in the clear. Throws Failure validation_failed. */
export function requireSafeUrl({ baseUrl }: MerchantSettings, environment: 'sandbox' | 'live'): void {
  if (environment === 'sandbox' || (baseUrl.startsWith('https:') && isCallableUrl(baseUrl, false))) return
  const sentence = 'The baseUrl setting must be an https URL of the public internet.'
  throw new Failure('validation_failed', { fields: [{ field: 'baseUrl', sentence }] })
}

function toBaseUrl(text: string): string | undefined {
  return isCallableUrl(text, true) && !/[?#\s]/.test(text) ? text.replace(/\/+$/, '') : undefined
}

/** What can stand in a header. */
function toCredential(text: string): string | undefined {
  return /^[\x21-\x7e]{1,512}$/.test(text) ? text : undefined
}
