import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SkuId, SupplierId } from '../../values/ids.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from '../catalogue/announce-catalogue-change.ts'
import { upsertSources } from './suppliers.sql.ts'

/** A supplier's place in the chain of a SKU. */
export type Source = {
  readonly skuId: SkuId
  readonly supplierId: SupplierId
  /** What the supplier calls it. */
  readonly productCode: string
  /** Micro-units of the supplier's currency for one unit; of an open amount `costRate` instead. */
  readonly cost?: Micros | undefined
  /** What one unit of face value costs, as an exact decimal of at most 10 places: "0.965". */
  readonly costRate?: string | undefined
  /** Undefined: as the supplier's own. */
  readonly priority?: number | undefined
}

/**
 * Puts suppliers into the chains of SKUs, or changes how they stand there; at most 10,000 at a time. Processes sell by it within a
 * second. Throws Failure validation_failed.
 */
export async function setSources(tx: Tx, sources: readonly Source[], actor = 'system'): Promise<void> {
  if (sources.length > lotLargest || !sources.every(isSound))
    throw new Failure('validation_failed', {
      fields: [
        { field: 'sources', sentence: 'Each source needs a product code, and a cost or a cost rate.' },
      ],
    })
  await upsertSources(
    tx,
    sources.map((one) => ({
      skuId: one.skuId,
      supplierId: one.supplierId,
      productCode: one.productCode,
      cost: one.cost,
      costRate: one.costRate,
      priority: one.priority,
    })),
  )
  await announceCatalogueChange(tx)
  for (const [supplierId, all] of Map.groupBy(sources, (one) => one.supplierId)) {
    const details = { skus: all.length, first: all[0] }
    await recordAudit(tx, { actor, action: 'supplier.sources_set', subject: supplierId, details })
  }
}

function isSound({ productCode, cost, costRate, priority = 0 }: Source): boolean {
  const hasOnePrice = (cost === undefined) !== (costRate === undefined)
  const isPrice = cost === undefined ? /^\d{1,10}(\.\d{1,10})?$/.test(costRate ?? '') : cost >= 0n
  const isName = productCode !== '' && productCode.length <= 200 && !productCode.includes('\0')
  return hasOnePrice && isPrice && isName && Number.isInteger(priority) && priority >= 0 && priority <= 10_000
}

const lotLargest = 10_000
