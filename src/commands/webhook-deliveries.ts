import { findPartner } from '../core/partners/find-partner.ts'
import { listAttempts } from '../core/webhooks/list-attempts.ts'
import { listDeliveries } from '../core/webhooks/list-deliveries.ts'
import { replayDelivery } from '../core/webhooks/replay-delivery.ts'
import { replaySince } from '../core/webhooks/replay-since.ts'
import { sendTestEvent } from '../core/webhooks/send-test-event.ts'
import { deliveryStates } from '../core/webhooks/webhook.ts'
import type { EventId } from '../values/ids.ts'
import { command } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { BadUsage, argument, flag, instant, oneOf, option, optionalArgument, uuid } from './params.ts'
import { endpointParams } from './webhook-endpoints.ts'
import { attemptTable, deliveryTable } from './webhook-results.ts'

export const sendTest = command({
  name: 'test',
  summary: 'Send a test event to an endpoint, signed, tried and logged like any other.',
  examples: ['webhooks test 1 0199a1b2-0000-7000-8000-000000000000'],
  params: endpointParams,
  async run(context, { partner, endpoint: endpointId }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const eventId = await database.inTransaction((tx) => sendTestEvent(tx, { partnerId, endpointId }))
    return {
      json: { eventId },
      text: [`The event ${eventId} is on its way; "scrip webhooks attempts" tells what comes of it.`],
    }
  },
})

export const listEndpointDeliveries = command({
  name: 'deliveries',
  summary: 'List what went, goes and did not go to an endpoint, newest first.',
  examples: [
    'webhooks deliveries 1 0199a1b2-0000-7000-8000-000000000000 --state failed',
    'webhooks deliveries 1 0199a1b2-0000-7000-8000-000000000000 --from 2027-01-31 --json',
  ],
  params: {
    ...endpointParams,
    state: option('--state <state>', deliveryStates.join(', '), oneOf(deliveryStates)),
    from: option('--from <instant>', 'events that happened then or later', instant),
    to: option('--to <instant>', 'events that happened before', instant),
    ...pageOptions,
  },
  async run(context, { partner, endpoint: endpointId, limit, after, ...filters }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const request = { limit, cursor: after }
    const page = await listDeliveries(database, { partnerId, endpointId }, filters, request)
    return {
      json: { deliveries: page.rows, nextCursor: page.nextCursor },
      text: [...deliveryTable(page.rows), ...pageText(page)],
    }
  },
})

export const listDeliveryAttempts = command({
  name: 'attempts',
  summary: 'List the tries to deliver an event, the last first: what was answered, and how long it took.',
  examples: ['webhooks attempts 1 0199a1b2-0000-7000-8000-000000000000 0199a1b2-0000-7000-8000-000000000001'],
  params: {
    ...endpointParams,
    event: argument('<event>', 'the id of the event, from "scrip webhooks deliveries"', uuid<EventId>),
    ...pageOptions,
  },
  async run(context, { partner, endpoint: endpointId, event: eventId, limit, after }) {
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const request = { limit, cursor: after }
    const page = await listAttempts(database, { partnerId, endpointId, eventId }, request)
    return {
      json: { attempts: page.rows, nextCursor: page.nextCursor },
      text: [...attemptTable(page.rows), ...pageText(page)],
    }
  },
})

export const replay = command({
  name: 'replay',
  summary: 'Send an event again, or all that failed since an instant.',
  details: ['The receiver gets the same id and the same body as before; it can tell that it knows them.'],
  examples: [
    'webhooks replay 1 0199a1b2-0000-7000-8000-000000000000 0199a1b2-0000-7000-8000-000000000001',
    'webhooks replay 1 0199a1b2-0000-7000-8000-000000000000 --since 2027-01-31T12:00:00Z',
    'webhooks replay 1 0199a1b2-0000-7000-8000-000000000000 --since 2027-01-31 --delivered',
  ],
  params: {
    ...endpointParams,
    event: optionalArgument('[event]', 'the id of the event', uuid<EventId>),
    since: option('--since <instant>', 'all that failed of what happened then or later', instant),
    includeDelivered: flag('--delivered', 'with --since: what arrived, too'),
  },
  async run(context, { partner, endpoint: endpointId, event: eventId, since, includeDelivered }) {
    if ((eventId === undefined) === (since === undefined))
      throw new BadUsage('Give either an event or --since.')
    const database = await context.database()
    const { id: partnerId } = await findPartner(database, partner)
    const order = { partnerId, endpointId, actor: context.actor }
    if (eventId !== undefined) {
      await database.inTransaction((tx) => replayDelivery(tx, { ...order, eventId }))
      return { json: { replayed: 1, isComplete: true }, text: [`The event ${eventId} is on its way again.`] }
    }
    const done = await replaySince(database, { ...order, since: since ?? new Date(), includeDelivered })
    const more = done.isComplete ? [] : ['There are more: run it again when these have arrived.']
    return { json: done, text: [`${done.replayed} events are on their way again.`, ...more] }
  },
})
