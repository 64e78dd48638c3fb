import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import { payableAccount } from '../ledger/move-voucher-money.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import { findPartner } from '../partners/find-partner.ts'
import type { Statement } from './statement.ts'
import { selectBoundary, selectNow } from './statements.sql.ts'

/**
 * A merchant's statement of what one issuer owes it in a currency, from an instant up to another that is not within it. What was there when it
 * was opened stays what it says: entries are never changed, and the statement that begins where it ends opens with its closing balance. Only one
 * that ends within the last seconds may miss what is being booked at that moment (docs/decisions/0023).
 * Throws Failure merchant_not_found, partner_not_found, validation_failed (it must end after it begins, and not in the future).
 */
export async function openStatement(
  db: Db,
  command: {
    /** The merchant's code. */
    readonly merchant: string
    readonly partnerId: PartnerId
    readonly currency: Currency
    readonly from: Date
    /** Undefined: now. */
    readonly to: Date | undefined
  },
): Promise<Statement> {
  const { partnerId, currency, from } = command
  const now = await selectNow(db)
  const { to = now } = command
  if (from >= to) throw refuse('from', 'The statement must end after it begins.')
  if (to > now) throw refuse('to', 'The statement must not end in the future.')
  const merchant = await findMerchant(db, command.merchant)
  const { id, name } = await findPartner(db, { id: partnerId })
  const account = { partnerId, account: payableAccount(merchant.code, currency) }
  const first = await selectBoundary(db, account, from)
  const last = await selectBoundary(db, account, to)
  return {
    merchant,
    issuer: { id, name },
    currency,
    from,
    to,
    opening: first.balance,
    closing: last.balance,
    lineCount: last.number - first.number,
    span: { ...account, first: first.number, last: last.number },
  }
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
