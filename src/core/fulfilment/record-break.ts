import type { Db } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { BreakId } from '../../values/ids.ts'
import { insertBreaks } from './breaks.sql.ts'
import type { NewBreak } from './breaks.sql.ts'

/** Puts something that does not fit before a person. The same again (supplier, kind, reference) is recorded once. */
export async function recordBreak(db: Db, found: Omit<NewBreak, 'id'>): Promise<{ repeated: boolean }> {
  return { repeated: (await recordBreaks(db, [found])) === 0 }
}

/** As `recordBreak`, of at most some thousands at a time. @returns how many were not recorded before. */
export async function recordBreaks(db: Db, found: readonly Omit<NewBreak, 'id'>[]): Promise<number> {
  const inserted = await insertBreaks(
    db,
    found.map((one) => ({ ...one, id: newId<BreakId>() })),
  )
  return inserted.length
}
