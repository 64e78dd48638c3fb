import { BadSetting } from '../../platform/config.ts'
import { decrypt, encrypt, keyFingerprint } from '../../platform/secrets.ts'
import type { SecretKey } from '../../platform/secrets.ts'
import type { DataKeyId } from '../../values/ids.ts'
import type { WrappedKey } from './keys.sql.ts'

/** The master key that is to be in force, and former ones that may still wrap something while the keys are being rotated. */
export type MasterKeys = { readonly current: SecretKey; readonly previous: readonly SecretKey[] }

/** Wraps a data key under a master key; the id is bound to it, so that a wrapped key in another row does not open. */
export function wrapKey(
  masterKey: SecretKey,
  id: DataKeyId,
  key: SecretKey,
): { wrapped: Buffer; masterKey: string } {
  return { wrapped: encrypt(masterKey, key, id), masterKey: keyFingerprint(masterKey) }
}

/** The data key inside. Throws with a readable sentence when none of the master keys wrapped it. */
export function unwrapKey(masters: MasterKeys, key: WrappedKey): SecretKey {
  return decrypt(masterKeyNamed(masters, key.masterKey), key.wrapped, key.id) as SecretKey // Only keys are ever wrapped.
}

/** The master key with this fingerprint. Throws with a readable sentence when it is none of those at hand. */
export function masterKeyNamed(masters: MasterKeys, fingerprint: string): SecretKey {
  const found = [masters.current, ...masters.previous].find((key) => keyFingerprint(key) === fingerprint)
  if (found !== undefined) return found
  throw new BadSetting(
    'The master key is not the one that this database was set up with: check SCRIP_MASTER_KEY or master.key in the data directory' +
      ' and, during a rotation, SCRIP_MASTER_KEY_PREVIOUS.',
  )
}
