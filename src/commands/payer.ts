import { readFileSync } from 'node:fs'
import { changePayerSettings, createPayer, findPayer, listPayers } from '../core/checkout/create-payer.ts'
import type { PayerConnector } from '../core/checkout/payer.ts'
import type { HttpClient } from '../platform/http.ts'
import { parseJson } from '../values/json.ts'
import { command, group } from './command.ts'
import type { Context } from './context.ts'
import { BadUsage, argument, option, requiredOption, text } from './params.ts'
import { table } from './table.ts'

const settingsHelp = 'what the connector needs to know, as JSON, or @file with the JSON in it'

const connectors = command({
  name: 'connectors',
  summary: 'List the kinds of payers there are, and what each needs to be told.',
  examples: ['payer connectors', 'payer connectors --json'],
  params: {},
  async run({ payers }) {
    const settings = payers.flatMap(({ name, settings: known }) =>
      Object.entries(known).map(([setting, description]) => [name, setting, description]),
    )
    return {
      json: {
        connectors: payers.map(({ name, kind, description, settings: known }) => ({
          name,
          kind,
          description,
          settings: known,
        })),
      },
      text: [
        ...table(
          ['Connector', 'Kind', 'Description'],
          payers.map(({ name, kind, description }) => [name, kind, description]),
        ),
        '',
        ...table(['Connector', 'Setting', 'Description'], settings, 'None of them has settings.'),
      ],
    }
  },
})

const add = command({
  name: 'add',
  summary: 'Make somebody known who pays shops in their buyers’ places: a lender, or a bank.',
  details: [
    'Put settings that are secret into a file: a command line is seen by others on the machine and kept in histories.',
  ],
  examples: [
    'payer add --code sandbox-lender --name "Sandbox lender" --connector sandbox-lender',
    'payer add --code credit --name "Credit for Shops" --connector http-lender --settings @credit.json',
  ],
  params: {
    code: requiredOption('--code <code>', 'what it is called from now on: small letters and digits', text),
    name: requiredOption('--name <text>', 'its name', text),
    connector: requiredOption('--connector <name>', 'which protocol it speaks', text),
    settings: option('--settings <json>', settingsHelp, text),
  },
  async run(context, { code, name, connector, settings = '{}' }) {
    const { kind, readSettings } = connectorOf(context, connector)
    const given = readSettings(parseSettings(settings))
    const database = await context.database()
    const keyRing = await context.keyRing()
    const payerId = await database.inTransaction((tx) =>
      createPayer(tx, keyRing, { code, name, kind, connector, settings: given, actor: context.actor }),
    )
    return { json: { payer: payerId, code, kind }, text: [`The ${kind} ${code} can be asked now.`] }
  },
})

const change = command({
  name: 'update',
  summary: 'Give a payer other settings: a new key, another address. They replace all of the former ones.',
  examples: ['payer update credit --settings @credit.json'],
  params: {
    code: argument('<payer>', "the payer's code", text),
    settings: requiredOption('--settings <json>', settingsHelp, text),
  },
  async run(context, { code, settings }) {
    const database = await context.database()
    const { connector } = await findPayer(database, code)
    const given = connectorOf(context, connector).readSettings(parseSettings(settings))
    const keyRing = await context.keyRing()
    await database.inTransaction((tx) =>
      changePayerSettings(tx, keyRing, { code, settings: given, actor: context.actor }),
    )
    return { json: { code }, text: [`${code} is asked with the new settings from now on.`] }
  },
})

const list = command({
  name: 'list',
  summary: 'List who pays in buyers’ places; never their settings.',
  examples: ['payer list', 'payer list --json'],
  params: {},
  async run(context) {
    const payers = await listPayers(await context.database())
    const rows = payers.map((one) => [one.code, one.kind, one.connector, one.name])
    return { json: { payers }, text: table(['Payer', 'Kind', 'Connector', 'Name'], rows) }
  },
})

export const payer = group('payer', 'Make known who pays shops in their buyers’ places.', [
  connectors,
  add,
  list,
  change,
])

function connectorOf({ payers }: Context, name: string): PayerConnector<HttpClient> {
  const found = payers.find((one) => one.name === name)
  if (found === undefined)
    throw new BadUsage(`--connector must be one of ${payers.map((one) => one.name).join(', ')}`)
  return found
}

function parseSettings(given: string): unknown {
  try {
    return parseJson(given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given)
  } catch {
    throw new BadUsage('--settings must be JSON, or @ and the name of a file with JSON in it')
  }
}
