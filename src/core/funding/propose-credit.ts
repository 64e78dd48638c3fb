import type { Tx } from '../../platform/database.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { assignLine } from './assign-line.ts'
import type { BankLine } from './bank.ts'
import { recordIncoming } from './record-incoming.ts'

/**
 * Says that a partner has paid in a way that no bank statement tells of; nothing is credited before another person books it, as a line of the
 * account "MANUAL". Undefined: the same payment was written down before.
 * Throws Failure wallet_not_found, validation_failed.
 */
export async function proposeCredit(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    readonly amount: Micros
    readonly currency: Currency
    /** What names this payment, and no other; 1 to 200 characters. */
    readonly reference: string
    readonly note: string
    /** "2027-01-31" */
    readonly day: string
    readonly actor: string
  },
): Promise<BankLine | undefined> {
  const { partnerId, walletId, amount, currency, reference, note, day, actor } = command
  const payment = {
    account: 'MANUAL',
    bookedOn: day,
    amount,
    currency,
    bankReference: reference,
    remittance: note,
  }
  const line = await recordIncoming(tx, { ...payment, payer: '', actor })
  if (line === undefined) return undefined
  await assignLine(tx, { lineId: line.id, partnerId, walletId, note: note === '' ? reference : note, actor })
  return line
}
