import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SkuId, SupplierId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from '../catalogue/announce-catalogue-change.ts'
import { deactivateSource } from './suppliers.sql.ts'

/** Takes a supplier out of a SKU's chain; what it has in hand it is still asked about. Throws Failure source_not_found. */
export async function removeSource(
  tx: Tx,
  source: { readonly skuId: SkuId; readonly supplierId: SupplierId; readonly actor: string },
): Promise<void> {
  const { skuId, supplierId, actor } = source
  if (!(await deactivateSource(tx, skuId, supplierId))) throw new Failure('source_not_found')
  await announceCatalogueChange(tx)
  await recordAudit(tx, {
    actor,
    action: 'supplier.source_removed',
    subject: supplierId,
    details: { skuId },
  })
}
