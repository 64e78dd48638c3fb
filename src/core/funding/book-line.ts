import type { Database, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BankLineId, BankStatementId, WalletId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { recordAccountEvent } from '../events/record-account-event.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import type { BankLine } from './bank.ts'
import { countBookable, lockLine, markBooked, selectBookable } from './bank.sql.ts'
import type { Funding } from './funding.ts'
import { addFunded, selectFunding } from './funding.sql.ts'

/**
 * Books money that came in into the wallet whose it is, by another person than those who brought the line in and ever said whose it is. The
 * partner is told in the same commit. Repeated, and by two at once, it is booked once.
 * Throws Failure bank_line_not_found, second_person_required, and decided_otherwise: it goes into another wallet than this person has seen.
 */
export async function bookLine(
  tx: Tx,
  command: {
    readonly lineId: BankLineId
    /** Whose the money is, as this person has seen it: what somebody has said since is not what was agreed to. */
    readonly walletId: WalletId
    readonly actor: string
  },
): Promise<{ readonly line: BankLine; readonly repeated: boolean }> {
  const { lineId, actor } = command
  const line = await lockLine(tx, lineId)
  if (line === undefined) throw new Failure('bank_line_not_found')
  const { partnerId, walletId, amount, currency } = line
  if (walletId !== undefined && walletId !== command.walletId) {
    const sentence = 'This money is said to be another’s than you have seen: look at the line again.'
    throw new Failure('decided_otherwise', { sentence })
  }
  if (line.state === 'booked') return { line, repeated: true }
  if (line.state !== 'matched' || partnerId === undefined || walletId === undefined) {
    const sentence =
      line.state === 'unmatched' ? 'Say first whose this money is.' : `This line is ${line.state}.`
    throw new Failure('decided_otherwise', { sentence })
  }
  if (actor === line.actor || actor === line.matchedBy || line.matchers.includes(actor))
    throw new Failure('second_person_required')
  const { transferId } = await postTransfer(tx, {
    partnerId,
    walletId,
    kind: 'topup',
    amount,
    reference: `bank ${lineId}`,
    paymentMethod: 'bank_transfer',
    description: line.remittance,
    actor,
  })
  const reference =
    line.fundingId === undefined ? undefined : await addFunded(tx, partnerId, line.fundingId, amount)
  await markBooked(tx, lineId, actor)
  const facts = { walletId, amount, currency, reference: reference ?? null, transferId }
  const funding = reference === undefined ? undefined : await selectFunding(tx, partnerId, reference)
  const told = { ...facts, funding: funding === undefined ? null : toldOf(funding) }
  await recordAccountEvent(tx, { partnerId, type: 'wallet.funded', details: told })
  const details = { ...facts, matchedBy: line.matchedBy, broughtBy: line.actor }
  await recordAudit(tx, { actor, action: 'bank_line.booked', partnerId, subject: lineId, details })
  return { line: { ...line, state: 'booked', bookedBy: actor }, repeated: false }
}

/** What the partner was told when it announced the money. */
function toldOf({ account, paymentReference, expiresAt }: Funding): Readonly<Record<string, unknown>> {
  const { bankName, accountName, accountNumber } = account
  return { bankName, accountName, accountNumber, paymentReference, expiresAt }
}

/**
 * Books every line of a statement that says itself whose it is and that this person may book, each in a transaction of its own, so that what was
 * booked stays booked. A line whose owner a person has named is left: it is booked alone, by somebody who has seen that name. Answers with how
 * many were booked, how many wait still, and how many of these for another person.
 * Throws Failure second_person_required when all of them do.
 */
export async function bookStatement(
  database: Database,
  command: { readonly statementId: BankStatementId; readonly actor: string },
  onProgress: (done: number) => void = () => undefined,
): Promise<{ readonly booked: number; readonly left: number; readonly byAnother: number }> {
  const { statementId, actor } = command
  let booked = 0
  for (;;) {
    const lines = await database.inTransaction((tx) => selectBookable(tx, statementId, actor, 500))
    for (const line of lines) {
      const { repeated } = await database.inTransaction((tx) => bookLine(tx, { ...line, actor }))
      if (!repeated) booked += 1
      onProgress(booked)
    }
    if (lines.length === 0) break
  }
  const { all: left, byAnother } = await countBookable(database, statementId, actor)
  if (booked === 0 && left > 0 && left === byAnother) throw new Failure('second_person_required')
  return { booked, left, byAnother }
}
