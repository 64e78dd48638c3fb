import type { Db } from '../../platform/database.ts'
import type { FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import type { LineState, ParsedLine } from './bank.ts'
import { bareNumber } from './funding.ts'
import { selectDedicatedByNumber, selectTargets } from './funding.sql.ts'
import { findPaymentReferences } from './reference.ts'

/** Whose a line is, if it says so itself. */
export type Match = {
  readonly state: Extract<LineState, 'matched' | 'unmatched' | 'outgoing'>
  readonly partnerId: PartnerId | undefined
  readonly walletId: WalletId | undefined
  readonly fundingId: FundingId | undefined
}

/**
 * Finds whose lines are: by the payment reference in what the payer wrote, else by the account that is one wallet's alone. A line
 * with the references of two wallets, or in another currency than the wallet's, is nobody's until a person says so. What went out is
 * kept and asks nothing of anybody, unless it names a payment reference: then the bank may have taken back what was booked.
 */
export async function matchLines(db: Db, lines: readonly ParsedLine[]): Promise<Match[]> {
  const references = lines.map((line) => findPaymentReferences(`${line.remittance} ${line.bankReference}`))
  const targets = new Map(
    (await selectTargets(db, [...new Set(references.flat())])).map((one) => [one.paymentReference, one]),
  )
  const numbers = [...new Set(lines.map(({ account }) => bareNumber(account)))]
  const dedicated = new Map((await selectDedicatedByNumber(db, numbers)).map((one) => [one.number, one]))
  return lines.map((line, place) => {
    const named = (references[place] ?? []).flatMap((one) => targets.get(one) ?? [])
    if (line.amount < 0n) return { ...nobody, state: named.length > 0 ? 'unmatched' : 'outgoing' }
    const [first] = named
    const owner =
      first === undefined
        ? dedicated.get(bareNumber(line.account))
        : new Set(named.map(({ walletId }) => walletId)).size === 1
          ? first
          : undefined
    if (owner === undefined || owner.currency !== line.currency) return nobody
    const { partnerId, walletId } = owner
    return { state: 'matched', partnerId, walletId, fundingId: first?.id }
  })
}

const nobody: Match = { state: 'unmatched', partnerId: undefined, walletId: undefined, fundingId: undefined }
