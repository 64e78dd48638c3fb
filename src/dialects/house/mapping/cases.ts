import type { Break as CoreBreak } from '../../../core/fulfilment/break.ts'
import type { Redemption } from '../../../core/redemptions/redemption.ts'
import { printAmount } from '../../../values/money.ts'
import type { Break, Reversal } from '../wire/cases.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toBreak(found: CoreBreak): Break {
  return {
    id: found.id,
    kind: found.kind,
    state: found.state,
    supplier: found.supplierCode,
    reference: found.reference,
    detail: found.detail,
    amount: found.amount === undefined ? null : printAmount(found.amount),
    currency: found.currency,
    proposal_id: found.proposalId ?? null,
    resolution: found.resolution ?? null,
    settle_amount: found.settleAmount === undefined ? null : printAmount(found.settleAmount),
    note: found.note,
    proposed_by: found.proposedBy ?? null,
    created_at: toInstant(found.createdAt),
  }
}

export function toReversal(redemption: Redemption): Reversal {
  return {
    redemption_id: redemption.id,
    partner_id: redemption.partnerId,
    receipt: redemption.receipt,
    mode: redemption.mode,
    phone: redemption.phone,
    merchant: redemption.merchantName ?? null,
    till: redemption.tillNumber ?? null,
    amount: printAmount(redemption.amount),
    currency: redemption.currency,
    created_at: toInstant(redemption.createdAt),
    proposal_id: redemption.proposalId ?? null,
    proposed_by: redemption.proposedBy ?? null,
    note: redemption.reversalNote ?? '',
    reversed_at: toInstantOrNull(redemption.reversedAt),
  }
}
