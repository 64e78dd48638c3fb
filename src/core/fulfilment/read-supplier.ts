import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { SupplierAccount } from './account.ts'
import type { ConnectorSettings } from './supplier.ts'
import { selectSupplier } from './suppliers.sql.ts'

/** The account of this code with its settings in clear: mask those that the connector calls secret before anybody sees them. Throws Failure supplier_not_found. */
export async function readSupplier(
  db: Db,
  keyRing: KeyRing,
  code: string,
): Promise<{ readonly account: SupplierAccount; readonly settings: ConnectorSettings }> {
  const row = await selectSupplier(db, code)
  if (row === undefined) throw new Failure('supplier_not_found')
  const { settings: ciphertext, dataKeyId, ...account } = row
  const text = await keyRing.open({ ciphertext, dataKeyId }, row.id)
  return { account, settings: JSON.parse(text) as ConnectorSettings } // `createSupplier` or `updateSupplier` wrote it.
}
