import type { Db, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, WithdrawalId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { BankAccount } from '../funding/funding.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { Withdrawal } from './withdrawal.ts'
import { selectByReference, selectDestination } from './withdrawals.sql.ts'

/** A withdrawal by the partner's own reference. Throws Failure withdrawal_not_found, for another partner's, too. */
export async function findWithdrawal(db: Db, partnerId: PartnerId, reference: string): Promise<Withdrawal> {
  const found = await selectByReference(db, partnerId, reference)
  if (found === undefined) throw new Failure('withdrawal_not_found')
  return found
}

/** Where a withdrawal goes, whole, for who pays it; that it was looked at is written down. Throws Failure withdrawal_not_found. */
export async function openDestination(
  tx: Tx,
  keyRing: KeyRing,
  command: { readonly id: WithdrawalId; readonly actor: string },
): Promise<BankAccount> {
  const { id, actor } = command
  const found = await selectDestination(tx, id)
  if (found === undefined) throw new Failure('withdrawal_not_found')
  const { partnerId, sealed } = found
  await recordAudit(tx, { actor, action: 'withdrawal.destination_opened', partnerId, subject: id })
  return JSON.parse(await keyRing.open(sealed, id)) as BankAccount // Written by requestWithdrawal alone.
}
