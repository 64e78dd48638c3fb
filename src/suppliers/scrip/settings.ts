import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { readBaseUrl, readCredential } from '../../platform/http.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import { readTextSettings } from '../../values/text-settings.ts'

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
  return readTextSettings<ScripSettings>(given, {
    baseUrl: [readBaseUrl, 'an http(s) URL'],
    token: [readCredential, 'the token of a key'],
    partnerSecret: [readCredential, 'the secret of a key'],
    currency: [parseCurrency, 'a currency code such as USD'],
  })
}
