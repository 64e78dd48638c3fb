import { findPartner } from '../core/partners/find-partner.ts'
import type { EndpointRules } from '../core/webhooks/check-endpoint.ts'
import { createEndpoint } from '../core/webhooks/create-endpoint.ts'
import { deleteEndpoint } from '../core/webhooks/delete-endpoint.ts'
import { findEndpoint } from '../core/webhooks/find-endpoint.ts'
import { listEndpoints } from '../core/webhooks/list-endpoints.ts'
import { rotateSecret } from '../core/webhooks/rotate-secret.ts'
import { updateEndpoint } from '../core/webhooks/update-endpoint.ts'
import type { EndpointId } from '../values/ids.ts'
import { command } from './command.ts'
import type { Context } from './context.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, argument, flag, option, options, requiredOption, seconds, text, uuid } from './params.ts'
import { partnerArgument } from './references.ts'
import { endpointFacts, endpointTable, issuedEndpointResult } from './webhook-results.ts'

/** The params that a command about one endpoint begins with. */
export const endpointParams = {
  partner: partnerArgument,
  endpoint: argument('<endpoint>', 'the id of the endpoint, from "scrip webhooks list"', uuid<EndpointId>),
}

const eventOption = options(
  '--event <type>',
  'an event that is told, such as order.completed, or what the vendor calls it; several may be given; none: all that the dialect tells',
  text,
)

export const addEndpoint = command({
  name: 'add',
  summary: 'Add an address to which events are sent; its secret is shown once.',
  details: [
    'Events are told in the words of one dialect, signed as its vendor does and with the headers of Standard Webhooks. In the live environment an address must be https, and it must be public.',
  ],
  examples: [
    'webhooks add ops@acme.example --dialect giftapi --url https://acme.example/webhooks',
    'webhooks add 1 --dialect giftapi --url http://127.0.0.1:4000/ --event order.failed --json',
  ],
  params: {
    partner: partnerArgument,
    dialect: requiredOption('--dialect <dialect>', 'the wire format in which events are told', text),
    url: requiredOption('--url <url>', 'where they are sent', text),
    events: eventOption,
    description: option('--description <text>', "the partner's own name for it", text, ''),
  },
  async run(context, { partner, ...input }) {
    const rules = endpointRules(context)
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { id: partnerId } = await findPartner(database, partner)
    const order = { ...input, partnerId, actor: context.actor }
    return issuedEndpointResult(
      await database.inTransaction((tx) => createEndpoint(tx, keyRing, order, rules)),
    )
  },
})

export const listAllEndpoints = command({
  name: 'list',
  summary: "List a partner's endpoints, newest first; never their secrets.",
  examples: ['webhooks list ops@acme.example', 'webhooks list 1 --json'],
  params: {
    partner: partnerArgument,
    callbacks: flag('--callbacks', 'addresses that came with requests instead of those that were registered'),
    ...pageOptions,
  },
  async run(context, { partner, callbacks, limit, after }) {
    const database = await context.database()
    const { id } = await findPartner(database, partner)
    const page = await listEndpoints(database, id, { limit, cursor: after }, callbacks)
    return {
      json: { endpoints: page.rows, nextCursor: page.nextCursor },
      text: [...endpointTable(page.rows), ...pageText(page)],
    }
  },
})

export const showEndpoint = command({
  name: 'show',
  summary: 'Show an endpoint and how it does.',
  examples: ['webhooks show ops@acme.example 0199a1b2-0000-7000-8000-000000000000'],
  params: endpointParams,
  async run(context, { partner, endpoint: endpointId }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const endpoint = await findEndpoint(database, partnerId, endpointId)
    return { json: { endpoint }, text: endpointFacts(endpoint) }
  },
})

export const changeEndpoint = command({
  name: 'update',
  summary: 'Change an endpoint, pause it, or let it go on.',
  details: [
    'While an endpoint is paused its events gather. --resume sends them, and also brings back an endpoint that was disabled because it did not answer.',
  ],
  examples: [
    'webhooks update 1 0199a1b2-0000-7000-8000-000000000000 --url https://acme.example/new',
    'webhooks update 1 0199a1b2-0000-7000-8000-000000000000 --event order.failed --event order.completed',
    'webhooks update 1 0199a1b2-0000-7000-8000-000000000000 --resume',
  ],
  params: {
    ...endpointParams,
    url: option('--url <url>', 'where events are sent from now on', text),
    events: eventOption,
    allEvents: flag('--all-events', 'all events that the dialect tells'),
    description: option('--description <text>', "the partner's own name for it", text),
    pause: flag('--pause', 'send nothing for a while'),
    resume: flag('--resume', 'make it active again'),
  },
  async run(context, { partner, endpoint: endpointId, events, allEvents, pause, resume, ...input }) {
    if (pause && resume) throw new BadUsage('Give either --pause or --resume.')
    if (allEvents && events.length > 0) throw new BadUsage('Give either --event or --all-events.')
    const rules = endpointRules(context)
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const order = {
      ...input,
      partnerId,
      endpointId,
      events: events.length > 0 || allEvents ? events : undefined,
      state: pause ? ('paused' as const) : resume ? ('active' as const) : undefined,
      actor: context.actor,
    }
    const endpoint = await database.inTransaction((tx) => updateEndpoint(tx, order, rules))
    return { json: { endpoint }, text: endpointFacts(endpoint) }
  },
})

export const removeEndpoint = command({
  name: 'remove',
  summary: 'Remove an endpoint with the log of its deliveries.',
  examples: ['webhooks remove 1 0199a1b2-0000-7000-8000-000000000000'],
  params: endpointParams,
  async run(context, { partner, endpoint: endpointId }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    await deleteEndpoint(database, { partnerId, endpointId, actor: context.actor })
    return { json: { removed: endpointId }, text: [`The endpoint ${endpointId} is removed.`] }
  },
})

export const rotateEndpoint = command({
  name: 'rotate',
  summary: 'Give an endpoint a new secret; the old one signs beside it for the grace.',
  examples: ['webhooks rotate 1 0199a1b2-0000-7000-8000-000000000000 --grace 7d'],
  params: {
    ...endpointParams,
    graceSeconds: option(
      '--grace <time>',
      'how long the old secret signs too: 90s, 30m, 24h, 7d, 0 (24h)',
      seconds,
      86_400,
    ),
  },
  async run(context, { partner, endpoint: endpointId, graceSeconds }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const { id: partnerId } = await findPartner(database, partner)
    const order = { partnerId, endpointId, graceSeconds, actor: context.actor }
    return issuedEndpointResult(await database.inTransaction((tx) => rotateSecret(tx, keyRing, order)))
  },
})

function endpointRules({ config, dialects }: Context): EndpointRules {
  return {
    eventTypesOf: (wanted) => dialects.find(({ name }) => name === wanted)?.events?.eventTypes,
    typesNamed: (wanted, event) =>
      dialects.find(({ name }) => name === wanted)?.events?.vendorNames?.get(event),
    requireHttps: config.environment === 'live',
    allowLoopback: config.allowLoopback,
  }
}
