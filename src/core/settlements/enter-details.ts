import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { BankDetailsId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { accountProblem } from '../funding/funding.ts'
import type { BankAccount } from '../funding/funding.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findMerchant } from '../merchants/find-merchant.ts'
import { showDestination } from '../withdrawals/withdrawal.ts'
import type { BankDetails } from './details.ts'
import { insertDetails, lockDetails } from './details.sql.ts'

/**
 * Says where a merchant is to be paid in a currency. Nothing is paid there before another person confirms it; until then the merchant is paid
 * where it was. They take the place of others that wait.
 * Throws Failure merchant_not_found, validation_failed, decided_otherwise (others were entered at the same moment).
 */
export async function enterBankDetails(
  tx: Tx,
  keyRing: KeyRing,
  command: {
    /** The merchant's code. */
    readonly merchant: string
    readonly currency: Currency
    readonly account: BankAccount
    readonly actor: string
  },
): Promise<BankDetails> {
  const { currency, account, actor } = command
  const problem = accountProblem(account)
  if (problem !== undefined) throw new Failure('validation_failed', { fields: [problem] })
  const merchant = await findMerchant(tx, command.merchant)
  const id = newId<BankDetailsId>()
  const accountShown = showDestination(account)
  const sealed = keyRing.sealForStock(JSON.stringify(account), id)
  const row = { id, merchantId: merchant.id, currency, accountShown, enteredBy: actor, account: sealed }
  await insertDetails(tx, row).catch((cause: unknown) => {
    if (violatedConstraint(cause) !== 'merchant_bank_details_entered') throw cause
    const sentence = 'Others were entered at the same moment: look at them, or try again.'
    throw new Failure('decided_otherwise', { sentence, cause })
  })
  const details = { merchant: merchant.code, currency, account: accountShown }
  await recordAudit(tx, { actor, action: 'merchant_bank_details.entered', subject: id, details })
  const stored = await lockDetails(tx, id)
  if (stored === undefined) throw new Error('Details that were written are there.')
  return stored
}
