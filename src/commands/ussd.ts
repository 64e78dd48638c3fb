import { createGateway, listGateways, revokeGateway } from '../core/holders/gateway-keys.ts'
import type { GatewayId } from '../values/ids.ts'
import { locales } from '../values/locale.ts'
import { command, group } from './command.ts'
import { argument, oneOf, option, text, uuid } from './params.ts'
import { facts, table } from './table.ts'

const create = command({
  name: 'create',
  summary: 'Let a USSD gateway in; its key is shown once.',
  details: [
    'The gateway posts each step of a session to /giftpesa/ussd, with the key as `Authorization: Bearer <key>`, or as `?key=<key>` where it',
    'can send no header. Which telephone calls is believed of whoever has the key.',
  ],
  examples: ['ussd gateway create "Mobile network" --locale en'],
  params: {
    name: argument('<name>', 'what people call it', text),
    locale: option('--locale <locale>', 'the language of its menu: en or ru', oneOf(locales), 'en'),
  },
  async run(context, { name, locale }) {
    const database = await context.database()
    const order = { name, locale, actor: context.actor }
    const { id, token } = await database.inTransaction((tx) => createGateway(tx, order))
    return {
      json: { id, token, shownOnce: true },
      text: [...facts({ Gateway: id, Key: token }), '', 'The key is shown this once: keep it now.'],
    }
  },
})

const list = command({
  name: 'list',
  summary: 'List USSD gateways, the newest first; never the keys themselves.',
  examples: ['ussd gateway list'],
  params: {},
  async run(context) {
    const gateways = await listGateways(await context.database())
    const rows = gateways.map((one) => [
      one.name,
      one.locale,
      one.tokenHint,
      one.revokedAt === undefined ? 'valid' : 'revoked',
      one.createdAt.toISOString().slice(0, 10),
      one.id,
    ])
    return {
      json: { gateways },
      text: table(['Name', 'Language', 'Key', 'State', 'Made', 'Id'], rows, 'There are no gateways.'),
    }
  },
})

const revoke = command({
  name: 'revoke',
  summary: "Revoke a gateway's key: nobody is let in by it any more.",
  details: ['For a new key, create the gateway again, let it use that one, and revoke the old one then.'],
  examples: ['ussd gateway revoke 0199a1b2-0000-7000-8000-000000000000'],
  params: { gateway: argument('<gateway>', 'the id of the gateway', uuid<GatewayId>) },
  async run(context, { gateway }) {
    const database = await context.database()
    await database.inTransaction((tx) => revokeGateway(tx, { id: gateway, actor: context.actor }))
    return { json: { id: gateway, revoked: true }, text: ['Revoked.'] }
  },
})

export const ussd = group('ussd', 'Telephone companies whose menus let people spend their vouchers.', [
  group('gateway', 'Who may say which telephone calls.', [create, list, revoke]),
])
