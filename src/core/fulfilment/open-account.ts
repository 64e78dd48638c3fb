import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { SupplierAccount } from './account.ts'
import { readSupplier } from './read-supplier.ts'
import type { ConnectorSettings, Supplier } from './supplier.ts'

/** Turns an account into somebody that can be called; undefined where this process has no such connector. Throws what the connector throws. */
export type OpenSupplier = (connector: string, settings: ConnectorSettings) => Supplier | undefined

/** Opens one supplier, active or not, for a question or two. Throws Failure supplier_not_found, and validation_failed where this process has no such connector. */
export async function openAccount(
  db: Db,
  keyRing: KeyRing,
  open: OpenSupplier,
  code: string,
): Promise<{ readonly account: SupplierAccount; readonly supplier: Supplier }> {
  const { account, settings } = await readSupplier(db, keyRing, code)
  const supplier = open(account.connector, settings)
  if (supplier !== undefined) return { account, supplier }
  throw new Failure('validation_failed', {
    fields: [{ field: 'connector', sentence: `There is no connector "${account.connector}" here.` }],
  })
}
