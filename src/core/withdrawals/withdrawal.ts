import type { BankAccount } from '../funding/funding.ts'
import type { PartnerId, WalletId, WithdrawalId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export const withdrawalStates = ['pending_approval', 'paid', 'rejected'] as const

export type WithdrawalState = (typeof withdrawalStates)[number]

/** Money that a partner takes out of a wallet. */
export type Withdrawal = {
  readonly partnerId: PartnerId
  readonly id: WithdrawalId
  readonly walletId: WalletId
  /** The partner's own name for it, unique for ever. */
  readonly reference: string
  /** Micro-units. */
  readonly amount: Micros
  readonly currency: Currency
  /** Where it goes, with all but the last four signs of the number hidden. */
  readonly destinationShown: string
  readonly state: WithdrawalState
  readonly requestedBy: string
  readonly decidedBy: string | undefined
  /** Why it was rejected. */
  readonly reason: string
  readonly createdAt: Date
  readonly decidedAt: Date | undefined
}

/** A destination as it may be shown: "First Bank, Ada Obi, ••••6789". */
export function showDestination({ bankName, accountName, accountNumber }: BankAccount): string {
  return `${bankName}, ${accountName}, ••••${accountNumber.slice(-4)}`
}
