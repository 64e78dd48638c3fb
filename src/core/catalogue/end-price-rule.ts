import type { Tx } from '../../platform/database.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import { lockCatalogue } from './catalogue-writes.sql.ts'
import { deletePriceRule } from './price-rules.sql.ts'

/** Takes a price rule away: the next one that fits counts again. Audited. False: there is none with this id (any more). */
export async function endPriceRule(
  tx: Tx,
  command: { readonly id: string; readonly actor: string },
): Promise<boolean> {
  const { id, actor } = command
  await lockCatalogue(tx)
  const ended = await deletePriceRule(tx, id)
  if (ended === undefined) return false
  const partnerId = ended.partnerId ?? undefined
  const subject = partnerId ?? 'everyone'
  await recordAudit(tx, { actor, action: 'price_rule.ended', partnerId, subject, details: { rule: id } })
  await announceCatalogueChange(tx)
  return true
}
