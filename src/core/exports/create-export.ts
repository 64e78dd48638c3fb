import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import type { Renderer } from '../../platform/templates.ts'
import type { ExportId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import type { Partner } from '../partners/partner.ts'
import { exportDays } from './export.ts'
import { insertExport } from './exports.sql.ts'

/**
 * Takes a request for a report as a file, and mails its link to the partner's administrator: whoever asks by API gets nothing but the id. Of
 * the link's token only a hash is kept.
 */
export async function createExport(
  tx: Tx,
  parts: { readonly keyRing: KeyRing; readonly renderer: Renderer },
  command: {
    readonly partner: Partner
    readonly dialect: string
    readonly request: unknown
    /** The report in a few words. */
    readonly title: string
    readonly actor: string
    /** The address that a token's holder reads the file at. */
    readonly urlOf: (token: string) => string
  },
): Promise<ExportId> {
  const { partner, dialect, request, title, actor, urlOf } = command
  const id = newId<ExportId>()
  const token = newToken('')
  await insertExport(tx, { id, partnerId: partner.id, request }, dialect, sha256(token))
  await sendMessage(tx, parts.keyRing, parts.renderer, {
    partnerId: partner.id,
    channel: 'mail',
    to: partner.email,
    locale: partner.locale,
    reference: `report:${id}`,
    template: 'report_ready',
    facts: { report: title, url: urlOf(token), days: exportDays },
  })
  const audited = { actor, action: 'report.requested', partnerId: partner.id, subject: id }
  await recordAudit(tx, { ...audited, details: { title } })
  return id
}
