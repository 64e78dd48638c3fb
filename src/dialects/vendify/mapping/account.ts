import type { Wallet } from '../../../core/ledger/ledger.ts'
import type { WalletBalance } from '../wire/account.ts'
import { toCurrencyId } from './currencies.ts'
import { toAmount } from './envelope.ts'

/** What can be spent leaves an overdraft out: it is the bank's, not the balance's. */
export function toWalletBalance({ code, currency, balance, reserved }: Wallet): WalletBalance {
  return {
    walletId: code,
    currencyId: toCurrencyId(currency),
    currencyCode: currency,
    balance: toAmount(balance),
    availableBalance: toAmount(balance - reserved),
    reservedBalance: toAmount(reserved),
    status: 1,
  }
}
