import type { Tx } from '../../platform/database.ts'
import { moveVersionOn } from './catalogue-writes.sql.ts'

/** Tells every process, when the transaction commits, that products, prices or rates are others. Not needed for stock. */
export async function announceCatalogueChange(tx: Tx): Promise<void> {
  await moveVersionOn(tx)
}
