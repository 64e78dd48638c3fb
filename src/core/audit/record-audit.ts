import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import { insertAudit } from './audit.sql.ts'

/** Who did what to whom. */
export type AuditRecord = {
  /** "system", or whoever acts: an operator, a user, a command. */
  readonly actor: string
  /** What was done, as "<subject>.<past participle>": "partner.suspended". */
  readonly action: string
  /** The partner whose affair it is; undefined for the house's own. */
  readonly partnerId?: PartnerId | undefined
  /** The id of what was changed. */
  readonly subject: string
  /** What it was and what it became. Never a secret: nobody can take it out again. bigints are written as texts. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Adds a line to the audit log, in the transaction of the change that it tells of: either both happen or neither. */
export async function recordAudit(tx: Tx, record: AuditRecord): Promise<void> {
  const asText = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value
  await insertAudit(tx, {
    id: newId(),
    actor: record.actor,
    action: record.action,
    partnerId: record.partnerId ?? null,
    subject: record.subject,
    details: JSON.stringify(record.details ?? {}, asText),
  })
}
