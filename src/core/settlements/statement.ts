import type { Merchant } from '../merchants/merchant.ts'
import type { PartnerId, TransferId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

type StatementLineKind = 'redemption' | 'reversal' | 'payout' | 'return'

/** What changed what a merchant is owed. */
export type StatementLine = {
  /** Its place in the account: 1 is the first. */
  readonly number: bigint
  readonly transferId: TransferId
  readonly createdAt: Date
  readonly kind: StatementLineKind
  /** The receipt, or the payout's reference. */
  readonly description: string
  /** Micro-units; negative is what the merchant is owed less. */
  readonly amount: Micros
  readonly balanceAfter: Micros
}

/** Between which entries of an account a statement lies: those after `first` up to `last`. */
export type StatementSpan = {
  readonly partnerId: PartnerId
  readonly account: string
  readonly first: bigint
  readonly last: bigint
}

/** What a merchant was owed by one issuer over a time. */
export type Statement = {
  readonly merchant: Merchant
  readonly issuer: { readonly id: PartnerId; readonly name: string }
  readonly currency: Currency
  /** The first instant, and the first that is outside. */
  readonly from: Date
  readonly to: Date
  /** Micro-units. */
  readonly opening: Micros
  readonly closing: Micros
  readonly lineCount: bigint
  readonly span: StatementSpan
}

/** How a statement's columns are called, in files. */
export const statementColumns = ['number', 'at', 'kind', 'description', 'amount', 'balance'] as const

/** A statement as a table without its head: the opening balance, its lines, the closing balance. Amounts are micro-units. */
export async function* statementRows(
  { from, to, opening, closing }: Statement,
  lines: AsyncIterable<StatementLine>,
): AsyncGenerator<readonly (string | Micros)[]> {
  yield ['', from.toISOString(), 'opening balance', '', '', opening]
  for await (const line of lines)
    yield [
      line.number.toString(),
      line.createdAt.toISOString(),
      line.kind,
      line.description,
      line.amount,
      line.balanceAfter,
    ]
  yield ['', to.toISOString(), 'closing balance', '', '', closing]
}
