import type { BankLineId, BankStatementId, FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export const statementFormats = ['csv', 'mt940', 'camt.053'] as const

export type StatementFormat = (typeof statementFormats)[number]

/** What a line of a bank's statement says. */
export type ParsedLine = {
  /** In the file; its first is 1. */
  readonly line: number
  /** Our account, bare: letters and digits. */
  readonly account: string
  /** "2027-01-31" */
  readonly bookedOn: string
  /** Micro-units; positive came in. */
  readonly amount: Micros
  readonly currency: Currency
  /** The bank's own name for it; "" if there is none. */
  readonly bankReference: string
  /** What the payer wrote. */
  readonly remittance: string
  readonly payer: string
}

/** What a person has to look at: whose it is, whether it was booked. */
export const lineStates = ['unmatched', 'matched', 'booked', 'ignored', 'outgoing'] as const

export type LineState = (typeof lineStates)[number]

/** Something that moved on an account of ours. */
export type BankLine = Omit<ParsedLine, 'line'> & {
  readonly id: BankLineId
  /** Undefined: typed by hand. */
  readonly statementId: BankStatementId | undefined
  readonly line: number | undefined
  readonly state: LineState
  readonly partnerId: PartnerId | undefined
  readonly walletId: WalletId | undefined
  /** "USD-1" */
  readonly walletCode: string | undefined
  readonly fundingId: FundingId | undefined
  /** Who brought it in. */
  readonly actor: string
  /** Who said whose it is; "system" where the line says so itself. */
  readonly matchedBy: string | undefined
  /** Everybody who ever said whose it is. */
  readonly matchers: readonly string[]
  readonly bookedBy: string | undefined
  readonly note: string
  readonly createdAt: Date
}

export type BankStatement = {
  readonly id: BankStatementId
  readonly fileName: string
  readonly format: StatementFormat
  /** New ones of this file; those that another statement had before are not among them. */
  readonly lines: bigint
  readonly actor: string
  readonly createdAt: Date
}

/** What a bank says when it has no reference. */
const nothing = /^(?:nonref|notprovided|none|n\/?a|-+|0+)?$/i

/** A reference of the bank, or "" where it says that there is none. */
export function bankReferenceOf(text: string): string {
  const trimmed = text.trim()
  return nothing.test(trimmed) ? '' : trimmed
}

/**
 * What makes each line itself and no other within its account, in the order of the lines: the bank's reference with the amount, or, where
 * there is none, all that the line says; and its number among lines that are equal so far. A statement holds whole days, so the same lines
 * in another one come out the same.
 *
 * @param hash of a text, in hex
 */
export function identitiesOf(lines: readonly ParsedLine[], hash: (text: string) => string): string[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const { account, bookedOn, amount, currency, bankReference, remittance, payer } = line
    const facts =
      bankReference === ''
        ? ['facts', bookedOn, String(amount), currency, remittance, payer]
        : ['reference', bankReference, String(amount), currency]
    const digest = hash(JSON.stringify(facts))
    const key = `${account} ${digest}`
    const number = (seen.get(key) ?? 0) + 1
    seen.set(key, number)
    return `${digest.slice(0, 40)}.${number}`
  })
}
