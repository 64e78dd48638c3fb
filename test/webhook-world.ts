import { afterAll } from 'vitest'
import { recordEvent } from '../src/core/events/record-event.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openOrderDesk } from '../src/core/orders/open-order-desk.ts'
import type { Order } from '../src/core/orders/order.ts'
import { placeOrder } from '../src/core/orders/place-order.ts'
import { createEndpoint } from '../src/core/webhooks/create-endpoint.ts'
import type { EndpointRules } from '../src/core/webhooks/check-endpoint.ts'
import { deliverWebhooks } from '../src/core/webhooks/deliver-webhooks.ts'
import type { DeliverWebhooksOptions, WebhookDelivery } from '../src/core/webhooks/deliver-webhooks.ts'
import { listAttempts } from '../src/core/webhooks/list-attempts.ts'
import { listDeliveries } from '../src/core/webhooks/list-deliveries.ts'
import type { DisabledNotice } from '../src/core/webhooks/notice.ts'
import type { Attempt, Delivery, IssuedEndpoint } from '../src/core/webhooks/webhook.ts'
import type { WebhookWriter } from '../src/core/webhooks/writer.ts'
import type { Database } from '../src/platform/database.ts'
import { openHttpClient } from '../src/platform/http.ts'
import type { HttpClient } from '../src/platform/http.ts'
import { newId } from '../src/platform/ids.ts'
import { openLog } from '../src/platform/log.ts'
import type { EventId, PartnerId } from '../src/values/ids.ts'
import { createWorld, unit } from './world.ts'
import type { TestPartner } from './world.ts'

/** Tells the body its facts, with a short schedule. */
export function testWriter(changes: Partial<WebhookWriter> = {}): WebhookWriter {
  return {
    eventTypes: ['order.completed', 'order.failed'],
    scheduleSeconds: [0, 0.1, 0.2, 0.2],
    timeoutMs: 5_000,
    write: ({ id, type, happenedAt, order }) => ({
      body: JSON.stringify({
        id,
        type,
        happenedAt,
        codes: order?.items.flatMap((item) => item.codes.map(({ code }) => code)),
      }),
      headers: ({ credentialSecret }, nowMs) => ({ 'x-made-at': `${nowMs}/${credentialSecret ?? ''}` }),
    }),
    ...changes,
  }
}

export const testRules: EndpointRules = {
  eventTypesOf: (dialect) => (dialect.startsWith('test') ? testWriter().eventTypes : undefined),
  requireHttps: false,
  allowLoopback: true,
}

type StartOptions = Partial<DeliverWebhooksOptions> & { readonly writer?: WebhookWriter }

export type WebhookWorld = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly http: HttpClient
  readonly notices: DisabledNotice[]
  partner(): Promise<TestPartner>
  endpoint(partnerId: PartnerId, url: string, events?: readonly string[]): Promise<IssuedEndpoint>
  /** Something happens to the partner; its order, if it is about one, is given. */
  happen(partnerId: PartnerId, type?: string, order?: Order): Promise<EventId>
  /** A completed order with codes in it, of which nobody is told before it is given to `happen`. */
  order(partner: TestPartner, quantity?: number): Promise<Order>
  /** A process that delivers, until it is stopped or the test file ends. */
  start(options?: StartOptions): WebhookDelivery
  deliveries({ endpoint }: Pick<IssuedEndpoint, 'endpoint'>): Promise<readonly Delivery[]>
  attempts({ endpoint }: Pick<IssuedEndpoint, 'endpoint'>, eventId: EventId): Promise<readonly Attempt[]>
}

export async function createWebhookWorld(database: Database): Promise<WebhookWorld> {
  const world = await createWorld(database)
  const { keyRing } = world
  const http = openHttpClient({ allowLoopback: true })
  afterAll(() => http.close())
  const desk = openOrderDesk({ database, keyRing })
  const notices: DisabledNotice[] = []
  const notify = async (_tx: unknown, notice: DisabledNotice): Promise<void> => void notices.push(notice)
  return {
    database,
    keyRing,
    http,
    notices,
    partner: () => world.partner(100_000n * unit),
    endpoint: (partnerId, url, events) =>
      database.inTransaction((tx) =>
        createEndpoint(tx, keyRing, { partnerId, dialect: 'test', url, events, actor: 'test' }, testRules),
      ),
    async happen(partnerId, type = 'order.completed', order) {
      const id = newId<EventId>()
      const event = { partnerId, id, type, orderId: order?.id, dialect: 'test' }
      await database.inTransaction((tx) => recordEvent(tx, event))
      return id
    },
    async order(partner, quantity = 1) {
      const skuId = await world.sku()
      await world.stock(skuId, quantity)
      return (await placeOrder(desk, world.order(partner, skuId, { quantity, dialect: 'elsewhere' }))).order
    },
    start({ writer = testWriter(), ...options } = {}) {
      const writers = new Map([['test', writer]])
      const usual = { database, keyRing, http, log: openLog('silent'), writers, notify, pollMs: 25 }
      const delivery = deliverWebhooks({ ...usual, ...options })
      afterAll(() => delivery.stop())
      return delivery
    },
    async deliveries({ endpoint }) {
      const key = { partnerId: endpoint.partnerId, endpointId: endpoint.id }
      return (await listDeliveries(database, key, {}, { limit: 1_000 })).rows
    },
    async attempts({ endpoint }, eventId) {
      const key = { partnerId: endpoint.partnerId, endpointId: endpoint.id, eventId }
      return (await listAttempts(database, key, { limit: 100 })).rows.toReversed()
    },
  }
}
