import type { Db } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { selectCost } from './costs.sql.ts'

/** What the books say that we owe a supplier for an order, corrections included; micro-units. */
export async function sumCost(
  db: Db,
  cost: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    readonly supplier: string
    readonly currency: Currency
  },
): Promise<Micros> {
  return selectCost(db, cost)
}
