import type { BankLine as CoreLine } from '../../../core/funding/bank.ts'
import type { IdentityCheck } from '../../../core/identity/identity.ts'
import type { OverdraftProposal as CoreProposal } from '../../../core/ledger/overdraft.ts'
import type { Partner as CorePartner } from '../../../core/partners/partner.ts'
import type { StockImport as CoreImport } from '../../../core/stock/stock.ts'
import { printAmount } from '../../../values/money.ts'
import type { BankLine, Identity, OverdraftProposal, Partner, StockImport } from '../wire/operator.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toPartner(partner: CorePartner): Partner {
  return {
    id: partner.id,
    number: partner.number.toString(),
    name: partner.name,
    email: partner.email,
    status: partner.status,
    locale: partner.locale,
    time_zone: partner.timeZone,
    requests_per_minute: partner.requestsPerMinute ?? null,
    created_at: toInstant(partner.createdAt),
  }
}

export function toIdentity(check: IdentityCheck, partner: string): Identity {
  return {
    id: check.id,
    partner_id: check.partnerId,
    partner,
    kind: check.kind,
    legal_name: check.legalName,
    state: check.state,
    submitted_by: check.submittedBy,
    decided_by: check.decidedBy ?? null,
    reason: check.reason,
    created_at: toInstant(check.createdAt),
  }
}

export function toStockImport(found: CoreImport): StockImport {
  return {
    id: found.id,
    sku: found.skuCode,
    file_name: found.fileName,
    state: found.state,
    lines: Number(found.lines),
    published: Number(found.published),
    duplicates: Number(found.duplicates),
    invalid: Number(found.invalid),
    created_at: toInstant(found.createdAt),
    ended_at: toInstantOrNull(found.endedAt),
  }
}

export function toBankLine(line: CoreLine, partner: string | undefined): BankLine {
  return {
    id: line.id,
    account: line.account,
    booked_on: line.bookedOn,
    amount: printAmount(line.amount),
    currency: line.currency,
    bank_reference: line.bankReference,
    remittance: line.remittance,
    payer: line.payer,
    state: line.state,
    partner: partner ?? null,
    wallet: line.walletCode ?? null,
    wallet_id: line.walletId ?? null,
    brought_by: line.actor,
    matched_by: line.matchedBy ?? null,
    booked_by: line.bookedBy ?? null,
    note: line.note,
  }
}

export function toOverdraftProposal(proposal: CoreProposal, partner: string): OverdraftProposal {
  return {
    id: proposal.id,
    partner_id: proposal.partnerId,
    partner,
    wallet: proposal.walletCode,
    limit: printAmount(proposal.limit),
    currency: proposal.currency,
    note: proposal.note,
    state: proposal.state,
    proposed_by: proposal.proposedBy,
    created_at: toInstant(proposal.createdAt),
  }
}
