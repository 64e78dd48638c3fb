import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { parseId } from '../../values/ids.ts'
import type { SkuId } from '../../values/ids.ts'
import { selectSku } from './suppliers.sql.ts'

/** The SKU of this id, or of this code. Throws Failure sku_not_found. */
export async function findSku(
  db: Db,
  idOrCode: string,
): Promise<{ readonly id: SkuId; readonly code: string }> {
  const sku = await selectSku(db, parseId<SkuId>(idOrCode), idOrCode)
  if (sku === undefined) throw new Failure('sku_not_found')
  return sku
}
