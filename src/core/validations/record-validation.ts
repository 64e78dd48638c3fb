import type { Db } from '../../platform/database.ts'
import type { ValidatedAccount } from './validation.ts'
import { upsertValidation } from './validations.sql.ts'

/** Writes down that an account was found just now. */
export async function recordValidation(db: Db, account: ValidatedAccount): Promise<void> {
  await upsertValidation(db, account)
}
