import type { Db } from '../../platform/database.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import { placingSecondsMost } from './nonce.ts'
import { selectByNonce, selectByReference, selectIsFresh } from './nonces.sql.ts'

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

/**
 * Whether what came with a nonce may be on its way still, in some process: that there is no order then means nothing, and whoever takes it for a no
 * buys twice.
 */
export async function mayBePlacedYet(db: Db, partnerId: PartnerId, nonce: string): Promise<boolean> {
  return selectIsFresh(db, partnerId, nonce, 2 * placingSecondsMost)
}
