import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId, SkuId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findStockSku } from './find-stock-sku.ts'
import { sealCode } from './seal-code.ts'
import { addToLot, insertCodes, insertLot, insertMovement, selectToday } from './stock.sql.ts'
import { checkCode } from './stock.ts'
import type { NewCode } from './stock.ts'

/**
 * Adds a small lot of codes in the caller's transaction; a file goes through `import-stock.ts`. A code that was ever imported before,
 * sold or not, is left out and counted. Without `importId` the lot is recorded as an import of its own.
 * Throws Failure sku_not_found, and validation_failed (field "codes.<place>") if a code is malformed or expired: then none is added.
 */
export async function addCodes(
  tx: Tx,
  keyRing: KeyRing,
  lot: {
    readonly skuId: SkuId
    readonly importId?: ImportId | undefined
    readonly codes: readonly NewCode[]
    readonly actor: string
  },
): Promise<{ readonly added: number; readonly duplicates: number }> {
  if (lot.codes.length > lotLargest) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'codes', sentence: `A lot has at most ${lotLargest} codes.` }],
    })
  }
  const sku = await findStockSku(tx, lot.skuId)
  const codes = checkAll(lot.codes, await selectToday(tx))
  const importId = lot.importId ?? newId<ImportId>()
  if (lot.importId === undefined) await insertLot(tx, { id: importId, skuId: lot.skuId, actor: lot.actor })
  const sealed = codes.map((code) => sealCode(keyRing, sku, code))
  const added = await insertCodes(tx, lot.skuId, importId, sealed)
  if (added > 0) await insertMovement(tx, lot.skuId, added, 'import')
  const counts = { added, duplicates: codes.length - added }
  await addToLot(tx, importId, counts)
  return counts
}

function checkAll(codes: readonly NewCode[], today: string): NewCode[] {
  const checked = codes.map((code) => checkCode(code, today))
  const fields = checked.flatMap((code, place) =>
    typeof code === 'string' ? [{ field: `codes.${place}`, sentence: code }] : [],
  )
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  return checked.filter((code) => typeof code !== 'string')
}

const lotLargest = 10_000
