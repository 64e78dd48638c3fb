import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { BankAccountId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { markRetired } from './funding.sql.ts'

/** Nobody is told of this account any more; what comes in on it is booked all the same. Throws Failure bank_account_not_found. */
export async function retireReceivingAccount(
  tx: Tx,
  command: { readonly id: BankAccountId; readonly actor: string },
): Promise<void> {
  const { id, actor } = command
  if (!(await markRetired(tx, id))) throw new Failure('bank_account_not_found')
  await recordAudit(tx, { actor, action: 'receiving_account.retired', subject: id })
}
