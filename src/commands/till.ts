import { listTills } from '../core/merchants/list-tills.ts'
import type { Till } from '../core/merchants/merchant.ts'
import { saveTill } from '../core/merchants/save-till.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, flag, requiredOption, text } from './params.ts'
import { table } from './table.ts'

const save = command({
  name: 'save',
  summary: 'Give a merchant a till, or change the one with the number.',
  examples: [
    'till save 123456 --merchant naivas --name Eastgate',
    'till save 123456 --merchant naivas --name Eastgate --closed',
  ],
  params: {
    number: argument('<number>', 'its number, as holders and callers name it', text),
    merchant: requiredOption('--merchant <code>', 'whose till it is', text),
    name: requiredOption('--name <name>', 'the outlet', text),
    closed: flag('--closed', 'it takes nothing any more'),
  },
  async run(context, { closed, ...input }) {
    const database = await context.database()
    const order = { ...input, status: closed ? 'closed' : 'active', actor: context.actor } as const
    const till = await database.inTransaction((tx) => saveTill(tx, order))
    return { json: { till }, text: tillTable([till]) }
  },
})

const list = command({
  name: 'list',
  summary: "List a merchant's tills, by number.",
  examples: ['till list naivas'],
  params: { merchant: argument('<merchant>', "the merchant's code", text), ...pageOptions },
  async run(context, { merchant, limit, after }) {
    const page = await listTills(await context.database(), merchant, { limit, cursor: after })
    return {
      json: { tills: page.rows, nextCursor: page.nextCursor },
      text: [...tillTable(page.rows), ...pageText(page)],
    }
  },
})

export const till = group('till', "Merchants' tills.", [save, list])

function tillTable(tills: readonly Till[]): string[] {
  return table(
    ['Number', 'Outlet', 'Merchant', 'State'],
    tills.map(({ number, name, merchant, status }) => [number, name, merchant.code, status]),
    'There are no tills.',
  )
}
