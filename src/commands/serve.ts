import { parseCatalogue } from './catalogue-file.ts'
import { join } from 'node:path'
import { openCallLog } from '../core/calls/open-call-log.ts'
import type { SupplierBook } from '../core/fulfilment/book.ts'
import { openCatalogue } from '../core/catalogue/open-catalogue.ts'
import { openLimiter } from '../core/limits/open-limiter.ts'
import { openPlanMeter } from '../core/plans/open-plan-meter.ts'
import { takeNotice } from '../core/fulfilment/take-notice.ts'
import { openOrderNews } from '../core/orders/open-order-news.ts'
import { readCaught } from '../core/messages/read-caught.ts'
import { openOrderDesk } from '../core/orders/open-order-desk.ts'
import { openCallers } from '../core/partners/open-callers.ts'
import { buildServer } from '../dialects/mount.ts'
import type { Dialect, Services } from '../dialects/dialect.ts'
import type { Config } from '../platform/config.ts'
import { sql } from '../platform/database.ts'
import { sweepScratchFiles } from '../platform/files.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { readWebApp } from '../platform/web-app.ts'
import type { Antechamber } from './antechamber.ts'
import type { Engine } from './engine.ts'

export type ServeOptions = {
  readonly config: Config
  readonly dialects: readonly Dialect[]
  readonly suppliers: SupplierBook
  readonly engine: Engine
  readonly antechamber: Antechamber
  readonly publicUrl: string
  readonly metrics: Metrics
  readonly log: Log
}

/**
 * Opens everything that answers requests and takes over the port from the antechamber. What is added to `things` closes in the
 * opposite order: no new requests, running ones end, their orders are answered, the API log is written, then the rest.
 */
export async function serve(
  { config, dialects, suppliers, engine, antechamber, publicUrl, metrics, log }: ServeOptions,
  things: OpenThings,
): Promise<void> {
  const { database, keyRing } = engine
  await sweepScratchFiles()
  const catalogue = await openCatalogue(database, (error) =>
    log.warn({ reason: reasonOf(error) }, 'the catalogue could not be brought up to date'),
  )
  things.add('catalogue', () => catalogue.close())
  const callers = openCallers(database, keyRing)
  things.add('callers', () => callers.close())
  const callLog = openCallLog(database, {
    onError: (error) =>
      log.warn({ reason: reasonOf(error) }, 'the API log could not be written; its calls wait'),
  })
  things.add('API log', () => callLog.close())
  const orders = openOrderDesk({ database, keyRing })
  things.add('order desk', () => orders.drain())
  const orderNews = openOrderNews(database)
  const planMeter = openPlanMeter(database)
  things.add('plan meter', () => planMeter.close())
  const { patienceMs } = config
  const services: Omit<Services, 'formats'> = {
    database,
    keyRing,
    catalogue,
    orders,
    orderNews,
    patienceMs,
    callers,
    suppliers,
    environment: config.environment,
    parseCatalogue,
    callbackRules: {
      requireHttps: config.environment === 'live',
      allowLoopback: config.allowLoopback,
    },
    publicUrl,
  }
  const app = await buildServer({
    services,
    dialects,
    log,
    callLog,
    metrics,
    limiter: openLimiter(database),
    planMeter,
    hosts: config.hosts,
    trustProxy: config.trustProxy,
    environment: config.environment,
    publicUrl,
    webApp: readWebApp(join(import.meta.dirname, '../../web/dist')),
    caught: { reader: readCaught(database, keyRing), token: config.catcherToken },
    drainMs: config.drainMs,
    takeNotice: (code, notice) => takeNotice(database, suppliers, code, notice),
    ready: async () => (await database.query(sql`select 1 as one`)).length === 1,
  })
  things.add('server', () => app.close())
  // Before the server: requests that wait for a supplier are answered with what there is.
  things.add('waits for orders', () => orderNews.close())
  await antechamber.close()
  await app.listen({ host: config.host, port: antechamber.port })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
