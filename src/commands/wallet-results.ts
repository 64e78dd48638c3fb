import { availableBalance } from '../core/ledger/ledger.ts'
import type { Wallet } from '../core/ledger/ledger.ts'
import { printAmount } from '../values/money.ts'
import { table } from './table.ts'

export function walletJson(wallet: Wallet): object {
  const { balance, reserved, overdraftLimit, ...rest } = wallet
  return {
    ...rest,
    balance: printAmount(balance),
    reserved: printAmount(reserved),
    overdraftLimit: printAmount(overdraftLimit),
    available: printAmount(availableBalance(wallet)),
  }
}

export function walletTable(wallets: readonly Wallet[]): string[] {
  const rows = wallets.map((wallet) => [
    wallet.code,
    printAmount(wallet.balance),
    printAmount(wallet.reserved),
    wallet.allowOverdraft ? printAmount(wallet.overdraftLimit) : '-',
    printAmount(availableBalance(wallet)),
    wallet.isDefault ? 'default' : '',
    wallet.id,
  ])
  return table(
    ['Wallet', 'Balance', 'Reserved', 'Overdraft', 'Available', '', 'Id'],
    rows,
    'There are no wallets.',
  )
}
