import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { BankAccountId, PartnerId, WalletId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isIdentityApproved } from '../identity/find-identity.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { accountProblem, bareNumber } from './funding.ts'
import type { BankAccount } from './funding.ts'
import { isNumberTaken, replaceDedicatedAccount } from './funding.sql.ts'

/**
 * Gives a wallet a bank account of its own, in place of the one that it had: whatever comes in on it is that wallet's.
 * Throws Failure wallet_not_found, identity_not_approved, validation_failed, already_exists (the number is one of our own accounts, or was ever another wallet's).
 */
export async function assignAccount(
  tx: Tx,
  command: BankAccount & {
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    readonly actor: string
  },
): Promise<BankAccountId> {
  const { partnerId, walletId, actor } = command
  const problem = accountProblem(command)
  if (problem !== undefined) throw new Failure('validation_failed', { fields: [problem] })
  const { currency } = await findWallet(tx, partnerId, walletId)
  if (!(await isIdentityApproved(tx, partnerId))) throw new Failure('identity_not_approved')
  const id = newId<BankAccountId>()
  const accountNumber = bareNumber(command.accountNumber)
  if (await isNumberTaken(tx, accountNumber, { partnerId, walletId })) throw new Failure('already_exists')
  await replaceDedicatedAccount(tx, { ...command, id, currency, accountNumber }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'dedicated_accounts_number'
      ? new Failure('already_exists', { cause: error })
      : error
  })
  const details = { walletId, bankName: command.bankName, accountNumber }
  await recordAudit(tx, { actor, action: 'dedicated_account.assigned', partnerId, subject: id, details })
  return id
}
