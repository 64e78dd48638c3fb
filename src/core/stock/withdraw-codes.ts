import type { Database } from '../../platform/database.ts'
import type { CodeId, ImportId, SkuId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { withdrawOfSku } from './stock.sql.ts'

/**
 * Takes codes of a SKU out of the stock unsold (the supplier recalls a file, a code proves bad) and keeps them aside, in steps of
 * 5,000 that each commit with their movements. What is sold already, or is being sold, stays as it is. @returns how many codes left.
 *
 * @param which the codes of one import, or those with these ids
 */
export async function withdrawCodes(
  database: Database,
  which: { readonly skuId: SkuId } & (
    | { readonly importId: ImportId }
    | { readonly codeIds: readonly CodeId[] }
  ),
  why: { readonly note: string; readonly actor: string },
): Promise<number> {
  const chosen = {
    skuId: which.skuId,
    importId: 'importId' in which ? which.importId : undefined,
    codeIds: 'codeIds' in which ? which.codeIds : undefined,
  }
  let withdrawn = 0
  for (;;) {
    const gone = await database.inTransaction(async (tx) => {
      const count = await withdrawOfSku(tx, { reason: 'withdrawal', ...why, limit: step }, chosen)
      const details = { count, note: why.note, importId: chosen.importId }
      if (count > 0)
        await recordAudit(tx, { actor: why.actor, action: 'stock.withdrawn', subject: which.skuId, details })
      return count
    })
    withdrawn += gone
    if (gone === 0) return withdrawn
  }
}

const step = 5_000
