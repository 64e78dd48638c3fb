import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { DisbursementId, PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Disbursement } from './disbursement.ts'
import { selectDisbursementPage, selectDisbursements } from './disbursements.sql.ts'

/** A page of a partner's disbursements, newest first, whichever format took them. Throws Failure validation_failed for a foreign cursor. */
export async function listDisbursements(
  db: Db,
  partnerId: PartnerId,
  request: PageRequest,
): Promise<Page<Disbursement>> {
  return keysetPage(
    {
      name: 'disbursements',
      filters: { partnerId },
      keyShapes: [isUuid],
      keyOf: (disbursement) => [disbursement.id],
      find: (position, limit) => selectDisbursementPage(db, partnerId, position, limit),
    },
    request,
  )
}

/** One of a partner's disbursements by our id. Throws Failure disbursement_not_found, for another partner's too. */
export async function findDisbursementById(
  db: Db,
  partnerId: PartnerId,
  id: DisbursementId,
): Promise<Disbursement> {
  const [found] = await selectDisbursements(db, partnerId, [id])
  if (found === undefined) throw new Failure('disbursement_not_found')
  return found
}
