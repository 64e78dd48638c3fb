import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { printDecimal } from '../../values/decimal.ts'
import { hundredPercent, largestAmountMicros, percentScale, printAmount } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import type { PriceRule } from './catalogue.ts'
import { lockCatalogue } from './catalogue-writes.sql.ts'
import type { PriceRuleInput } from './input.ts'
import { selectScope, writePriceRule } from './price-writes.sql.ts'
import type { ScopeIds } from './price-writes.sql.ts'

/**
 * Makes a rule, or replaces the one that its partner (or everyone) has for the same scope; audited. A fixed price has a rule of its own for
 * each currency, beside the SKU's rule for the others. Processes are told if anything changed.
 * How far a price may go without a second person is for `changePrices` to say.
 *
 * Throws Failure sku_not_found, product_not_found, partner_not_found, or validation_failed for an unknown brand, category or currency, a
 * markup of −100 % or less or over 1,000 %, a negative or too large amount, and a fixed price that has markups beside it or is not
 * for a SKU of one face value.
 *
 * @returns false if it was so already
 */
export async function setPriceRule(tx: Tx, input: PriceRuleInput): Promise<boolean> {
  const { partnerId, markupPercent = 0n, markupFixed = 0n, fixedPrice, actor = 'system' } = input
  const rule = { partnerId, markupPercent, markupFixed, fixedPrice }
  checkFigures(rule)
  await lockCatalogue(tx)
  const scope = await findScope(tx, input)
  const changed = await writePriceRule(tx, rule, scope).catch((error: unknown) => {
    throw toFailure(error)
  })
  if (!changed) return false
  const details = {
    scope:
      input.scope.kind === 'all'
        ? 'all'
        : `${input.scope.kind} ${'id' in input.scope ? input.scope.id : input.scope.code}`,
    markupPercent: printDecimal(markupPercent, percentScale),
    markupFixed: printAmount(markupFixed),
    fixedPrice: fixedPrice === undefined ? null : `${printAmount(fixedPrice.amount)} ${fixedPrice.currency}`,
  }
  const subject = partnerId ?? 'everyone'
  await recordAudit(tx, {
    actor,
    action: 'price_rule.set',
    partnerId: partnerId ?? undefined,
    subject,
    details,
  })
  await announceCatalogueChange(tx)
  return true
}

function checkFigures({ markupPercent, markupFixed, fixedPrice }: Omit<PriceRule, 'scope'>): void {
  if (markupPercent <= -hundredPercent || markupPercent > 10n * hundredPercent) {
    throw invalid('markupPercent', 'The markup must be more than −100 % and at most 1,000 %.')
  }
  if (markupFixed < 0n || markupFixed > largestAmountMicros) {
    throw invalid('markupFixed', 'The fixed markup must not be negative or beyond the largest amount.')
  }
  if (fixedPrice === undefined) return
  if (fixedPrice.amount <= 0n || fixedPrice.amount > largestAmountMicros) {
    throw invalid('fixedPrice', 'The fixed price must be positive and not beyond the largest amount.')
  }
  if (markupPercent !== 0n || markupFixed !== 0n) {
    throw invalid(
      'fixedPrice',
      'A fixed price has no markups beside it: other currencies have a rule of their own.',
    )
  }
}

async function findScope(tx: Tx, { scope, fixedPrice }: PriceRuleInput): Promise<ScopeIds> {
  if (fixedPrice !== undefined && scope.kind !== 'sku')
    throw invalid('fixedPrice', 'Only a SKU can have a fixed price.')
  if (scope.kind === 'all') return { skuId: null, productId: null, brandId: null, categoryId: null }
  const found = await selectScope(tx, scope)
  if (found === undefined) {
    const sentence = `The ${scope.kind} "${'id' in scope ? scope.id : scope.code}" does not exist.`
    if (scope.kind === 'sku') throw new Failure('sku_not_found', { sentence })
    if (scope.kind === 'product') throw new Failure('product_not_found', { sentence })
    throw invalid('scope', sentence)
  }
  // A range would be sold at any amount for the same price.
  if (fixedPrice !== undefined && found.isRange)
    throw invalid('fixedPrice', 'Only a SKU of one face value can have a fixed price.')
  return found
}

/** The table's own names for what else a rule refers to. */
function toFailure(error: unknown): unknown {
  const constraint = violatedConstraint(error)
  if (constraint === 'price_rules_partner_id_fkey') return new Failure('partner_not_found', { cause: error })
  if (constraint === 'price_rules_price_currency_fkey')
    return invalid('fixedPrice', 'The currency of the fixed price does not exist.', error)
  return error
}

function invalid(field: string, sentence: string, cause?: unknown): Failure {
  return new Failure('validation_failed', { sentence, fields: [{ field, sentence }], cause })
}
