import type { BankAccountId, FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Where money is paid to. */
export type BankAccount = {
  readonly bankName: string
  readonly accountName: string
  /** An IBAN or a number as the bank writes it. */
  readonly accountNumber: string
  /** A BIC or a sort code; "" where none is needed. */
  readonly bankCode: string
}

/** One of our own accounts, which partners pay into. */
export type ReceivingAccount = BankAccount & {
  readonly id: BankAccountId
  readonly currency: Currency
  readonly createdAt: Date
  /** Nobody is told of it from then on. */
  readonly retiredAt: Date | undefined
}

/** An account of ours that is one wallet's alone. */
export type DedicatedAccount = BankAccount & {
  readonly partnerId: PartnerId
  readonly id: BankAccountId
  readonly walletId: WalletId
  readonly currency: Currency
  readonly createdAt: Date
}

/** expired: nobody waits for it any more; a transfer that comes all the same is booked. */
export type FundingState = 'pending' | 'funded' | 'cancelled' | 'expired'

/** What a partner means to pay into a wallet. */
export type Funding = {
  readonly partnerId: PartnerId
  readonly id: FundingId
  readonly walletId: WalletId
  /** The caller's own name for it. */
  readonly reference: string
  /** What the payer writes with the transfer: "SCR" and ten signs. */
  readonly paymentReference: string
  /** Micro-units. */
  readonly amount: Micros
  readonly currency: Currency
  readonly state: FundingState
  /** What has come so far; it may be less or more than was meant. */
  readonly fundedAmount: Micros
  readonly account: BankAccount
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** A sentence about what is wrong with an account; undefined: nothing. */
export function accountProblem({
  bankName,
  accountName,
  accountNumber,
  bankCode,
}: BankAccount): { readonly field: string; readonly sentence: string } | undefined {
  if (!isLine(bankName, 1, 140))
    return { field: 'bank_name', sentence: 'The bank’s name must be 1 to 140 characters of text.' }
  if (!isLine(accountName, 1, 140))
    return { field: 'account_name', sentence: 'The name on the account must be 1 to 140 characters of text.' }
  if (!/^[A-Za-z0-9][A-Za-z0-9 /-]{3,39}$/.test(accountNumber))
    return { field: 'account_number', sentence: 'The account number must be 4 to 40 letters and digits.' }
  if (!/^[A-Za-z0-9 -]{0,20}$/.test(bankCode))
    return { field: 'bank_code', sentence: 'The bank code must be at most 20 letters and digits.' }
  return undefined
}

/** Of ours, all together. */
export const accountsMost = 100_000

/** An account number as it is compared: without spaces and dashes, in capitals. */
export function bareNumber(accountNumber: string): string {
  return accountNumber.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** So many signs at their end two spellings of one account have in common. */
export const likenessLeast = 6

/**
 * One of our accounts as we spell it: a statement may write the number alone where we keep an IBAN, or the bank's code before it. What could be
 * two of them, or is none, stays as it is.
 */
export function knownAccount(account: string, numbers: readonly string[]): string {
  if (numbers.includes(account)) return account
  const alike = numbers.filter(
    (number) =>
      Math.min(number.length, account.length) >= likenessLeast &&
      (number.endsWith(account) || account.endsWith(number)),
  )
  const [first = account] = alike
  return alike.length === 1 ? first : account
}

function isLine(text: string, least: number, most: number): boolean {
  return text.trim().length >= least && text.length <= most && text.isWellFormed() && !/\p{Cc}/u.test(text)
}
