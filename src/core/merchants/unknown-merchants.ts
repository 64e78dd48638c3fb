import type { Db } from '../../platform/database.ts'
import { selectActiveCodes } from './merchants.sql.ts'

/** Those of the codes that are no active merchant's, in their order. */
export async function unknownMerchants(db: Db, codes: readonly string[]): Promise<string[]> {
  if (codes.length === 0) return []
  const known = new Set(await selectActiveCodes(db, codes))
  return codes.filter((code) => !known.has(code))
}
