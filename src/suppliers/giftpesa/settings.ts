import { createPublicKey } from 'node:crypto'
import type { ConnectorSetting } from '../../core/fulfilment/supplier.ts'
import { isCallableUrl } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'

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
  const texts = typeof given === 'object' && given !== null ? new Map(Object.entries(given)) : new Map()
  const problems: FieldProblem[] = []
  const read = <Value>(field: string, reader: (text: string) => Value | undefined, must: string) => {
    const text: unknown = texts.get(field)
    const value = typeof text === 'string' ? reader(text) : undefined
    if (value === undefined) problems.push({ field, sentence: `The ${field} setting must be ${must}.` })
    return value
  }
  const baseUrl = read('baseUrl', toBaseUrl, 'an http(s) URL')
  const username = read('username', toCredential, 'a user name')
  const apiKey = read('apiKey', toCredential, 'an API key')
  const certificate = read('certificate', toPublicKey, 'a public RSA key as PEM')
  const notifies = read('notifies', toYesOrNo, 'yes or no')
  const isWhole =
    baseUrl !== undefined && username !== undefined && apiKey !== undefined && certificate !== undefined
  if (!isWhole || notifies === undefined) throw new Failure('validation_failed', { fields: problems })
  return { baseUrl, username, apiKey, certificate, notifies }
}

/** An account with money in it is not spoken to in the clear. Throws Failure validation_failed. */
export function requireSafeUrl({ baseUrl }: CompanySettings, environment: 'sandbox' | 'live'): void {
  if (environment === 'sandbox' || (baseUrl.startsWith('https:') && isCallableUrl(baseUrl, false))) return
  const sentence = 'The baseUrl setting must be an https URL of the public internet.'
  throw new Failure('validation_failed', { fields: [{ field: 'baseUrl', sentence }] })
}

function toBaseUrl(text: string): string | undefined {
  return isCallableUrl(text, true) && !/[?#\s]/.test(text) ? text.replace(/\/+$/, '') : undefined
}

/** What can stand in a header, and fits beside a time into one block of the key. */
function toCredential(text: string): string | undefined {
  return /^[\x21-\x7e]{1,200}$/.test(text) ? text : undefined
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
