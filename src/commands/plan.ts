import { listPlans } from '../core/plans/list-plans.ts'
import { planLimitMost } from '../core/plans/plan.ts'
import type { Plan } from '../core/plans/plan.ts'
import { setPlan } from '../core/plans/set-plan.ts'
import { command, group } from './command.ts'
import { argument, option, options, requiredOption, text, wholeNumber } from './params.ts'
import { table } from './table.ts'

const list = command({
  name: 'list',
  summary: 'List the plans: how often an account may call, and what.',
  examples: ['plan list', 'plan list --json'],
  params: {},
  async run(context) {
    const plans = await listPlans(await context.database())
    const rows = plans.map((plan) => [
      plan.code,
      plan.name,
      limitText(plan.requestsPerMinute),
      limitText(plan.requestsPerMonth),
      plan.areas?.join(', ') ?? 'all',
      plan.partners.toString(),
    ])
    return {
      json: { plans: plans.map(({ partners, ...plan }) => ({ ...planJson(plan), partners })) },
      text: table(['Code', 'Name', 'A minute', 'A month', 'Areas', 'Partners'], rows, 'There are no plans.'),
    }
  },
})

const set = command({
  name: 'set',
  summary: 'Make a plan, or change it for all who have it.',
  details: [
    'A limit that is left out is none. A month is a calendar month in UTC. Without --area a plan covers everything; areas are gift-cards, airtime, digital, wallet and vouchers, and what shows an account its own balance is always covered.',
    '"scrip partner plan" gives a partner a plan.',
  ],
  examples: [
    'plan set starter --name Starter --per-minute 10 --per-month 1000 --area gift-cards --area airtime',
  ],
  params: {
    code: argument('<code>', 'a word for it, such as "merchant"', text),
    name: requiredOption('--name <name>', 'how people call it', text),
    perMinute: option('--per-minute <n>', 'requests a minute', wholeNumber(1, planLimitMost)),
    perMonth: option('--per-month <n>', 'requests a calendar month', wholeNumber(1, planLimitMost)),
    areas: options('--area <area>', 'a part of the API that it covers; several may be given', text),
  },
  async run(context, { code, name, perMinute, perMonth, areas }) {
    const plan: Plan = {
      code,
      name,
      requestsPerMinute: perMinute,
      requestsPerMonth: perMonth,
      areas: areas.length === 0 ? undefined : areas,
    }
    const database = await context.database()
    await database.inTransaction((tx) => setPlan(tx, plan, context.actor))
    return { json: { plan: planJson(plan) }, text: [`${name}: ${planText(plan)}.`] }
  },
})

export const plan = group('plan', 'Say how often accounts may call, and what.', [list, set])

/** "60 requests a minute, 10000 a month, all areas" */
export function planText({ requestsPerMinute, requestsPerMonth, areas }: Plan): string {
  return `${limitText(requestsPerMinute)} requests a minute, ${limitText(requestsPerMonth)} a month, ${areas?.join(', ') ?? 'all areas'}`
}

/** A plan with null where it has no limit. */
export function planJson(plan: Plan): object {
  const { requestsPerMinute = null, requestsPerMonth = null, areas = null } = plan
  return { ...plan, requestsPerMinute, requestsPerMonth, areas }
}

function limitText(limit: number | undefined): string {
  return limit === undefined ? 'unlimited' : String(limit)
}
