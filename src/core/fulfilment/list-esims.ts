import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { EsimSummary } from './esim.ts'
import { selectEsims } from './esims.sql.ts'

/** A partner's eSIMs, newest first. Throws Failure validation_failed for a foreign cursor. */
export function listEsims(db: Db, partnerId: PartnerId, request: PageRequest): Promise<Page<EsimSummary>> {
  return keysetPage<EsimSummary>(
    {
      name: 'esims',
      filters: { partnerId },
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectEsims(db, partnerId, position, limit),
    },
    request,
  )
}
