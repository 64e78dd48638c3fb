import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from '../catalogue/announce-catalogue-change.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { SupplierAccount } from './account.ts'
import { limitProblems, nameProblems } from './create-supplier.ts'
import { findSupplier } from './find-supplier.ts'
import type { ConnectorSettings } from './supplier.ts'
import { announceSuppliers, lockSupplierId, updateSupplierRow } from './suppliers.sql.ts'

export type UpdateSupplier = {
  readonly code: string
  readonly name?: string | undefined
  /** 0 to 10,000, the least is asked first. */
  readonly priority?: number | undefined
  /** Calls at a time from one process, 1 to 1,000. */
  readonly concurrency?: number | undefined
  /** One that is not active is asked for nothing new; what it has in hand it is still asked about. */
  readonly active?: boolean | undefined
  /** All of them, as the connector has read them; what was there before is gone. */
  readonly settings?: ConnectorSettings | undefined
  readonly actor: string
}

/** Changes what is given of an account; what is left out stays. Throws Failure supplier_not_found, validation_failed. */
export async function updateSupplier(
  tx: Tx,
  keyRing: KeyRing,
  { code, actor, settings, ...changes }: UpdateSupplier,
): Promise<SupplierAccount> {
  const fields = [
    ...(changes.name === undefined ? [] : nameProblems(changes.name)),
    ...limitProblems(changes),
  ]
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const id = await lockSupplierId(tx, code)
  if (id === undefined) throw new Failure('supplier_not_found')
  const sealed = settings === undefined ? undefined : keyRing.sealForStock(JSON.stringify(settings), id)
  await updateSupplierRow(tx, id, { ...changes, settings: sealed })
  await announceSuppliers(tx)
  if (changes.active !== undefined) await announceCatalogueChange(tx)
  // The settings hold keys: only that they are others is told.
  const told = settings === undefined ? changes : { ...changes, settings: 'changed' }
  await recordAudit(tx, { actor, action: 'supplier.updated', subject: id, details: told })
  return findSupplier(tx, code)
}
