import { createPublicKey } from 'node:crypto'
import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { readBaseUrl, readCredential } from '../../platform/http.ts'
import { readTextSettings } from '../../values/text-settings.ts'

/** Our account as a company that sends vouchers. */
export type CompanySettings = {
  /** Where its API begins, without a slash at the end. */
  readonly baseUrl: string
  readonly username: string
  readonly apiKey: string
  /** What the other side gave us as key.crt: its RSA key, as PEM. */
  readonly certificate: string
  /** Whether the other side tells recipients of their vouchers. */
  readonly notifies: 'yes' | 'no'
}

export const settings: readonly ConnectorSetting[] = [
  { name: 'baseUrl', description: 'Where its API begins: https://scrip.example/giftpesa.' },
  { name: 'username', description: 'The user name of our account there.' },
  { name: 'apiKey', description: 'The API key of our account there.' },
  { name: 'certificate', description: 'What the file key.crt holds, which was given out with it (PEM).' },
  { name: 'notifies', description: 'Whether the other side sends recipients a message: yes or no.' },
]

/** Throws Failure validation_failed that names each setting that is missing or wrong. */
export function readCompanySettings(given: unknown): CompanySettings {
  return readTextSettings<CompanySettings>(given, {
    baseUrl: [readBaseUrl, 'an http(s) URL'],
    username: [toCredential, 'a user name'],
    apiKey: [toCredential, 'an API key'],
    certificate: [toPublicKey, 'a public RSA key as PEM'],
    notifies: [toYesOrNo, 'yes or no'],
  })
}

/** It stands beside a time in one block of the key. */
function toCredential(text: string): string | undefined {
  return readCredential(text, 200)
}

/** Somebody who types it as one line writes its line ends as \n. */
function toPublicKey(text: string): string | undefined {
  const pem = text.replaceAll('\\n', '\n').trim()
  // A private key would do for what we do with it, and has no business here.
  if (!/^-----BEGIN (RSA )?(PUBLIC KEY|CERTIFICATE)-----/.test(pem)) return undefined
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem)
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048
      ? pem
      : undefined
  } catch {
    return undefined
  }
}

function toYesOrNo(text: string): 'yes' | 'no' | undefined {
  return text === 'yes' || text === 'no' ? text : undefined
}
