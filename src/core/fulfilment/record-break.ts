import type { Db } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { BreakId } from '../../values/ids.ts'
import { insertBreak } from './breaks.sql.ts'
import type { NewBreak } from './breaks.sql.ts'

/** Puts something that does not fit before a person. The same again (supplier, kind, reference) is recorded once. */
export async function recordBreak(db: Db, found: Omit<NewBreak, 'id'>): Promise<{ repeated: boolean }> {
  return { repeated: !(await insertBreak(db, { ...found, id: newId<BreakId>() })) }
}
