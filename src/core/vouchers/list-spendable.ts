import type { Db } from '../../platform/database.ts'
import type { Currency } from '../../values/money.ts'
import type { Spendable } from './voucher.ts'
import { selectSpendable } from './vouchers.sql.ts'

/**
 * The vouchers that a telephone number may spend now, in the order in which they are taken.
 *
 * @param where.merchant the code of one merchant; undefined: what it may spend somewhere
 */
export async function listSpendable(
  db: Db,
  where: { readonly phone: string; readonly currency: Currency; readonly merchant?: string | undefined },
): Promise<Spendable> {
  const rows = await selectSpendable(db, where, shownMost)
  const [first] = rows
  return { worth: first?.total ?? 0n, count: Number(first?.count ?? 0n), vouchers: rows }
}

const shownMost = 100
