import type { Db } from '../../platform/database.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { selectSecret } from './credentials.sql.ts'

/**
 * The signing secret of a partner's credential in a dialect, in clear: what we sign with when we call the partner. Undefined if there is none.
 *
 * @param wished of the credential under which what we tell of was asked for, while that can be used; else of the newest one that can
 */
export async function findSigningSecret(
  db: Db,
  keyRing: KeyRing,
  partnerId: PartnerId,
  dialect: string,
  wished?: CredentialId,
): Promise<string | undefined> {
  const found = await selectSecret(db, partnerId, dialect, wished)
  return found === undefined ? undefined : keyRing.open(found, found.credentialId)
}
