import { command, group } from './command.ts'
import type { Group } from './command.ts'
import { addSupplier, changeSupplier, listAllSuppliers, showSupplier } from './supplier-accounts.ts'
import { checkSupplier, supplierBalance } from './supplier-calls.ts'
import { sources } from './supplier-sources.ts'
import { syncNow, syncs } from './supplier-syncs.ts'
import { table } from './table.ts'

const connectors = command({
  name: 'connectors',
  summary: 'List the kinds of suppliers that can be bought from, and what each needs to be told.',
  examples: ['supplier connectors', 'supplier connectors --json'],
  params: {},
  async run(context) {
    const list = context.suppliers.map(({ name, title, description, settings, secretSettings }) => ({
      name,
      title,
      description,
      settings: settings.map((setting) => ({ ...setting, isSecret: secretSettings.includes(setting.name) })),
    }))
    const settings = list.flatMap((one) =>
      one.settings.map((setting) => [
        one.name,
        setting.name,
        setting.isSecret ? 'yes' : 'no',
        setting.description,
      ]),
    )
    return {
      json: { connectors: list },
      text: [
        ...table(
          ['Connector', 'Title', 'Description'],
          list.map((one) => [one.name, one.title, one.description]),
        ),
        '',
        ...table(['Connector', 'Setting', 'Secret', 'Description'], settings, 'None of them has settings.'),
      ],
    }
  },
})

export const supplier: Group = group('supplier', 'Open, change and ask those whom we buy from.', [
  connectors,
  addSupplier,
  listAllSuppliers,
  showSupplier,
  changeSupplier,
  supplierBalance,
  checkSupplier,
  sources,
  syncNow,
  syncs,
])
