import { createPrivateKey } from 'node:crypto'
import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { isCallableUrl } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'

/** Our account with a reseller API. */
export type VendifySettings = {
  /** What stands before /api/v1, without a slash at the end. */
  readonly baseUrl: string
  readonly apiKey: string
  /** RSA, as PEM. */
  readonly privateKey: string
  /** The wallet there that pays. */
  readonly walletId: string
  /** Of that wallet: every price and every order must be in it. */
  readonly currency: Currency
}

export const settings: readonly ConnectorSetting[] = [
  { name: 'baseUrl', description: 'What stands before /api/v1 there: https://scrip.example/vendify.' },
  { name: 'apiKey', description: 'The API key of our account there.' },
  {
    name: 'privateKey',
    description: 'The private RSA key that was shown with it, as PEM; it signs every call.',
  },
  { name: 'walletId', description: 'The wallet there that pays: USD-1.' },
  { name: 'currency', description: 'The currency of that wallet: USD.' },
]

/** Throws Failure validation_failed that names each setting that is missing or wrong. */
export function readVendifySettings(given: unknown): VendifySettings {
  const texts = typeof given === 'object' && given !== null ? new Map(Object.entries(given)) : new Map()
  const problems: FieldProblem[] = []
  const read = <Value>(field: string, reader: (text: string) => Value | undefined, must: string) => {
    const text: unknown = texts.get(field)
    const value = typeof text === 'string' ? reader(text) : undefined
    if (value === undefined) problems.push({ field, sentence: `The ${field} setting must be ${must}.` })
    return value
  }
  const baseUrl = read('baseUrl', toBaseUrl, 'an http(s) URL')
  const apiKey = read('apiKey', toCredential, 'an API key')
  const privateKey = read('privateKey', toPrivateKey, 'a private RSA key as PEM, without a passphrase')
  const walletId = read('walletId', toWalletId, 'the id of a wallet such as USD-1')
  const currency = read('currency', parseCurrency, 'a currency code such as USD')
  const isWhole =
    baseUrl !== undefined && apiKey !== undefined && privateKey !== undefined && walletId !== undefined
  if (!isWhole || currency === undefined) throw new Failure('validation_failed', { fields: problems })
  return { baseUrl, apiKey, privateKey, walletId, currency }
}

/** An account with money in it is not spoken to in the clear. Throws Failure validation_failed. */
export function requireSafeUrl({ baseUrl }: VendifySettings, environment: 'sandbox' | 'live'): void {
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

function toWalletId(text: string): string | undefined {
  return /^[A-Za-z0-9-]{1,20}$/.test(text) ? text.toUpperCase() : undefined
}

/** Somebody who types it as one line writes its line ends as \n. */
function toPrivateKey(text: string): string | undefined {
  const pem = text.replaceAll('\\n', '\n').trim()
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? pem : undefined
  } catch {
    return undefined
  }
}
