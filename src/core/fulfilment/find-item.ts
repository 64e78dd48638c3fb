import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { OrderId } from '../../values/ids.ts'
import type { Break } from './break.ts'
import { selectBreaksOfOrder } from './breaks.sql.ts'
import { selectAttempts, selectItem, selectProposals } from './parked.sql.ts'
import type { Attempt, ListedItem, Proposal } from './parked.sql.ts'

/** An item with all that was said about it. */
export type ItemInFull = {
  readonly item: ListedItem
  /** The last 50, newest first. */
  readonly attempts: readonly Attempt[]
  /** The last 20, newest first. */
  readonly proposals: readonly Proposal[]
  readonly breaks: readonly Break[]
}

/** What became of an order's item at the suppliers. Throws Failure fulfilment_not_found. */
export async function findItem(db: Db, orderId: OrderId, item = 1): Promise<ItemInFull> {
  const found = await selectItem(db, orderId, item)
  if (found === undefined) throw new Failure('fulfilment_not_found')
  const [attempts, proposals, breaks] = await Promise.all([
    selectAttempts(db, found, 50),
    selectProposals(db, orderId, item, 20),
    selectBreaksOfOrder(db, orderId),
  ])
  return { item: found, attempts, proposals, breaks }
}
