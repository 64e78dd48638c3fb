import { sql } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

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
