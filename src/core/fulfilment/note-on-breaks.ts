import type { Tx } from '../../platform/database.ts'
import type { StatementId, SupplierId } from '../../values/ids.ts'
import { noteStated } from './breaks.sql.ts'

/** Adds to breaks of purchases that a supplier's statements lacked that one has them now: whoever settles them wants to know. */
export async function noteOnBreaks(
  tx: Tx,
  found: { readonly supplierId: SupplierId; readonly statementId: StatementId; readonly note: string },
): Promise<void> {
  await noteStated(tx, found)
}
