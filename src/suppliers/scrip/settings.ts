import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { isCallableUrl } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'

/** Our account with another instance. */
export type ScripSettings = {
  /** Where its giftapi dialect is mounted, without a slash at the end. */
  readonly baseUrl: string
  readonly token: string
  readonly partnerSecret: string
  /** Of our wallet there: every price and every order must be in it. */
  readonly currency: Currency
}

export const settings: readonly ConnectorSetting[] = [
  {
    name: 'baseUrl',
    description: 'Where its partner API is: https://scrip.example/giftapi/v1/partner.',
  },
  { name: 'token', description: 'The token of our key there.' },
  { name: 'partnerSecret', description: 'The secret of our key there; it signs orders, and notices to us.' },
  { name: 'currency', description: 'The currency of our wallet there: USD.' },
]

/** Throws Failure validation_failed that names each setting that is missing or wrong. */
export function readScripSettings(given: unknown): ScripSettings {
  const texts = typeof given === 'object' && given !== null ? new Map(Object.entries(given)) : new Map()
  const problems: FieldProblem[] = []
  const read = <Value>(field: string, reader: (text: string) => Value | undefined, must: string) => {
    const text: unknown = texts.get(field)
    const value = typeof text === 'string' ? reader(text) : undefined
    if (value === undefined) problems.push({ field, sentence: `The ${field} setting must be ${must}.` })
    return value
  }
  const baseUrl = read('baseUrl', toBaseUrl, 'an http(s) URL')
  const token = read('token', toCredential, 'the token of a key')
  const partnerSecret = read('partnerSecret', toCredential, 'the secret of a key')
  const currency = read('currency', parseCurrency, 'a currency code such as USD')
  if (baseUrl === undefined || token === undefined || partnerSecret === undefined || currency === undefined) {
    throw new Failure('validation_failed', { fields: problems })
  }
  return { baseUrl, token, partnerSecret, currency }
}

/** An account with money in it is not spoken to in the clear. Throws Failure validation_failed. */
export function requireSafeUrl({ baseUrl }: ScripSettings, environment: 'sandbox' | 'live'): void {
  const isSafe = environment === 'sandbox' || (baseUrl.startsWith('https:') && isCallableUrl(baseUrl, false))
  if (isSafe) return
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
