import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { Plan } from './plan.ts'
import { selectPlan } from './plans.sql.ts'

/** Throws Failure plan_not_found. */
export async function findPlan(db: Db, code: string): Promise<Plan> {
  const plan = await selectPlan(db, code)
  if (plan === undefined) throw new Failure('plan_not_found')
  return plan
}
