import type { PriceProposal as CoreProposal } from '../../../core/catalogue/proposal.ts'
import type { StoredRule, StoredSku } from '../../../core/catalogue/stored.ts'
import { printAmount } from '../../../values/money.ts'
import type { OperatorSku, PriceProposal, PriceRule } from '../wire/prices.ts'
import { toInstant } from './shared.ts'

export function toOperatorSku(sku: StoredSku): OperatorSku {
  const { faceValue, leastValue, mostValue } = sku
  return {
    id: sku.id,
    code: sku.code,
    name: sku.names.en,
    name_ru: sku.names.ru ?? null,
    product_id: sku.productId,
    product: sku.productCode,
    product_name: sku.productNames.en,
    product_name_ru: sku.productNames.ru ?? null,
    currency: sku.currency,
    denomination:
      faceValue === null
        ? `${printAmount(leastValue ?? 0n)} – ${printAmount(mostValue ?? 0n)}`
        : printAmount(faceValue),
    max_per_order: sku.maxPerOrder,
    is_active: sku.isActive,
    is_product_active: sku.isProductActive,
  }
}

export function toPriceRule(rule: StoredRule, partner: string | undefined): PriceRule {
  const { fixedPrice } = rule
  return {
    id: rule.id,
    partner_id: rule.partnerId ?? null,
    partner: partner ?? null,
    scope: rule.scope,
    code: rule.code,
    markup_percent: rule.markupPercent,
    markup_fixed: printAmount(rule.markupFixed),
    fixed_price: fixedPrice === undefined ? null : printAmount(fixedPrice.amount),
    currency: fixedPrice?.currency ?? null,
    created_at: toInstant(rule.createdAt),
  }
}

export function toPriceProposal(proposal: CoreProposal, partner: string | undefined): PriceProposal {
  return {
    id: proposal.id,
    partner_id: proposal.partnerId ?? null,
    partner: partner ?? null,
    kind: proposal.change.kind,
    subject: proposal.subject,
    change: proposal.description,
    reason: proposal.reason,
    state: proposal.state,
    proposed_by: proposal.proposedBy,
    created_at: toInstant(proposal.createdAt),
  }
}
