import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Translations } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import { lockCatalogue } from './catalogue-writes.sql.ts'
import { updateProduct, updateSku } from './sku-list.sql.ts'

type Change = {
  readonly id: string
  /** By language, English among them, 1 to 200 characters each. */
  readonly names?: Translations | undefined
  /** Whether it is sold. */
  readonly isActive?: boolean | undefined
  readonly actor: string
}

/**
 * Changes a SKU; what is not given stays. Audited, and all processes are told. Throws Failure sku_not_found; validation_failed (names,
 * max_per_order: 1 to 1,000).
 */
export async function changeSku(
  tx: Tx,
  command: Change & { readonly maxPerOrder?: number | undefined },
): Promise<void> {
  const { id, names, isActive, maxPerOrder, actor } = command
  checkNames(names)
  if (
    maxPerOrder !== undefined &&
    !(Number.isInteger(maxPerOrder) && maxPerOrder >= 1 && maxPerOrder <= 1_000)
  )
    throw invalid('max_per_order', 'An order may have 1 to 1,000 of it at the most.')
  await lockCatalogue(tx)
  if (!(await updateSku(tx, id, { names, maxPerOrder, isActive }))) throw new Failure('sku_not_found')
  const details = { names, maxPerOrder, isActive }
  await recordAudit(tx, { actor, action: 'sku.changed', partnerId: undefined, subject: id, details })
  await announceCatalogueChange(tx)
}

/** Changes a product; what is not given stays. Audited, and all processes are told. Throws Failure product_not_found; validation_failed (names). */
export async function changeProduct(tx: Tx, command: Change): Promise<void> {
  const { id, names, isActive, actor } = command
  checkNames(names)
  await lockCatalogue(tx)
  if (!(await updateProduct(tx, id, { names, isActive }))) throw new Failure('product_not_found')
  const details = { names, isActive }
  await recordAudit(tx, { actor, action: 'product.changed', partnerId: undefined, subject: id, details })
  await announceCatalogueChange(tx)
}

function checkNames(names: Translations | undefined): void {
  if (names === undefined) return
  const isWhole = Object.values(names).every((name) => name.trim() !== '' && name.length <= 200)
  if (!isWhole) throw invalid('names', 'A name must be 1 to 200 characters.')
}

function invalid(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
