import type { Db } from '../../platform/database.ts'
import type { OrderId, PartnerId, TransferId } from '../../values/ids.ts'
import { selectTransferLines } from './transfer-lookup.sql.ts'
import type { TransferLine } from './transfer-lookup.sql.ts'

/** The journal's lines of one of the partner's transfers, or of all that an order moved, oldest first; none if there is no such thing. */
export async function listTransferLines(
  db: Db,
  partnerId: PartnerId,
  id: TransferId | OrderId,
): Promise<TransferLine[]> {
  return selectTransferLines(db, partnerId, id)
}
