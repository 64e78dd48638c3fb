import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import { selectNames } from './partners.sql.ts'

/** What partners are called, for a page of whatever belongs to them; those that do not exist are not in it. */
export async function findNames(db: Db, ids: readonly PartnerId[]): Promise<ReadonlyMap<PartnerId, string>> {
  if (ids.length === 0) return new Map()
  return new Map((await selectNames(db, [...new Set(ids)])).map(({ id, name }) => [id, name]))
}
