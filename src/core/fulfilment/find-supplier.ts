import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SupplierAccount } from './account.ts'
import { toAccount } from './list-suppliers.ts'
import { selectSupplier } from './suppliers.sql.ts'

/** The account of this code. Throws Failure supplier_not_found. */
export async function findSupplier(db: Db, code: string): Promise<SupplierAccount> {
  const row = await selectSupplier(db, code)
  if (row === undefined) throw new Failure('supplier_not_found')
  return toAccount(row)
}
