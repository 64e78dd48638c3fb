import { readFileSync } from 'node:fs'
import type { SupplierAccount } from '../core/fulfilment/account.ts'
import { createSupplier } from '../core/fulfilment/create-supplier.ts'
import { findSupplier } from '../core/fulfilment/find-supplier.ts'
import { listSuppliers } from '../core/fulfilment/list-suppliers.ts'
import { readSupplier } from '../core/fulfilment/read-supplier.ts'
import type { Connector, ConnectorSettings } from '../core/fulfilment/supplier.ts'
import { updateSupplier } from '../core/fulfilment/update-supplier.ts'
import type { HttpClient } from '../platform/http.ts'
import { parseJson } from '../values/json.ts'
import { command } from './command.ts'
import type { Context } from './context.ts'
import { BadUsage, argument, currency, flag, option, requiredOption, text, wholeNumber } from './params.ts'
import { facts, table } from './table.ts'

export const supplierArgument = argument('<supplier>', "the supplier's code", text)

const priority = option('--priority <n>', 'the least is asked first; 100 by default', wholeNumber(0, 10_000))
const concurrency = option('--concurrency <n>', 'calls at a time from one process', wholeNumber(1, 1_000))
const settingsHelp = 'what the connector needs to know, as JSON, or @file with the JSON in it'

export const addSupplier = command({
  name: 'add',
  summary: 'Open an account with somebody to buy from.',
  details: [
    '"scrip supplier connectors" lists the kinds and their settings. Put settings that are secret into a file: a command line is seen by others on the machine and kept in histories.',
  ],
  examples: [
    'supplier add --code sandbox --name Sandbox --connector sandbox --currency USD',
    'supplier add --code kenya --name "Scrip Kenya" --connector scrip --currency KES --settings @kenya.json',
  ],
  params: {
    code: requiredOption('--code <code>', 'what it is called from now on: small letters and digits', text),
    name: requiredOption('--name <text>', 'its name', text),
    connector: requiredOption('--connector <name>', 'which protocol it speaks', text),
    currency: requiredOption('--currency <code>', 'what it bills in (ISO 4217)', currency),
    settings: option('--settings <json>', settingsHelp, text),
    priority,
    concurrency,
  },
  async run(context, { settings, ...input }) {
    const given = connectorOf(context, input.connector).readSettings(parseSettings(settings ?? '{}'))
    const database = await context.database()
    const keyRing = await context.keyRing()
    await database.inTransaction((tx) =>
      createSupplier(tx, keyRing, { ...input, settings: given, actor: context.actor }),
    )
    return oneSupplier(await findSupplier(database, input.code))
  },
})

export const listAllSuppliers = command({
  name: 'list',
  summary: 'List whom can be bought from, in the order in which they are asked.',
  examples: ['supplier list', 'supplier list --json'],
  params: {},
  async run(context) {
    const suppliers = await listSuppliers(await context.database())
    return { json: { suppliers }, text: suppliersTable(suppliers) }
  },
})

export const showSupplier = command({
  name: 'show',
  summary: 'Show an account with a supplier; its secret settings are masked.',
  examples: ['supplier show kenya', 'supplier show kenya --json'],
  params: { supplier: supplierArgument },
  async run(context, input) {
    const { account, settings } = await readSupplier(
      await context.database(),
      await context.keyRing(),
      input.supplier,
    )
    const connector = context.suppliers.find((one) => one.name === account.connector)
    const shown = maskSettings(settings, connector)
    const { id, code, name, connector: kind, currency: bills, active } = account
    return {
      json: { supplier: account, settings: shown },
      text: [
        ...facts({
          Code: code,
          Name: name,
          Connector: connector === undefined ? `${kind} (not known here)` : kind,
          Currency: bills,
          Priority: String(account.priority),
          Concurrency: String(account.concurrency),
          Active: active ? 'yes' : 'no',
          Id: id,
        }),
        '',
        ...table(['Setting', 'Value'], Object.entries(shown), 'It has no settings.'),
      ],
    }
  },
})

export const changeSupplier = command({
  name: 'update',
  summary: 'Change an account with a supplier.',
  details: [
    'What is not given stays. --settings replaces all of them. A supplier that is not active is asked for nothing new; what it has in hand it is still asked about.',
  ],
  examples: ['supplier update kenya --priority 10', 'supplier update kenya --deactivate'],
  params: {
    supplier: supplierArgument,
    name: option('--name <text>', 'its name', text),
    settings: option('--settings <json>', settingsHelp, text),
    priority,
    concurrency,
    activate: flag('--activate', 'let it be asked'),
    deactivate: flag('--deactivate', 'let it not be asked for anything new'),
  },
  async run(context, { supplier: code, settings, activate, deactivate, ...changes }) {
    if (activate && deactivate) throw new BadUsage('Give either --activate or --deactivate.')
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { connector } = await findSupplier(database, code)
    const given =
      settings === undefined
        ? undefined
        : connectorOf(context, connector).readSettings(parseSettings(settings))
    const active = activate || deactivate ? activate : undefined
    const order = { ...changes, code, active, settings: given, actor: context.actor }
    return oneSupplier(await database.inTransaction((tx) => updateSupplier(tx, keyRing, order)))
  },
})

/** JSON, or the JSON of a file behind an @. What is wrong is told without repeating it: it may be secret. */
function parseSettings(given: string): unknown {
  try {
    return parseJson(given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given)
  } catch {
    throw new BadUsage('--settings must be JSON, or @file with JSON in it.')
  }
}

function connectorOf({ suppliers }: Context, name: string): Connector<HttpClient> {
  const connector = suppliers.find((one) => one.name === name)
  if (connector !== undefined) return connector
  throw new BadUsage(`--connector must be one of ${suppliers.map((one) => one.name).join(', ')}.`)
}

/** Of a connector that is not known here, nobody can say what is secret. */
function maskSettings(
  settings: ConnectorSettings,
  connector: Connector<HttpClient> | undefined,
): ConnectorSettings {
  const isSecret = (name: string): boolean => connector?.secretSettings.includes(name) ?? true
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, isSecret(name) ? '••••••••' : value]),
  )
}

function oneSupplier(supplier: SupplierAccount) {
  return { json: { supplier }, text: suppliersTable([supplier]) }
}

function suppliersTable(suppliers: readonly SupplierAccount[]): string[] {
  const rows = suppliers.map((one) => [
    one.code,
    one.name,
    one.connector,
    one.currency,
    String(one.priority),
    String(one.concurrency),
    one.active ? 'yes' : 'no',
  ])
  return table(['Code', 'Name', 'Connector', 'Currency', 'Priority', 'Concurrency', 'Active'], rows)
}
