import type { Db } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import type { DataKeyId, PartnerId } from '../../values/ids.ts'
import { findCurrentKey, insertFirstKeyIfNone, insertKeyIfNone } from './keys.sql.ts'
import type { KeyPurpose, WrappedKey } from './keys.sql.ts'
import { masterKeyNamed, wrapKey } from './wrap-key.ts'
import type { MasterKeys } from './wrap-key.ts'

/** The owner's current key for a purpose, made if there is none. Of two processes that make it at once, one wins and both get that. */
export async function currentKey(
  db: Db,
  masters: MasterKeys,
  partnerId: PartnerId | null,
  purpose: Exclude<KeyPurpose, 'fingerprint'>,
): Promise<WrappedKey> {
  // A second round only if the master key was rotated in between.
  for (let attempt = 0; attempt < attemptsMost; attempt += 1) {
    const stored = await findCurrentKey(db, partnerId, purpose)
    if (stored !== undefined) return stored
    const house = await houseKey(db, masters)
    const id = newId<DataKeyId>()
    const wrapped = wrapKey(masterKeyNamed(masters, house.masterKey), id, newSecretKey())
    await insertKeyIfNone(db, { id, partnerId, purpose, ...wrapped })
  }
  const winner = await findCurrentKey(db, partnerId, purpose)
  if (winner === undefined) throw new Error(`The ${purpose} key was not stored.`)
  return winner
}

/**
 * The key of the codes' fingerprints: the first key of an installation, never replaced. Whichever master key wraps it is the one in
 * force: new keys are wrapped under the same, so that processes which do not have a new master key yet can still open them.
 */
export async function houseKey(db: Db, masters: MasterKeys): Promise<WrappedKey> {
  const stored = await findCurrentKey(db, null, 'fingerprint')
  if (stored !== undefined) return stored
  const id = newId<DataKeyId>()
  await insertFirstKeyIfNone(db, {
    id,
    partnerId: null,
    purpose: 'fingerprint',
    ...wrapKey(masters.current, id, newSecretKey()),
  })
  const winner = await findCurrentKey(db, null, 'fingerprint')
  if (winner === undefined) throw new Error('The fingerprint key was not stored.')
  return winner
}

const attemptsMost = 3
