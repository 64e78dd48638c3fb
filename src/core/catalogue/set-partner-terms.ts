import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { printDecimal } from '../../values/decimal.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { hundredPercent, percentScale } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import { lockCatalogue } from './catalogue-writes.sql.ts'
import type { PartnerTerms } from './catalogue.ts'
import { writePartnerTerms } from './price-writes.sql.ts'

/**
 * Says what margin and discount a partner has where prices follow the exchange rate. Processes are told if anything changed.
 * Throws Failure partner_not_found, or validation_failed for a margin of −100 % or less or over 1,000 % and a discount that is negative
 * or not below 100 %.
 *
 * @returns false if they were so already
 */
export async function setPartnerTerms(
  tx: Tx,
  command: PartnerTerms & { readonly actor: string },
): Promise<boolean> {
  const { actor, ...terms } = command
  const { partnerId, fxMarginPercent, discountPercent } = terms
  const problems: FieldProblem[] = []
  if (fxMarginPercent <= -hundredPercent || fxMarginPercent > 10n * hundredPercent)
    problems.push({
      field: 'fx_margin',
      sentence: 'The margin must be more than −100 % and at most 1,000 %.',
    })
  if (discountPercent < 0n || discountPercent >= hundredPercent)
    problems.push({ field: 'discount', sentence: 'The discount must be from 0 % to less than 100 %.' })
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  await lockCatalogue(tx)
  const changed = await writePartnerTerms(tx, terms).catch((error: unknown) => {
    if (violatedConstraint(error) === 'partner_terms_partner_id_fkey')
      throw new Failure('partner_not_found', { cause: error })
    throw error
  })
  if (!changed) return false
  const details = {
    fxMarginPercent: printDecimal(fxMarginPercent, percentScale),
    discountPercent: printDecimal(discountPercent, percentScale),
  }
  await recordAudit(tx, { actor, action: 'partner.terms_set', partnerId, subject: partnerId, details })
  await announceCatalogueChange(tx)
  return true
}
