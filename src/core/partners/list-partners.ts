import { isInteger } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Partner, PartnerStatus } from './partner.ts'
import { selectPartnerList } from './partners.sql.ts'

/** A page of all partners, or of those with a status or with a text in their name or address, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listPartners(
  db: Db,
  filters: { readonly status?: PartnerStatus | undefined; readonly text?: string | undefined },
  request: PageRequest,
): Promise<Page<Partner>> {
  return keysetPage(
    {
      name: 'partners',
      filters: { status: filters.status, text: filters.text },
      keyShapes: [isInteger],
      keyOf: (partner) => [partner.number.toString()],
      find: (position, limit) => selectPartnerList(db, filters, position, limit),
    },
    request,
  )
}
