import { createPrivateKey } from 'node:crypto'
import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { readBaseUrl, readCredential } from '../../platform/http.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import { readTextSettings } from '../../values/text-settings.ts'

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
  return readTextSettings<VendifySettings>(given, {
    baseUrl: [readBaseUrl, 'an http(s) URL'],
    apiKey: [readCredential, 'an API key'],
    privateKey: [toPrivateKey, 'a private RSA key as PEM, without a passphrase'],
    walletId: [toWalletId, 'the id of a wallet such as USD-1'],
    currency: [parseCurrency, 'a currency code such as USD'],
  })
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
