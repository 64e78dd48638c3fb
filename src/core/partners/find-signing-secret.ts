import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { selectNewestSecret } from './credentials.sql.ts'

/**
 * The signing secret of the partner's newest valid credential in a dialect that has one, in clear: what we sign with when we call the
 * partner. Undefined if there is none.
 */
export async function findSigningSecret(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  dialect: string,
): Promise<string | undefined> {
  const found = await selectNewestSecret(db, partnerId, dialect)
  return found === undefined ? undefined : keyRing.open(found, found.credentialId)
}
