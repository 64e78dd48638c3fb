import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { parseId } from '../../values/ids.ts'
import type { SkuId } from '../../values/ids.ts'
import { selectSkuByCode, selectSkuById } from './stock.sql.ts'
import type { StockSku } from './stock.ts'

/** The SKU of this id, or of this code. Throws Failure sku_not_found, and validation_failed for a range. */
export async function findStockSku(db: Db, idOrCode: string): Promise<StockSku> {
  const id = parseId<SkuId>(idOrCode)
  const sku = id === undefined ? await selectSkuByCode(db, idOrCode) : await selectSkuById(db, id)
  if (sku === undefined) throw new Failure('sku_not_found')
  // A code is worth what it is worth; sold under a range it would go at whatever amount a buyer names.
  if (sku.kind === 'range')
    throw new Failure('validation_failed', {
      fields: [{ field: 'sku', sentence: 'Codes can be stocked only for a SKU of a fixed value.' }],
    })
  return sku
}
