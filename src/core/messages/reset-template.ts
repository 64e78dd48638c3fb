import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId } from './message.ts'
import { findTemplateInForce, insertTemplate } from './message-templates.sql.ts'
import { parseTemplateCode } from './templates.ts'
import type { EditTemplate } from './edit-template.ts'

/** Gives a built-in text back its place; false when it had it already. Throws Failure template_not_found. */
export async function resetTemplate(
  tx: Tx,
  { template, channel, locale, actor }: Omit<EditTemplate, 'source'>,
): Promise<boolean> {
  const code = parseTemplateCode(template)
  if (code === undefined) throw new Failure('template_not_found')
  const place = { code, channel, locale }
  if ((await findTemplateInForce(tx, houseId, place)) === undefined) return false
  await insertTemplate(tx, houseId, place, undefined, actor)
  await recordAudit(tx, { actor, action: 'template.reset', subject: code, details: { channel, locale } })
  return true
}
