import type { Db } from '../../platform/database.ts'
import type { SupplierBook } from './book.ts'
import { parseReference } from './fulfilment.ts'
import { askAtOnce } from './fulfilments.sql.ts'
import type { Notice } from './notice.ts'

/**
 * Takes a supplier's word that something has changed: the item that it names is asked for at once. The message moves nothing by itself, so
 * one that is sent twice or too late does no harm.
 *
 * @returns `unknown_supplier` where nobody of that code sends notices, `refused` where the message is not authentic
 */
export async function takeNotice(
  db: Db,
  book: SupplierBook,
  supplierCode: string,
  notice: Notice,
): Promise<'taken' | 'refused' | 'unknown_supplier'> {
  const booked = book.all().find(({ account }) => account.code === supplierCode)
  const { supplier } = booked ?? {}
  if (supplier?.readNotice === undefined) return 'unknown_supplier'
  const read = supplier.readNotice({ ...notice, nowMs: Date.now() })
  if (read === undefined) return 'refused'
  const item = parseReference(read.reference)
  // A reference that is not ours belongs to somebody else who buys under the same account.
  if (item !== undefined) await askAtOnce(db, item.orderId, item.item)
  return 'taken'
}
