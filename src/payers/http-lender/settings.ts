import { readBaseUrl, readCredential } from '../../platform/http.ts'
import { readTextSettings } from '../../values/text-settings.ts'

export type LenderSettings = {
  /** Where its calls begin, without a slash at the end. */
  readonly baseUrl: string
  readonly keyId: string
  readonly secret: string
}

export const settings = {
  baseUrl: 'Where its calls begin: https://lender.example/scrip.',
  keyId: 'The name of our key there.',
  secret: 'What both sides sign with; at least 32 characters.',
} as const satisfies Record<keyof LenderSettings, string>

/** Throws Failure validation_failed that names each setting that is missing or wrong. */
export function readLenderSettings(given: unknown): LenderSettings {
  return readTextSettings<LenderSettings>(given, {
    baseUrl: [readBaseUrl, 'an http(s) URL'],
    keyId: [
      (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined),
      'letters, digits and the signs . _ -',
    ],
    secret: [(text) => (text.length >= 32 ? readCredential(text) : undefined), 'at least 32 characters'],
  })
}
