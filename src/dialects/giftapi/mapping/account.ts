import { availableBalance } from '../../../core/ledger/ledger.ts'
import type { TransferKind, Wallet, WalletEntry } from '../../../core/ledger/ledger.ts'
import type { Partner as CorePartner } from '../../../core/partners/partner.ts'
import type { Balance, BalanceEntry, Partner } from '../wire/account.ts'
import { toAmount, toInstant } from './envelope.ts'

export function toPartner(partner: CorePartner, wallet: Wallet): Partner {
  return {
    uuid: partner.id,
    name: partner.name,
    email: partner.email,
    currency: wallet.currency,
    is_active: partner.status === 'active',
    balance: toBalance(wallet),
  }
}

export function toBalance(wallet: Wallet): Balance {
  return {
    balance: toAmount(wallet.balance),
    currency: wallet.currency,
    reserved_amount: toAmount(wallet.reserved),
    available_balance: toAmount(availableBalance(wallet)),
    allow_overdraft: wallet.allowOverdraft,
    overdraft_limit: toAmount(wallet.overdraftLimit),
    is_overdrafted: wallet.balance < 0n,
  }
}

export function toBalanceEntry(entry: WalletEntry): BalanceEntry {
  return {
    type: entryTypes[entry.kind],
    amount: toAmount(entry.amount),
    balance_after: toAmount(entry.balanceAfter),
    currency: entry.currency,
    created_at: toInstant(entry.createdAt),
    order_id: entry.orderId ?? null,
    payment_method: entry.paymentMethod ?? null,
    fee_amount: toAmount(0n),
    original_amount: null,
    original_currency: null,
    exchange_rate: null,
  }
}

/** The vendor knows four kinds; money paid out, and what vouchers on telephones cost and bring back, are corrections to it. */
const entryTypes: Readonly<Record<TransferKind, BalanceEntry['type']>> = {
  charge: 'charge',
  topup: 'topup',
  refund: 'refund',
  adjustment: 'adjustment',
  withdrawal: 'adjustment',
  disbursement: 'adjustment',
  disbursement_refund: 'adjustment',
  redemption: 'adjustment',
  redemption_reversal: 'adjustment',
  voucher_expiry: 'adjustment',
  payout: 'topup',
  payback: 'adjustment',
}
