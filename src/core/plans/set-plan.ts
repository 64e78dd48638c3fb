import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { planLimitMost } from './plan.ts'
import type { Plan } from './plan.ts'
import { notifyPlanChanged, selectPlan, upsertPlan } from './plans.sql.ts'

/** Makes a plan, or changes it for all who have it, within a moment in every process. Throws Failure validation_failed. */
export async function setPlan(tx: Tx, plan: Plan, actor: string): Promise<void> {
  const fields = problemsOf(plan)
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const former = await selectPlan(tx, plan.code)
  await upsertPlan(tx, plan)
  const details = { from: former ?? null, to: plan }
  await recordAudit(tx, { actor, action: 'plan.set', subject: plan.code, details })
  await notifyPlanChanged(tx, plan.code)
}

function problemsOf({ code, name, requestsPerMinute, requestsPerMonth, areas = [] }: Plan): FieldProblem[] {
  const problems: FieldProblem[] = []
  const complain = (field: string, sentence: string): void => void problems.push({ field, sentence })
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(code))
    complain('code', 'The code must be 1 to 32 small letters, digits and hyphens, a letter first.')
  if (name === '' || name.length > 100 || !isStorableJson(name))
    complain('name', 'The name must be 1 to 100 characters of text.')
  for (const [field, limit] of [
    ['requests_per_minute', requestsPerMinute],
    ['requests_per_month', requestsPerMonth],
  ] as const)
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= planLimitMost))
      complain(field, `The limit must be a whole number from 1 to ${planLimitMost}.`)
  if (areas.length > 50 || !areas.every((area) => /^[a-z][a-z-]{0,31}$/.test(area)))
    complain('areas', 'An area must be 1 to 32 small letters and hyphens.')
  return problems
}
