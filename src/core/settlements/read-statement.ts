import { isInteger } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Statement, StatementLine } from './statement.ts'
import { selectLines, selectLinesBefore } from './statements.sql.ts'

/** All lines of a statement in their order, `pageSize` of them in memory at a time. */
export async function* readStatement(
  db: Db,
  { span }: Statement,
  pageSize = 1_000,
): AsyncGenerator<StatementLine> {
  let after = span.first
  for (;;) {
    const lines = await selectLines(db, span, after, pageSize)
    yield* lines
    after = lines.at(-1)?.number ?? after
    if (lines.length < pageSize) return
  }
}

/** A page of a statement's lines, in their order. Throws Failure validation_failed for a foreign cursor. */
export function listStatementLines(
  db: Db,
  { span }: Statement,
  request: PageRequest,
): Promise<Page<StatementLine>> {
  const { partnerId, account, first, last } = span
  return keysetPage<StatementLine>(
    {
      name: 'merchant statement',
      filters: { partnerId, account, first: first.toString(), last: last.toString() },
      keyShapes: [isInteger],
      keyOf: ({ number }) => [number.toString()],
      find: (position, limit) => {
        const number = BigInt(position?.key[0] ?? first)
        return position?.direction === 'before'
          ? selectLinesBefore(db, span, number, limit)
          : selectLines(db, span, number > first ? number : first, limit)
      },
    },
    request,
  )
}
