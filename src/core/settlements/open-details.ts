import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BankDetailsId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { BankAccount } from '../funding/funding.ts'
import type { KeyRing } from '../keys/ring.ts'
import { selectSealedAccount } from './details.sql.ts'

/**
 * Where a merchant is paid, whole, for who confirms it or pays; that it was looked at is written down.
 * Throws Failure bank_account_not_found.
 */
export async function openBankDetails(
  tx: Tx,
  keyRing: KeyRing,
  command: { readonly id: BankDetailsId; readonly actor: string },
): Promise<BankAccount> {
  const { id, actor } = command
  const sealed = await selectSealedAccount(tx, id)
  if (sealed === undefined) throw new Failure('bank_account_not_found')
  await recordAudit(tx, { actor, action: 'merchant_bank_details.opened', subject: id })
  return JSON.parse(await keyRing.open(sealed, id)) as BankAccount // Written by enterBankDetails alone.
}
