import { findPartner } from '../core/partners/find-partner.ts'
import { setPartnerPlan } from '../core/partners/set-partner-plan.ts'
import { command } from './command.ts'
import { argument, text } from './params.ts'
import { planJson, planText } from './plan.ts'
import { partnerArgument } from './references.ts'

export const partnerPlan = command({
  name: 'plan',
  summary: 'Give a partner a plan, or take it away: how often it may call, and what.',
  details: ['"scrip plan list" shows them. A limit of "scrip partner rate-limit" holds beside the plan.'],
  examples: ['partner plan ops@acme.example merchant', 'partner plan 1 none'],
  params: {
    partner: partnerArgument,
    plan: argument('<plan>', 'the code of a plan, or "none": everything, without limits', text),
  },
  async run(context, input) {
    const database = await context.database()
    const { id: partnerId, name } = await findPartner(database, input.partner)
    const code = input.plan === 'none' ? undefined : input.plan
    const plan = await database.inTransaction((tx) =>
      setPartnerPlan(tx, { partnerId, plan: code, actor: context.actor }),
    )
    return {
      json: { partner: partnerId, plan: plan === undefined ? null : planJson(plan) },
      text: [plan === undefined ? `${name} has no plan.` : `${name}: ${plan.name}, ${planText(plan)}.`],
    }
  },
})
