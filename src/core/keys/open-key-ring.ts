import type { Database, Tx } from '../../platform/database.ts'
import { decrypt, encrypt, hmacSha256 } from '../../platform/secrets.ts'
import type { SecretKey } from '../../platform/secrets.ts'
import type { DataKeyId } from '../../values/ids.ts'
import { findKey } from './keys.sql.ts'
import type { WrappedKey } from './keys.sql.ts'
import type { KeyRing } from './ring.ts'
import { currentKey, houseKey } from './store-key.ts'
import { unwrapKey } from './wrap-key.ts'

/**
 * Unwraps the house's keys with the master key, making them at the first start. Throws if neither the master key nor one of the
 * previous ones wrapped them.
 *
 * @param previousMasterKeys former master keys, while keys that they wrap may be left (rotate-master-key.ts)
 */
export async function openKeyRing(
  database: Database,
  masterKey: SecretKey,
  previousMasterKeys: readonly SecretKey[] = [],
): Promise<KeyRing> {
  const masters = { current: masterKey, previous: previousMasterKeys }
  const opened = new Map<DataKeyId, SecretKey>()

  function remember(key: WrappedKey): { id: DataKeyId; key: SecretKey } {
    const known = opened.get(key.id) ?? unwrapKey(masters, key)
    opened.set(key.id, known)
    return { id: key.id, key: known }
  }

  const fingerprint = remember(await houseKey(database, masters))
  let stock = remember(await currentKey(database, masters, null, 'stock'))
  let stockReadAt = performance.now()

  /** The stock's key may have been rotated by another process; what is sealed under the former one until this one notices opens as well. */
  function noticeRotation(): void {
    if (performance.now() - stockReadAt < stockKeyAgeMsMost) return
    stockReadAt = performance.now()
    void currentKey(database, masters, null, 'stock').then(
      (key) => (stock = remember(key)),
      () => undefined, // The key at hand goes on working, and the next round asks again.
    )
  }

  return {
    sealForStock(plaintext, context) {
      noticeRotation()
      return { dataKeyId: stock.id, ciphertext: encrypt(stock.key, plaintext, context) }
    },
    async sealForPartner(partnerId, plaintext, context, tx?: Tx) {
      const { id, key } = remember(await currentKey(tx ?? database, masters, partnerId, 'partner'))
      return { dataKeyId: id, ciphertext: encrypt(key, plaintext, context) }
    },
    async sealManyForPartner(partnerId, secrets, tx?: Tx) {
      const { id, key } = remember(await currentKey(tx ?? database, masters, partnerId, 'partner'))
      return secrets.map(({ plaintext, context }) => ({
        dataKeyId: id,
        ciphertext: encrypt(key, plaintext, context),
      }))
    },
    async open(sealed, context) {
      const key = opened.get(sealed.dataKeyId) ?? remember(await storedKey(database, sealed.dataKeyId)).key
      return decrypt(key, sealed.ciphertext, context).toString('utf8')
    },
    fingerprint: (...parts) => asUuid(hmacSha256(fingerprint.key, parts.join('\u0000'))),
  }
}

async function storedKey(database: Database, id: DataKeyId): Promise<WrappedKey> {
  const key = await findKey(database, id)
  if (key === undefined) throw new Error(`The data key ${id} is not in this database.`)
  return key
}

function asUuid(hash: Buffer): string {
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const stockKeyAgeMsMost = 30_000
