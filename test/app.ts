import { afterAll } from 'vitest'
import { parseCatalogue } from '../src/commands/catalogue-file.ts'
import { openCallLog } from '../src/core/calls/open-call-log.ts'
import { openCatalogue } from '../src/core/catalogue/open-catalogue.ts'
import { openFulfilment } from '../src/core/fulfilment/open-fulfilment.ts'
import { openSupplierBook } from '../src/core/fulfilment/open-supplier-book.ts'
import { takeNotice } from '../src/core/fulfilment/take-notice.ts'
import { usualPaces } from '../src/core/fulfilment/policy.ts'
import type { ConnectorSettings, Supplier } from '../src/core/fulfilment/supplier.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openLimiter } from '../src/core/limits/open-limiter.ts'
import { openPlanMeter } from '../src/core/plans/open-plan-meter.ts'
import { openOrderDesk } from '../src/core/orders/open-order-desk.ts'
import { openOrderNews } from '../src/core/orders/open-order-news.ts'
import { openCallers } from '../src/core/partners/open-callers.ts'
import { dialects } from '../src/dialects/all.ts'
import type { Services } from '../src/dialects/dialect.ts'
import { buildServer } from '../src/dialects/mount.ts'
import type { ServerOptions } from '../src/dialects/mount.ts'
import { openHttpClient } from '../src/platform/http.ts'
import { openLog } from '../src/platform/log.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { Database } from '../src/platform/database.ts'
import { connectors } from '../src/suppliers/all.ts'
import { createTestDatabase } from './database.ts'
import { freePort } from './scrip-process.ts'

export type TestApp = {
  /** "http://127.0.0.1:41234" */
  readonly baseUrl: string
  readonly services: Omit<Services, 'formats'>
  readonly callLog: ServerOptions['callLog']
  /** Stops the server and all that it opened; a given database stays open. Also done when the test file ends. */
  close(): Promise<void>
}

export type TestAppOptions = Partial<Omit<ServerOptions, 'services' | 'callLog'>> & {
  /** A database that the caller opened (`createTestDatabase`), to which it may have written before. */
  readonly database?: Database
  /** Whoever has encrypted something there before also brings the keys. */
  readonly keyRing?: KeyRing
  /** How long an answer waits for a supplier; 5 s by default. */
  readonly patienceMs?: number
  /** Whether a worker fills orders by suppliers beside it, simulated ones with a delay of 300 ms. */
  readonly fulfils?: boolean
  /** How accounts with suppliers are opened; by their connectors as it is by default. */
  readonly openSupplier?: (connector: string, settings: ConnectorSettings) => Supplier | undefined
}

const sandboxDelayMs = 300
const quickPaces = { ...usualPaces, askAfterMs: [100, 200, 400] }
const http = openHttpClient({ allowLoopback: true })

function openConnector(name: string, settings: ConnectorSettings) {
  const connector = connectors.find((one) => one.name === name)
  return connector?.open(settings, { http, environment: 'sandbox', sandboxDelayMs })
}

/**
 * A whole server on a port of its own: every dialect over a test database of its own, as production builds it. Call
 * `app.services.catalogue.refresh()` and `app.callLog.flush()` rather than wait for them.
 */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const {
    database: given,
    keyRing: givenKeys,
    patienceMs = 5_000,
    fulfils = false,
    openSupplier = openConnector,
    ...serverOptions
  } = options
  const database = given ?? (await createTestDatabase()).database
  const keyRing = givenKeys ?? (await openKeyRing(database, newSecretKey()))
  const catalogue = await openCatalogue(database)
  const callers = openCallers(database, keyRing)
  const orderNews = openOrderNews(database)
  const suppliers = await openSupplierBook(database, keyRing, openSupplier, (error) => {
    throw error
  })
  const fulfilment = fulfils
    ? openFulfilment({
        database,
        keyRing,
        book: suppliers,
        log: openLog('silent'),
        paces: quickPaces,
        pollMs: 50,
      })
    : undefined
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const services: TestApp['services'] = {
    database,
    keyRing,
    catalogue,
    callers,
    orders: openOrderDesk({ database, keyRing }),
    orderNews,
    patienceMs,
    suppliers,
    environment: serverOptions.environment ?? 'sandbox',
    parseCatalogue,
    callbackRules: { requireHttps: false, allowLoopback: true },
    publicUrl: baseUrl,
  }
  const callLog = openCallLog(database)
  const planMeter = openPlanMeter(database)
  const server = await buildServer({
    dialects,
    services,
    callLog,
    limiter: openLimiter(database),
    planMeter,
    log: openLog('silent'),
    hosts: new Map(),
    trustProxy: false,
    environment: 'sandbox',
    publicUrl: baseUrl,
    drainMs: 2_000,
    takeNotice: (code, notice) => takeNotice(database, suppliers, code, notice),
    ready: () => Promise.resolve(true),
    ...serverOptions,
  })
  await server.listen({ host: '127.0.0.1', port })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= (async () => {
      await orderNews.close()
      await server.close()
      await services.orders.drain()
      await callLog.close()
      await planMeter.close()
      await fulfilment?.stop()
      await suppliers.close()
      await callers.close()
      await catalogue.close()
    })()
    return closed
  }
  // Hooks of a file run in reverse order: this one before the database is dropped.
  afterAll(close)
  return { baseUrl, services, callLog, close }
}
