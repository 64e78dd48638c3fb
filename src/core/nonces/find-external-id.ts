import type { Db } from '../../platform/database.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import { selectByNonce, selectByReference } from './nonces.sql.ts'

type Wanted = { readonly nonce: string; readonly credentialId: CredentialId } | { readonly reference: string }

/** The external id of the order that a nonce came with, or that has a reference; undefined if there is none. */
export async function findExternalId(
  db: Db,
  partnerId: PartnerId,
  wanted: Wanted,
): Promise<string | undefined> {
  return 'reference' in wanted
    ? selectByReference(db, partnerId, wanted.reference)
    : selectByNonce(db, partnerId, wanted.nonce, wanted.credentialId)
}
