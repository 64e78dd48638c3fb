import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { StatementId, SupplierId } from '../../values/ids.ts'
import { printAmount } from '../../values/money.ts'
import { noteOnBreaks } from '../fulfilment/note-on-breaks.ts'
import { recordBreaks } from '../fulfilment/record-break.ts'
import type { Statement } from './statement.ts'
import {
  countMatches,
  judgeLines,
  selectMissingThere,
  selectStatement,
  tryStatementLock,
} from './statements.sql.ts'
import type { Difference } from './statements.sql.ts'

/**
 * Compares a statement with the books, by reference, and puts what differs before people as breaks. It may be done again at any time:
 * what was open then may have ended, and each break is recorded once. Moves no money. Throws Failure statement_not_found, unavailable
 * while another statement of the supplier is compared, and validation_failed where so much differs that the file must be another's.
 *
 * @returns the statement with its counts, and how many breaks are new
 */
export async function matchStatement(
  tx: Tx,
  id: StatementId,
): Promise<{ readonly statement: Statement; readonly newBreaks: number }> {
  const before = await selectStatement(tx, id)
  if (before === undefined) throw new Failure('statement_not_found')
  await lockStatements(tx, before.supplierId)
  const differing = await judgeLines(tx, before, breaksMost + 1)
  const missing = await selectMissingThere(tx, before, breaksMost + 1)
  const all = [...differing, ...missing]
  if (all.length > breaksMost) {
    const sentence = `More than ${breaksMost} references differ: see that this is the right supplier and the right file.`
    throw new Failure('validation_failed', { fields: [{ field: 'file', sentence }] })
  }
  let newBreaks = 0
  for (let place = 0; place < all.length; place += lot) {
    const found = all.slice(place, place + lot).map((one) => toBreak(one, before))
    newBreaks += await recordBreaks(tx, found)
  }
  await noteOnBreaks(tx, {
    supplierId: before.supplierId,
    statementId: id,
    note: `The statement ${before.fileName} has it.`,
  })
  await countMatches(tx, id, missing.length)
  return { statement: (await selectStatement(tx, id)) ?? before, newBreaks }
}

/** Statements of a supplier are imported and compared one at a time, for the rest of the transaction. Throws Failure unavailable. */
export async function lockStatements(tx: Tx, supplierId: SupplierId): Promise<void> {
  if (await tryStatementLock(tx, supplierId)) return
  throw new Failure('unavailable', {
    sentence: 'Another statement of this supplier is being imported; try again when it is done.',
    retryAfterSeconds: 10,
  })
}

function toBreak(one: Difference, { supplierId, fileName }: Statement) {
  const isForeign = one.bookedIn !== null
  return {
    kind: one.kind,
    supplierId,
    partnerId: one.partnerId ?? undefined,
    orderId: one.orderId ?? undefined,
    item: one.item ?? undefined,
    reference: one.reference,
    // Amounts of two currencies have no difference; a person must say what is to be booked.
    amount: isForeign ? undefined : stakeOf(one),
    currency: one.bookedIn ?? one.currency,
    detail: `${sentenceOf(one)} Statement ${fileName}.`,
  }
}

function stakeOf({ kind, stated, booked }: Difference): bigint {
  return kind === 'missing_there' || kind === 'reversal' ? booked : stated - booked
}

function sentenceOf(one: Difference): string {
  const stated = `${printAmount(one.stated)} ${one.currency}`
  const booked = `${printAmount(one.booked)} ${one.currency}`
  const times = one.charges > 1 ? `, in ${one.charges} charges` : ''
  switch (one.kind) {
    case 'missing_there':
      return `Booked at ${booked}, and no statement has it.`
    case 'reversal':
      return `Given back by the supplier; booked at ${booked}, and its order is completed.`
    case 'missing_here':
      return `Charged ${stated}${times}; ${one.state === null ? 'nothing of ours has the reference' : `its item is ${one.state}, and nothing is booked`}.`
    case 'amount_mismatch':
      return one.bookedIn === null
        ? `Stated at ${stated}${times}, booked at ${booked}.`
        : `Stated at ${stated}${times}, booked in ${one.bookedIn}.`
  }
}

const breaksMost = 10_000
const lot = 1_000
