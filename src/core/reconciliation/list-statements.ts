import { isInteger, isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { StatementId, SupplierId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Match, Statement } from './statement.ts'
import { selectLines, selectStatement, selectStatements } from './statements.sql.ts'
import type { ListedLine } from './statements.sql.ts'

/** A page of statements, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listStatements(
  db: Db,
  supplierId: SupplierId | undefined,
  request: PageRequest,
): Promise<Page<Statement>> {
  return keysetPage<Statement>(
    {
      name: 'supplier statements',
      filters: { supplierId },
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectStatements(db, supplierId, position, limit),
    },
    request,
  )
}

/** Throws Failure statement_not_found. */
export async function findStatement(db: Db, id: StatementId): Promise<Statement> {
  const found = await selectStatement(db, id)
  if (found === undefined) throw new Failure('statement_not_found')
  return found
}

/** A page of a statement's lines in the order of the file, of all or of those that something came of. */
export async function listStatementLines(
  db: Db,
  id: StatementId,
  match: Match | undefined,
  request: PageRequest,
): Promise<Page<ListedLine>> {
  return keysetPage<ListedLine>(
    {
      name: 'statement lines',
      filters: { id, match },
      keyShapes: [isInteger],
      keyOf: ({ line }) => [line.toString()],
      find: (position, limit) => selectLines(db, id, match, position, limit),
    },
    request,
  )
}
