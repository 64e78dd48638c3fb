import type { KeyRing } from '../keys/ring.ts'

/** The keyed hash by which a voucher is found by its code; `code` as `parseCode` writes it. */
export function fingerprintOfCode(keyRing: KeyRing, code: string): string {
  return keyRing.fingerprint('voucher', code)
}
