import type { OneTimeCodeId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'

/** The keyed hash of a one-time code, which is of one row: the same digits have another one elsewhere. */
export function fingerprintOfOneTimeCode(keyRing: KeyRing, id: OneTimeCodeId, code: string): string {
  return keyRing.fingerprint('one-time-code', id, code)
}
