import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { AuditFilter, AuditLine } from './audit.ts'
import { selectAudit } from './audit.sql.ts'

/** A page of the audit log, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listAudit(db: Db, filter: AuditFilter, request: PageRequest): Promise<Page<AuditLine>> {
  return keysetPage(
    {
      name: 'audit',
      filters: filter,
      keyShapes: [isUuid],
      keyOf: (line) => [line.id],
      find: (position, limit) => selectAudit(db, filter, position, limit),
    },
    request,
  )
}
