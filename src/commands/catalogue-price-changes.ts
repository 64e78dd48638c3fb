import {
  approvePriceChange,
  changePrices,
  listPriceProposals,
  rejectPriceChange,
} from '../core/catalogue/change-prices.ts'
import type { PricesChanged } from '../core/catalogue/change-prices.ts'
import type { PriceChange } from '../core/catalogue/proposal.ts'
import type { ProposalId } from '../values/ids.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, uuid } from './params.ts'
import { table } from './table.ts'

const proposalArgument = argument(
  '<proposal>',
  'the id, from "scrip catalogue price-changes list"',
  uuid<ProposalId>,
)

const list = command({
  name: 'list',
  summary: 'List changes of prices that wait for a second person, the longest waiting first.',
  examples: ['catalogue price-changes list', 'catalogue price-changes list --json'],
  params: pageOptions,
  async run(context, { limit, after }) {
    const page = await listPriceProposals(await context.database(), { limit, cursor: after })
    const rows = page.rows.map((one) => [
      one.id,
      one.createdAt.toISOString(),
      one.partnerId ?? 'everyone',
      one.subject,
      one.description,
      one.reason,
      one.proposedBy,
    ])
    return {
      json: {
        proposals: page.rows.map(({ change, description, ...one }) => ({
          ...one,
          partnerId: one.partnerId ?? null,
          kind: change.kind,
          change: description,
        })),
        nextCursor: page.nextCursor,
      },
      text: [
        ...table(
          ['Proposal', 'At', 'For', 'What', 'Change', 'Why it waits', 'Proposed by'],
          rows,
          'None waits.',
        ),
        ...pageText(page),
      ],
    }
  },
})

const approve = command({
  name: 'approve',
  summary: 'Put a change of prices in force, as another person than who proposed it.',
  examples: ['catalogue price-changes approve 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: proposalArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { repeated } = await database.inTransaction((tx) =>
      approvePriceChange(tx, { id, actor: context.actor }),
    )
    return { json: { repeated }, text: [repeated ? 'It was approved before.' : 'It holds now.'] }
  },
})

const reject = command({
  name: 'reject',
  summary: 'Drop a change of prices that was proposed.',
  examples: ['catalogue price-changes reject 0199a1b2-0000-7000-8000-000000000000'],
  params: { id: proposalArgument },
  async run(context, { id }) {
    const database = await context.database()
    const { repeated } = await database.inTransaction((tx) =>
      rejectPriceChange(tx, { id, actor: context.actor }),
    )
    return { json: { repeated }, text: [repeated ? 'It was rejected before.' : 'Rejected.'] }
  },
})

export const priceChanges = group('price-changes', 'Decide about changes of prices that take two persons.', [
  list,
  approve,
  reject,
])

/** Changes prices, or proposes it where that takes a second person. */
export async function changePricesBy(context: Context, change: PriceChange): Promise<PricesChanged> {
  const { actor, config } = context
  const order = { change, actor, needsSecond: config.environment === 'live' }
  return (await context.database()).inTransaction((tx) => changePrices(tx, order))
}

/** What a command tells of a change that waits. */
export function priceProposed(
  { proposalId, reason }: Extract<PricesChanged, { holds: false }>,
  json: Readonly<Record<string, unknown>>,
) {
  return {
    json: { ...json, proposalId, reason },
    text: [
      reason,
      `Proposed. Another person approves it: scrip catalogue price-changes approve ${proposalId}`,
    ],
  }
}
