import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Credential } from './credential.ts'
import { selectCredentials, selectDialect } from './credentials.sql.ts'

/** A page of a partner's credentials, ended ones too, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listCredentials(
  db: Db,
  partnerId: PartnerId,
  request: PageRequest,
): Promise<Page<Credential>> {
  return keysetPage(
    {
      name: 'credentials',
      filters: { partnerId },
      keyShapes: [isUuid],
      keyOf: (credential) => [credential.id],
      find: (position, limit) => selectCredentials(db, partnerId, position, limit),
    },
    request,
  )
}

/** Which wire format a credential opens; undefined: the partner has none of this id. */
export async function findFormatOf(
  db: Db,
  partnerId: PartnerId,
  id: CredentialId,
): Promise<string | undefined> {
  return selectDialect(db, partnerId, id)
}
