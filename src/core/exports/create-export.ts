import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { ExportId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { ReportExport } from './export.ts'
import { insertExport } from './exports.sql.ts'

/**
 * Takes a request for a report as a file, which a job makes. Its link is mailed to the partner's administrator once it is there: whoever asks by
 * API gets nothing but the id.
 */
export async function createExport(
  tx: Tx,
  command: Omit<ReportExport, 'id'> & { readonly actor: string },
): Promise<ExportId> {
  const { actor, ...asked } = command
  const { partnerId, title } = asked
  const id = newId<ExportId>()
  await insertExport(tx, { ...asked, id })
  const audited = { actor, action: 'report.requested', partnerId, subject: id }
  await recordAudit(tx, { ...audited, details: { title } })
  return id
}
