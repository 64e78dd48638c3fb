import { sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

/** What a partner is called; undefined: there is none, as for the house itself. */
export async function selectPartnerName(db: Db, id: PartnerId): Promise<string | undefined> {
  const [row] = await db.query<{ name: string }>(sql`select name from partners where id = ${id}`)
  return row?.name
}
