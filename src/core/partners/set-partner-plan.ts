import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findPlan } from '../plans/find-plan.ts'
import type { Plan } from '../plans/plan.ts'
import { announcePartnerChange } from './announce-partner-change.ts'
import { lockPartner } from './partners.sql.ts'
import { replacePartnerPlan } from './partner-plans.sql.ts'

/**
 * Gives a partner a plan, or none, which holds from its next calls on. What it has used of the running minute and month stays used.
 * Throws Failure partner_not_found, plan_not_found.
 */
export async function setPartnerPlan(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    /** Undefined: no plan. */
    readonly plan: string | undefined
    readonly actor: string
  },
): Promise<Plan | undefined> {
  const { partnerId, plan: code, actor } = command
  if ((await lockPartner(tx, partnerId)) === undefined) throw new Failure('partner_not_found')
  const plan = code === undefined ? undefined : await findPlan(tx, code)
  const former = await replacePartnerPlan(tx, partnerId, code)
  if (former === code) return plan
  const details = { from: former ?? null, to: code ?? null }
  await recordAudit(tx, { actor, action: 'partner.plan_set', partnerId, subject: partnerId, details })
  await announcePartnerChange(tx, partnerId)
  return plan
}
