import type { Merchant as CoreMerchant, Till as CoreTill } from '../../../core/merchants/merchant.ts'
import type { BankDetails as CoreDetails } from '../../../core/settlements/details.ts'
import type { Owed as CoreOwed } from '../../../core/settlements/owed.ts'
import type { Settlement as CoreSettlement } from '../../../core/settlements/settlement.ts'
import { printAmount } from '../../../values/money.ts'
import type { BankDetails, Merchant, Owed, Settlement, Till } from '../wire/merchants.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toMerchant({ code, name, category, status }: CoreMerchant): Merchant {
  return { code, name, category_code: category.code, category: category.name, status }
}

export function toTill({ number, merchant, name, status }: CoreTill): Till {
  return { number, merchant: merchant.code, name, status }
}

export function toOwed(one: CoreOwed): Owed {
  return {
    merchant: one.merchant,
    partner_id: one.partnerId,
    partner: one.partnerName,
    currency: one.currency,
    owed: printAmount(one.owed),
    proposed: printAmount(one.proposed),
  }
}

export function toBankDetails(details: CoreDetails): BankDetails {
  return {
    id: details.id,
    merchant: details.merchant,
    currency: details.currency,
    account: details.accountShown,
    state: details.state,
    entered_by: details.enteredBy,
    decided_by: details.decidedBy ?? null,
    reason: details.reason,
    created_at: toInstant(details.createdAt),
  }
}

export function toSettlement(settlement: CoreSettlement, partner: string): Settlement {
  return {
    id: settlement.id,
    kind: settlement.kind,
    merchant: settlement.merchant,
    partner_id: settlement.partnerId,
    partner,
    reference: settlement.reference,
    amount: printAmount(settlement.amount),
    currency: settlement.currency,
    account: settlement.accountShown,
    note: settlement.note,
    state: settlement.state,
    proposed_by: settlement.proposedBy,
    decided_by: settlement.decidedBy ?? null,
    reason: settlement.reason,
    created_at: toInstant(settlement.createdAt),
    decided_at: toInstantOrNull(settlement.decidedAt),
  }
}
