import type { Db } from '../../platform/database.ts'
import type { Plan } from './plan.ts'
import { selectPlans } from './plans.sql.ts'

/** The plans that there are, the smallest first, and how many partners have each. At most 1,000. */
export async function listPlans(db: Db): Promise<(Plan & { readonly partners: bigint })[]> {
  return selectPlans(db, plansMost)
}

const plansMost = 1_000
