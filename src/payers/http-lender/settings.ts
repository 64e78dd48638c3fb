import { isCallableUrl } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'

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
  const values = new Map(typeof given === 'object' && given !== null ? Object.entries(given) : [])
  const problems: FieldProblem[] = []
  const read = (field: keyof LenderSettings, isFit: (text: string) => boolean, must: string): string => {
    const value: unknown = values.get(field)
    if (typeof value === 'string' && isFit(value)) return value
    problems.push({ field, sentence: `The ${field} setting must be ${must}.` })
    return ''
  }
  const baseUrl = read(
    'baseUrl',
    (text) => isCallableUrl(text, true) && !/[?#\s]/.test(text),
    'an http(s) URL',
  )
  const keyId = read('keyId', (text) => /^[\w.-]{1,100}$/.test(text), 'letters, digits and the signs . _ -')
  const secret = read('secret', (text) => /^[\x21-\x7e]{32,512}$/.test(text), 'at least 32 characters')
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  return { baseUrl: baseUrl.replace(/\/+$/, ''), keyId, secret }
}

/** Buyers' particulars are not sent in the clear. Throws Failure validation_failed. */
export function requireSafeUrl({ baseUrl }: LenderSettings, environment: 'sandbox' | 'live'): void {
  if (environment === 'sandbox' || (baseUrl.startsWith('https:') && isCallableUrl(baseUrl, false))) return
  const sentence = 'The baseUrl setting must be an https URL of the public internet.'
  throw new Failure('validation_failed', { fields: [{ field: 'baseUrl', sentence }] })
}
