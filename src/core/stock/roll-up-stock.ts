import type { Db } from '../../platform/database.ts'
import { sumUpMovements } from './stock.sql.ts'

/** Sums the movements up, a row per SKU; sales and imports go on meanwhile. @returns how many rows were summed up. */
export async function rollUpStock(db: Db): Promise<number> {
  return sumUpMovements(db)
}
