import type { Database, Tx } from '../../platform/database.ts'
import { keyFingerprint } from '../../platform/secrets.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { lockHouseKey, lockKeysOfOtherMaster, rewrapKey, selectMasterKeys } from './keys.sql.ts'
import type { WrappedKey } from './keys.sql.ts'
import { masterKeyNamed, unwrapKey, wrapKey } from './wrap-key.ts'
import type { MasterKeys } from './wrap-key.ts'

/**
 * Brings all data keys under the current master key, a lot in each transaction. Secrets themselves are not touched: they stay under
 * their data keys. Interrupted, it goes on where it stopped when it is run again; until it has ended, every process needs the
 * previous master keys, too. Processes that have both keep working throughout.
 *
 * Throws, before anything is changed, when a data key is under a master key that is neither the current nor a previous one.
 *
 * @returns how many data keys this run rewrapped
 */
export async function rotateMasterKey(
  database: Database,
  masters: MasterKeys,
  options: { readonly actor: string; readonly lot?: number },
): Promise<number> {
  for (const name of await selectMasterKeys(database)) masterKeyNamed(masters, name)
  let rewrapped = await database.inTransaction((tx) => bringIntoForce(tx, masters, options.actor))
  for (;;) {
    const lot = await database.inTransaction((tx) => rewrapLot(tx, masters, options.lot ?? lotUsual))
    if (lot === 0) return rewrapped
    rewrapped += lot
  }
}

/** From here on new data keys are wrapped under the current master key, so the rest can only become fewer. */
async function bringIntoForce(tx: Tx, masters: MasterKeys, actor: string): Promise<number> {
  const key = await lockHouseKey(tx)
  const current = keyFingerprint(masters.current)
  if (key === undefined || key.masterKey === current) return 0
  await rewrap(tx, masters, key)
  await recordAudit(tx, {
    actor,
    action: 'master_key.rotated',
    subject: current,
    details: { from: key.masterKey },
  })
  return 1
}

async function rewrapLot(tx: Tx, masters: MasterKeys, lot: number): Promise<number> {
  const keys = await lockKeysOfOtherMaster(tx, keyFingerprint(masters.current), lot)
  for (const key of keys) await rewrap(tx, masters, key)
  return keys.length
}

async function rewrap(tx: Tx, masters: MasterKeys, key: WrappedKey): Promise<void> {
  await rewrapKey(tx, { ...key, ...wrapKey(masters.current, key.id, unwrapKey(masters, key)) })
}

const lotUsual = 200
