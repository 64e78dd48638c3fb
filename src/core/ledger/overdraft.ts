import type { PartnerId, ProposalId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** A higher overdraft that one person wants a wallet to have, and what another made of it. */
export type OverdraftProposal = {
  readonly partnerId: PartnerId
  readonly id: ProposalId
  readonly walletId: WalletId
  readonly walletCode: string
  readonly currency: Currency
  /** Micro-units. */
  readonly limit: Micros
  readonly note: string
  readonly state: 'proposed' | 'approved' | 'rejected'
  readonly proposedBy: string
  readonly decidedBy: string | undefined
  readonly createdAt: Date
}
