import { violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { BankAccountId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { accountProblem, bareNumber } from './funding.ts'
import type { BankAccount } from './funding.ts'
import { insertReceivingAccount, isNumberDedicated } from './funding.sql.ts'

/**
 * Adds an account of our own: partners who fund a wallet in its currency are told of it from now on.
 * Throws Failure validation_failed, already_exists.
 */
export async function addReceivingAccount(
  tx: Tx,
  command: BankAccount & { readonly currency: Currency; readonly actor: string },
): Promise<BankAccountId> {
  const problem = accountProblem(command)
  if (problem !== undefined) throw new Failure('validation_failed', { fields: [problem] })
  const id = newId<BankAccountId>()
  // What comes in on an account that is a wallet's alone is that wallet's, whoever pays it.
  if (await isNumberDedicated(tx, bareNumber(command.accountNumber))) throw new Failure('already_exists')
  await insertReceivingAccount(tx, {
    ...command,
    id,
    accountNumber: bareNumber(command.accountNumber),
  }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'receiving_accounts_open'
      ? new Failure('already_exists', { cause: error })
      : error
  })
  const { actor, currency, bankName, accountNumber } = command
  const details = { currency, bankName, accountNumber }
  await recordAudit(tx, { actor, action: 'receiving_account.added', subject: id, details })
  return id
}
