import { sql } from '../../platform/database.ts'
import type { Position } from '../../platform/cursor.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { AuditFilter, AuditLine } from './audit.ts'

export type AuditRow = {
  readonly id: string
  readonly actor: string
  readonly action: string
  readonly partnerId: PartnerId | null
  readonly subject: string
  /** A JSON object. */
  readonly details: string
}

export async function insertAudit(tx: Tx, row: AuditRow): Promise<void> {
  await tx.query(sql`
    insert into audit_log (id, actor, action, partner_id, subject, details)
    values (${row.id}, ${row.actor}, ${row.action}, ${row.partnerId}, ${row.subject}, ${row.details}::jsonb)`)
}

/** By id, which is the order of time; newest first from a position. */
export async function selectAudit(
  db: Db,
  { partnerId, action, actor }: AuditFilter,
  position: Position | undefined,
  limit: number,
): Promise<AuditLine[]> {
  const backwards = position?.direction === 'before'
  const id = position?.key[0] ?? ''
  const rows = await db.query<
    Omit<AuditLine, 'actorName' | 'partnerId'> & { actorName: string | null; partnerId: PartnerId | null }
  >(sql`
    select a.id, a.at, a.actor, u.email as "actorName", a.action, a.partner_id as "partnerId", a.subject, a.details
    from audit_log a
    left join users u on a.actor = 'user:' || u.id
    where true
      ${partnerId === undefined ? sql`` : sql`and a.partner_id = ${partnerId}`}
      ${action === undefined ? sql`` : sql`and starts_with(a.action, ${action})`}
      ${actor === undefined ? sql`` : sql`and a.actor = ${actor}`}
      ${position === undefined ? sql`` : backwards ? sql`and a.id > ${id}` : sql`and a.id < ${id}`}
    order by ${backwards ? sql`a.id` : sql`a.id desc`}
    limit ${limit}`)
  return rows.map(({ actorName, partnerId: of, ...line }) => ({
    ...line,
    actorName: actorName ?? undefined,
    partnerId: of ?? undefined,
  }))
}
