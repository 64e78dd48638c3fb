import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BankLineId, PartnerId, WalletId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import type { BankLine, LineState } from './bank.ts'
import { lockLine, markIgnored, markMatched } from './bank.sql.ts'

/**
 * Says whose the money of a line is, where the line does not, or says something else; one that was set aside comes back so. Nothing moves
 * before another person books it.
 * Throws Failure bank_line_not_found, wallet_not_found, decided_otherwise, validation_failed.
 */
export async function assignLine(
  tx: Tx,
  command: {
    readonly lineId: BankLineId
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    /** Why; 1 to 1,000 characters. */
    readonly note: string
    readonly actor: string
  },
): Promise<void> {
  const { lineId, partnerId, walletId, note, actor } = command
  const line = await lockWaiting(tx, lineId, ['unmatched', 'matched', 'ignored'])
  checkNote(note)
  if (line.amount < 0n) {
    const sentence = 'This money went out: set the line aside, and correct the wallet where it was credited.'
    throw new Failure('validation_failed', { fields: [{ field: 'line', sentence }] })
  }
  const { currency } = await findWallet(tx, partnerId, walletId)
  if (currency !== line.currency) {
    const sentence = `The money is ${line.currency}, and the wallet holds ${currency}.`
    throw new Failure('validation_failed', { fields: [{ field: 'wallet', sentence }] })
  }
  await markMatched(tx, lineId, { partnerId, walletId, note, actor })
  const details = { walletId, note, amount: line.amount, currency }
  await recordAudit(tx, { actor, action: 'bank_line.assigned', partnerId, subject: lineId, details })
}

/**
 * Sets a line aside: it is no partner's money. Throws Failure bank_line_not_found, decided_otherwise, validation_failed.
 */
export async function ignoreLine(
  tx: Tx,
  command: { readonly lineId: BankLineId; readonly note: string; readonly actor: string },
): Promise<void> {
  const { lineId, note, actor } = command
  const { partnerId } = await lockWaiting(tx, lineId, ['unmatched', 'matched'])
  checkNote(note)
  await markIgnored(tx, lineId, note)
  await recordAudit(tx, { actor, action: 'bank_line.ignored', partnerId, subject: lineId, details: { note } })
}

async function lockWaiting(tx: Tx, lineId: BankLineId, states: readonly LineState[]): Promise<BankLine> {
  const line = await lockLine(tx, lineId)
  if (line === undefined) throw new Failure('bank_line_not_found')
  if (states.includes(line.state)) return line
  throw new Failure('decided_otherwise', { sentence: `This line is ${line.state} already.` })
}

function checkNote(note: string): void {
  if (note.trim() !== '' && note.length <= 1_000 && isStorableJson(note)) return
  const sentence = 'The note must be 1 to 1000 characters of text.'
  throw new Failure('validation_failed', { fields: [{ field: 'note', sentence }] })
}
