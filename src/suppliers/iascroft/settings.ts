import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { readBaseUrl, readCredential } from '../../platform/http.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import { readTextSettings } from '../../values/text-settings.ts'

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
  return readTextSettings<MerchantSettings>(given, {
    baseUrl: [readBaseUrl, 'an http(s) URL'],
    secretKey: [readCredential, 'a secret key'],
    currency: [parseCurrency, 'a currency code such as USD'],
  })
}
