import type { Database, Tx } from '../../platform/database.ts'
import type { Log } from '../../platform/log.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { bookCollection } from '../ledger/book-receivable.ts'
import { toApplication } from './application.ts'
import { lockCheckout, selectCheckout } from './checkouts.sql.ts'
import { selectDecision } from './decisions.sql.ts'
import { markPaid, selectDue, selectInstalments } from './instalments.sql.ts'
import type { DueInstalment } from './instalments.sql.ts'
import { openPayer } from './open-payer.ts'
import type { OpenPayer } from './payer.ts'

/**
 * Books that an instalment was paid: what was owed is cash now, with its interest. Once: a repeat has no effect. Throws Failure
 * order_not_found, validation_failed where there is no such instalment.
 */
export async function collectInstalment(
  tx: Tx,
  command: {
    readonly checkoutId: CheckoutId
    readonly number: number
    /** Where the money is seen: the line of a bank statement. */
    readonly note: string
    readonly actor: string
  },
): Promise<{ readonly isRepeat: boolean }> {
  const { checkoutId, number, note, actor } = command
  const checkout = await lockCheckout(tx, checkoutId)
  if (checkout === undefined) throw new Failure('order_not_found')
  const { partnerId, currency } = checkout
  const paid = await markPaid(tx, { partnerId, checkoutId }, number)
  const reference = `instalment ${checkoutId} ${number}`
  if (paid === undefined) {
    const stored = (await selectInstalments(tx, checkoutId)).find((one) => one.number === number)
    if (stored?.state === 'paid') return { isRepeat: true }
    const sentence = 'There is no such instalment that could be paid.'
    throw new Failure('validation_failed', { fields: [{ field: 'number', sentence }] })
  }
  const { account, principal, interest } = paid
  const booking = { partnerId, currency, account, reference, description: note.slice(0, 1_000), actor }
  await bookCollection(tx, { ...booking, principal, interest })
  const details = { number, principal, interest, note }
  await recordAudit(tx, { actor, action: 'instalment.paid', partnerId, subject: checkoutId, details })
  return { isRepeat: false }
}

/**
 * Asks the payers that can be asked whether instalments whose day has come were paid, and books those that were. Nothing waits for a payer
 * inside a transaction. Answers how many were booked.
 */
export async function collectDue(parts: {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly open: OpenPayer
  readonly log: Log
}): Promise<number> {
  let booked = 0
  let last: DueInstalment | undefined
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const due = await selectDue(parts.database, last, lotSize)
    for (const instalment of due) if (await collectOne(parts, instalment)) booked += 1
    last = due.at(-1)
    if (due.length < lotSize) break
  }
  return booked
}

async function collectOne(
  { database, keyRing, open, log }: Parameters<typeof collectDue>[0],
  instalment: DueInstalment,
): Promise<boolean> {
  const { checkoutId, number } = instalment
  try {
    const [checkout, decision] = [
      await selectCheckout(database, checkoutId),
      await selectDecision(database, checkoutId),
    ]
    if (checkout === undefined || decision === undefined) return false
    const payer = await openPayer(database, keyRing, open, decision.payerId)
    if (payer.collect === undefined) return false
    const application = toApplication(checkout, decision, { openOrders: 0, returnUrl: checkout.pageUrl })
    const { dueOn, principal, interest } = instalment
    const asked = { dueOn, principal, interest, number }
    const terms = { timeoutMs: payer.timeoutMs, mayStillSend: () => true }
    const { state } = await payer.collect(application, asked, terms)
    if (state !== 'paid') return false
    const note = `Collected by ${decision.payerCode}`
    const command = { checkoutId, number, note, actor: 'system' }
    return !(await database.inTransaction((tx) => collectInstalment(tx, command))).isRepeat
  } catch (error) {
    log.warn({ err: error, checkout: checkoutId, number }, 'a payer could not be asked about an instalment')
    return false
  }
}

const lotSize = 100
const lotsMost = 1_000
