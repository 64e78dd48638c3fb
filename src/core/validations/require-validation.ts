import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { validMinutes } from './validation.ts'
import type { ValidatedAccount } from './validation.ts'
import { selectIsValid } from './validations.sql.ts'

/** Throws Failure account_not_validated unless the partner had this account validated for the product within the last half hour. */
export async function requireValidation(db: Db, account: ValidatedAccount): Promise<void> {
  if (!(await selectIsValid(db, account, validMinutes))) throw new Failure('account_not_validated')
}
