import type { Tx } from '../../platform/database.ts'
import type { OrderId, PartnerId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { insertCostEntries } from './costs.sql.ts'

/**
 * Books what an order cost us at a supplier, beside its charge and in the same transaction as that: cost of goods against what we owe
 * the supplier. Amounts are micro-units, more than 0; the supplier's currency need not be the wallet's.
 */
export async function bookCost(
  tx: Tx,
  cost: {
    readonly partnerId: PartnerId
    readonly orderId: OrderId
    /** The supplier's code: "scrip-kenya". */
    readonly supplier: string
    readonly amount: Micros
    readonly currency: Currency
  },
): Promise<void> {
  await insertCostEntries(tx, cost)
}
