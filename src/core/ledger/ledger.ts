import type { OrderId, PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Transfers of wallets. */
export type TransferKind =
  | 'charge'
  | 'topup'
  | 'refund'
  | 'adjustment'
  | 'withdrawal'
  // A shop's order was paid for its buyer, and money went back to that buyer.
  | 'payout'
  | 'payback'
  | VoucherKind

/** Transfers that vouchers make, with or without a wallet. */
export type VoucherKind =
  | 'disbursement'
  | 'disbursement_refund'
  | 'redemption'
  | 'redemption_reversal'
  | 'voucher_expiry'

/** What a merchant is paid of what it is owed, and what of it came back. */
export type SettlementKind = 'merchant_payout' | 'merchant_payout_return'

/** All transfers; a correction touches no wallet, nor does a collection of what is owed to us, nor what merchants are paid. */
export type JournalKind = TransferKind | 'correction' | 'collection' | SettlementKind

/** Transfers that a person or a payment makes; the others come from orders, and from vouchers. */
export type PostedKind = Exclude<TransferKind, 'charge' | 'payout' | 'payback' | VoucherKind>

export type HoldState = 'open' | 'settled' | 'released'

export type AccountKind =
  | 'wallet'
  | 'cash'
  | 'sales'
  | 'cost_of_goods'
  | 'supplier_payable'
  | 'voucher_liability'
  | 'merchant_payable'
  | 'fees'
  | 'fx'
  | 'lender_receivable'
  | 'bank_receivable'
  | 'interest'
  | 'adjustments'
  | 'corrections'
  | 'clearing'

/** A prepaid balance of one partner in one currency. Amounts are micro-units. */
export type Wallet = {
  readonly partnerId: PartnerId
  readonly id: WalletId
  /** "USD-1": unique within the partner. */
  readonly code: string
  readonly currency: Currency
  readonly isDefault: boolean
  readonly balance: Micros
  /** The sum of open holds. */
  readonly reserved: Micros
  readonly allowOverdraft: boolean
  readonly overdraftLimit: Micros
}

/** One line of a wallet's statement. */
export type WalletEntry = {
  /** The entry's place in the wallet: 1 is its first. */
  readonly number: bigint
  readonly transferId: TransferId
  readonly kind: TransferKind
  /** Negative takes out of the wallet. */
  readonly amount: Micros
  readonly balanceAfter: Micros
  readonly currency: Currency
  readonly createdAt: Date
  readonly orderId: OrderId | undefined
  readonly paymentMethod: string | undefined
  readonly description: string
}

/** What a wallet may spend: balance − reserved, plus the overdraft where it is allowed. */
export function availableBalance(wallet: Wallet): Micros {
  return wallet.balance - wallet.reserved + (wallet.allowOverdraft ? wallet.overdraftLimit : 0n)
}

/** Where the other side of a posted transfer stands: the account of this kind in the wallet's currency. */
export const counterAccounts = {
  topup: 'cash',
  withdrawal: 'cash',
  refund: 'sales',
  adjustment: 'adjustments',
} as const satisfies Record<PostedKind, string>

/** True for an amount that a transfer of this kind may have, as the wallet sees it: what comes in is positive, what goes out negative. */
export function isAmountOf(kind: PostedKind, amount: Micros): boolean {
  if (amount > largestAmountMicros || amount < -largestAmountMicros) return false
  if (kind === 'adjustment') return amount !== 0n
  return kind === 'withdrawal' ? amount < 0n : amount > 0n
}

/** True for what an overdraft may be limited to. */
export function isOverdraftLimit(limit: Micros): boolean {
  return limit >= 0n && limit <= largestAmountMicros
}
