import { disbursementProcessed } from '../core/disbursements/end-disbursement.ts'
import { gatherDisbursement } from '../core/disbursements/gather-disbursement.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import { sendMessage } from '../core/messages/send-message.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { gatherRedemption } from '../core/redemptions/gather-redemption.ts'
import { redemptionCompleted } from '../core/redemptions/tell-redemption.ts'
import { deliverWebhooks } from '../core/webhooks/deliver-webhooks.ts'
import { measureBacklog } from '../core/webhooks/measure-backlog.ts'
import type { GatherSubject } from '../core/webhooks/writer.ts'
import type { Notify } from '../core/webhooks/note-try.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Database } from '../platform/database.ts'
import type { Config } from '../platform/config.ts'
import { openHttpClient } from '../platform/http.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { openPublicNames } from '../platform/public-names.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { openRenderer } from '../platform/templates.ts'
import type { Engine } from './engine.ts'

export type DeliverOptions = {
  readonly dialects: readonly Dialect[]
  readonly engine: Engine
  readonly metrics: Metrics
  readonly log: Log
  readonly config: Pick<Config, 'allowLoopback'>
}

/** Starts delivering webhooks, with its figures on /metrics. */
export function deliver(
  { dialects, engine, metrics, log, config }: DeliverOptions,
  things: OpenThings,
): void {
  const { database, keyRing } = engine
  const writers = new Map(
    dialects.flatMap(({ name, events }) => (events === undefined ? [] : [[name, events]])),
  )
  // Partners name the addresses: one whose name server is silent must keep nobody else's waiting.
  const http = openHttpClient({ allowLoopback: config.allowLoopback, resolve: openPublicNames() })
  things.add('HTTP client', () => http.close())
  const count = metrics.counter(
    'scrip_webhook_tries_total',
    'Tries to deliver a webhook, by what came of them.',
    ['outcome'],
  )
  watchBacklog(database, metrics, log, things)
  const onTried = (outcome: string): void => count({ outcome })
  const delivery = deliverWebhooks({
    database,
    keyRing,
    http,
    log,
    writers,
    gatherers: openGatherers(database, keyRing),
    notify: mailNotice(keyRing),
    onTried,
  })
  things.add('webhooks', () => delivery.stop())
}

/** What events that are about no order are about. */
function openGatherers(database: Database, keyRing: KeyRing): ReadonlyMap<string, GatherSubject> {
  return new Map<string, GatherSubject>([
    [disbursementProcessed, (event) => gatherDisbursement(database, keyRing, event)],
    [redemptionCompleted, (event) => gatherRedemption(database, keyRing, event)],
  ])
}

/** Tells a partner by mail, in its language, what has become of its endpoint. */
function mailNotice(keyRing: KeyRing): Notify {
  const renderer = openRenderer()
  return async (tx, { partnerId, template, facts: { endpointId, ...facts } }) => {
    const { email: to, locale } = await findPartner(tx, { id: partnerId })
    const reference = `${template}:${endpointId}:${newId()}`
    await sendMessage(tx, keyRing, renderer, {
      partnerId,
      channel: 'mail',
      to,
      locale,
      reference,
      template,
      facts,
    })
  }
}

/** What waits is the same for all processes, and asked for by each at its own pace; a figure that is not known is NaN. */
function watchBacklog(database: Database, metrics: Metrics, log: Log, things: OpenThings): void {
  const unknown = { waiting: Number.NaN, oldestSeconds: Number.NaN, paused: Number.NaN }
  let backlog = unknown
  metrics.reading(
    'scrip_webhooks_waiting',
    'Events on their way to active webhook endpoints.',
    () => backlog.waiting,
  )
  metrics.reading(
    'scrip_webhooks_oldest_seconds',
    'For how long the oldest of the events on their way has been due.',
    () => backlog.oldestSeconds,
  )
  metrics.reading(
    'scrip_webhooks_paused',
    'Events that wait until a paused webhook endpoint is active again.',
    () => backlog.paused,
  )
  let measuring: Promise<void> | undefined
  const measure = async (): Promise<void> => {
    try {
      backlog = await measureBacklog(database)
    } catch (error) {
      backlog = unknown
      log.debug({ err: error }, 'the webhooks that wait could not be counted')
    }
  }
  const timer = setInterval(() => {
    measuring ??= measure().finally(() => (measuring = undefined))
  }, measureEveryMs)
  things.add('figures of the webhooks', async () => {
    clearInterval(timer)
    await measuring
  })
}

const measureEveryMs = 15_000
