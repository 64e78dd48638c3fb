import type { Db } from '../../platform/database.ts'
import { findCurrentKey, selectMasterKeys } from './keys.sql.ts'
import { masterKeyNamed, unwrapKey } from './wrap-key.ts'
import type { MasterKeys } from './wrap-key.ts'

/**
 * Whether the master keys at hand open the data keys that are stored, without storing anything. Throws, with a readable sentence,
 * when one of those in use is missing.
 *
 * @returns how many master keys are in use: 0 before the first start, 1 usually, more while they are being rotated
 */
export async function checkKeys(db: Db, masters: MasterKeys): Promise<number> {
  const names = await selectMasterKeys(db)
  for (const name of names) masterKeyNamed(masters, name)
  for (const purpose of ['fingerprint', 'stock'] as const) {
    const key = await findCurrentKey(db, null, purpose)
    if (key !== undefined) unwrapKey(masters, key)
  }
  return names.length
}
