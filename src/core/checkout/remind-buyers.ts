import type { Database, Tx } from '../../platform/database.ts'
import type { Renderer } from '../../platform/templates.ts'
import { printAmount } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { sendMessage } from '../messages/send-message.ts'
import { takeOverdue, takeUnreminded } from './instalments.sql.ts'
import type { DueInstalment } from './instalments.sql.ts'

/**
 * Tells buyers of instalments that fall due within three days, and of those that were not paid in time, each once; the latter are late from
 * then on. The mails are written in the transaction that marks them. Answers how many were told.
 */
export async function remindBuyers(
  database: Database,
  parts: { readonly keyRing: KeyRing; readonly renderer: Renderer },
): Promise<{ readonly reminded: number; readonly late: number }> {
  const reminded = await inLots(database, async (tx) => {
    const taken = await takeUnreminded(tx, daysBefore, lotSize)
    for (const one of taken) await tell(tx, parts, one, 'instalment_due')
    return taken.length
  })
  const late = await inLots(database, async (tx) => {
    const taken = await takeOverdue(tx, lotSize)
    for (const one of taken) await tell(tx, parts, one, 'instalment_late')
    return taken.length
  })
  return { reminded, late }
}

async function inLots(database: Database, take: (tx: Tx) => Promise<number>): Promise<number> {
  let all = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const taken = await database.inTransaction(take)
    all += taken
    if (taken < lotSize) break
  }
  return all
}

/** Who paid at once gave no address, and owes us nothing: the bank does. */
async function tell(
  tx: Tx,
  { keyRing, renderer }: Parameters<typeof remindBuyers>[1],
  due: DueInstalment,
  template: 'instalment_due' | 'instalment_late',
): Promise<void> {
  const { partnerId, checkoutId, number, email, locale, sellerName, reference, currency, dueOn } = due
  if (email === null) return
  await sendMessage(tx, keyRing, renderer, {
    partnerId,
    channel: 'mail',
    to: email,
    locale,
    reference: `${template}:${checkoutId}:${number}`,
    template,
    facts: {
      seller: sellerName,
      order: reference,
      amount: printAmount(due.principal + due.interest),
      currency,
      day: dueOn,
    },
  })
}

const daysBefore = 3
const lotSize = 100
const lotsMost = 1_000
