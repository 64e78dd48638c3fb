import type { Db } from '../../platform/database.ts'
import type { SupplierAccount } from './account.ts'
import { selectSuppliers } from './suppliers.sql.ts'
import type { SupplierRow } from './suppliers.sql.ts'

/** All accounts with suppliers, the first to be asked first; there are as many as somebody has typed. */
export async function listSuppliers(db: Db): Promise<SupplierAccount[]> {
  return (await selectSuppliers(db)).map(toAccount)
}

/** Without its settings, sealed as they are. */
export function toAccount({ settings: _, dataKeyId: __, ...account }: SupplierRow): SupplierAccount {
  return account
}
