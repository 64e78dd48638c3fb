import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { lockItem, makeDue } from './fulfilments.sql.ts'
import { selectItem } from './parked.sql.ts'
import { mayRetry } from './policy.ts'
import type { SupplierProfile } from './supplier.ts'

/**
 * Lets a worker go on with an item at once instead of later, a parked one too: what a machine may do about an answer that never came,
 * it may do again. Moves no money. Throws Failure fulfilment_not_found, and validation_failed where only a person can tell what became
 * of the purchase.
 *
 * @param profileOf of a supplier by its code; undefined where it cannot be opened
 */
export async function retryItem(
  tx: Tx,
  command: { readonly orderId: OrderId; readonly item?: number | undefined; readonly actor: string },
  profileOf: (supplierCode: string) => SupplierProfile | undefined,
): Promise<void> {
  const { orderId, item = 1, actor } = command
  const found = await selectItem(tx, orderId, item)
  if (found === undefined) throw new Failure('fulfilment_not_found')
  await lockItem(tx, found)
  const profile = found.supplierCode === undefined ? undefined : profileOf(found.supplierCode)
  if (!mayRetry(found.supplierId !== undefined, profile)) {
    const sentence =
      'Its supplier can neither be asked nor sent the same again: find out from the supplier, and propose what became of it.'
    throw new Failure('validation_failed', { fields: [{ field: 'item', sentence }] })
  }
  await makeDue(tx, found)
  const { partnerId, state } = found
  await recordAudit(tx, {
    actor,
    action: 'fulfilment.retried',
    partnerId,
    subject: orderId,
    details: { item, state },
  })
}
