import type { BankLine } from '../core/funding/bank.ts'
import type { BankAccount } from '../core/funding/funding.ts'
import type { BankLineId, PartnerId } from '../values/ids.ts'
import { printAmount } from '../values/money.ts'
import { option, requiredOption, text } from './params.ts'
import { table } from './table.ts'

/** How a bank account is typed. */
export const accountParams = {
  bankName: requiredOption('--bank <name>', 'the name of the bank', text),
  accountName: requiredOption('--name <name>', 'whose name the account is in', text),
  accountNumber: requiredOption('--number <number>', 'the account number or IBAN', text),
  bankCode: option('--bank-code <code>', 'a BIC or sort code, where one is needed', text),
}

export function toBankAccount(input: {
  readonly bankName: string
  readonly accountName: string
  readonly accountNumber: string
  readonly bankCode: string | undefined
}): BankAccount {
  const { bankName, accountName, accountNumber, bankCode = '' } = input
  return { bankName, accountName, accountNumber, bankCode }
}

export function lineJson({ amount, ...rest }: BankLine): object {
  return { ...rest, amount: printAmount(amount) }
}

/** What another person types. */
export function howToBook(lineId: BankLineId, partnerId: PartnerId, walletCode: string): string {
  return `Another person books it: scrip bank book ${lineId} ${partnerId} ${walletCode}`
}

export function linesTable(lines: readonly BankLine[]): string[] {
  const rows = lines.map((one) => [
    one.id,
    one.bookedOn,
    `${printAmount(one.amount)} ${one.currency}`,
    one.account,
    one.state,
    one.partnerId === undefined ? '' : `${one.partnerId} ${one.walletCode ?? ''}`,
    one.payer,
    one.remittance.slice(0, 60),
    one.state === 'matched' ? `brought by ${one.actor}, matched by ${one.matchedBy ?? ''}` : one.note,
  ])
  return table(
    ['Line', 'Booked', 'Amount', 'Account', 'State', 'Whose', 'Payer', 'Text', 'Note'],
    rows,
    'There are no lines.',
  )
}
