import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { BankLineId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { identitiesOf } from './bank.ts'
import type { BankLine, ParsedLine } from './bank.ts'
import { doubtAlike, insertLines, lockBankLines, lockLine } from './bank.sql.ts'
import { accountsMost, bareNumber, knownAccount } from './funding.ts'
import { selectKnownNumbers } from './funding.sql.ts'
import { matchLines } from './match-lines.ts'
import { isDay } from '../../values/day.ts'

/**
 * Writes down a transfer that a person has seen come in, as a line of a statement would: with the bank's reference, so that the statement
 * that tells of it later does not bring it again. Another person books it. Undefined: it is there already.
 * Throws Failure validation_failed.
 */
export async function recordIncoming(
  tx: Tx,
  command: Omit<ParsedLine, 'line'> & { readonly actor: string },
): Promise<BankLine | undefined> {
  const { actor, ...given } = command
  await lockBankLines(tx)
  const numbers = await selectKnownNumbers(tx, accountsMost)
  const line = { ...given, account: knownAccount(bareNumber(given.account), numbers), line: 1 }
  check(line)
  const [match] = await matchLines(tx, [line])
  const [identity] = identitiesOf([line], sha256Hex)
  if (match === undefined || identity === undefined) throw new Error('One line has one match.')
  const id = newId<BankLineId>()
  const inserted = await insertLines(tx, undefined, actor, [
    { ...line, ...match, id, identity, line: undefined },
  ])
  if (inserted.length === 0) return undefined
  await doubtAlike(tx, inserted)
  const { amount, currency, account, bankReference } = line
  await recordAudit(tx, {
    actor,
    action: 'bank_line.recorded',
    partnerId: match.partnerId,
    subject: id,
    details: { amount, currency, account, bankReference },
  })
  return lockLine(tx, id)
}

function check({ account, bookedOn, amount, bankReference, remittance, payer }: ParsedLine): void {
  const refuse = (field: string, sentence: string): never => {
    throw new Failure('validation_failed', { fields: [{ field, sentence }] })
  }
  if (!/^[A-Z0-9]{4,40}$/.test(account)) refuse('account', 'The account must be 4 to 40 letters and digits.')
  if (!isDay(bookedOn)) refuse('date', 'The date must be a day such as 2027-01-31.')
  if (amount <= 0n || amount > largestAmountMicros) refuse('amount', 'The amount must be more than zero.')
  if (bankReference === '' || bankReference.length > 200 || !isStorableJson(bankReference))
    refuse(
      'bank_reference',
      'The bank’s reference must be 1 to 200 characters: it keeps the transfer from being booked twice.',
    )
  if (remittance.length > 1_000 || !isStorableJson(remittance))
    refuse('remittance', 'The payer’s text must be at most 1000 characters.')
  if (payer.length > 200 || !isStorableJson(payer))
    refuse('payer', 'The payer must be at most 200 characters.')
}
