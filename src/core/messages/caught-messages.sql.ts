import type { Position } from '../../platform/cursor.ts'
import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { CaughtMessageId, DataKeyId } from '../../values/ids.ts'
import type { Sealed } from '../keys/ring.ts'
import type { CaughtMessage } from './catcher.ts'
import { houseId } from './message.ts'

export type CaughtRow = Pick<CaughtMessage, 'id' | 'channel' | 'source' | 'caughtAt'> & {
  readonly ciphertext: Buffer
  readonly dataKeyId: DataKeyId
}

export async function insertCaught(
  tx: Tx,
  row: Pick<CaughtMessage, 'id' | 'channel' | 'source'> & { readonly sealed: Sealed },
): Promise<void> {
  await tx.query(sql`
    insert into caught_messages (partner_id, id, channel, source, content, data_key_id)
    values (${houseId}, ${row.id}, ${row.channel}, ${row.source}, ${row.sealed.ciphertext}, ${row.sealed.dataKeyId})`)
}

/** Keeps the newest. */
export async function deleteOldest(tx: Tx, kept: number): Promise<void> {
  await tx.query(sql`
    delete from caught_messages where partner_id = ${houseId} and id <= (
      select id from caught_messages where partner_id = ${houseId} order by id desc offset ${kept} limit 1)`)
}

/** Newest first from a position, which is an id. */
export async function selectCaught(
  db: Db,
  position: Position | undefined,
  limit: number,
): Promise<CaughtRow[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  return db.query<CaughtRow>(sql`
    select ${columns} from caught_messages
    where partner_id = ${houseId} ${position === undefined ? sql`` : backwards ? sql`and id > ${id}` : sql`and id < ${id}`}
    order by ${backwards ? sql`id` : sql`id desc`} limit ${limit}`)
}

export async function findCaughtRow(db: Db, id: CaughtMessageId): Promise<CaughtRow | undefined> {
  const [row] = await db.query<CaughtRow>(
    sql`select ${columns} from caught_messages where partner_id = ${houseId} and id = ${id}`,
  )
  return row
}

const columns = sql`id, channel, source, content as ciphertext, data_key_id as "dataKeyId", caught_at as "caughtAt"`
