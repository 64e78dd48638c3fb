import type { SupplierBook } from '../core/fulfilment/book.ts'
import { countOpen } from '../core/fulfilment/count-open.ts'
import type { OpenCounts } from '../core/fulfilment/count-open.ts'
import { openFulfilment } from '../core/fulfilment/open-fulfilment.ts'
import type { OpenSupplier } from '../core/fulfilment/open-account.ts'
import { openSupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { Connector } from '../core/fulfilment/supplier.ts'
import type { Config } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import { openHttpClient } from '../platform/http.ts'
import type { HttpClient } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import type { Engine } from './engine.ts'

/** Opens everybody that this process can buy from or ask, and the client by which they are called. */
export async function openSuppliers(
  options: {
    readonly config: Config
    readonly connectors: readonly Connector<HttpClient>[]
    readonly engine: Pick<Engine, 'database' | 'keyRing'>
    readonly log: Log
  },
  things: OpenThings,
): Promise<SupplierBook> {
  const { config, connectors, engine, log } = options
  const http = openHttpClient({ allowLoopback: config.allowLoopback })
  things.add("the suppliers' connections", () => http.close())
  const book = await openSupplierBook(
    engine.database,
    engine.keyRing,
    supplierOpener({ config, connectors, http }),
    (error, supplier) => log.error({ err: error, supplier }, 'a supplier cannot be used'),
  )
  things.add('suppliers', () => book.close())
  return book
}

/** Opens an account by the connector that it names. */
export function supplierOpener(parts: {
  readonly config: Config
  readonly connectors: readonly Connector<HttpClient>[]
  readonly http: HttpClient
}): OpenSupplier {
  const { http, config } = parts
  const { environment, sandboxDelayMs } = config
  return (name, settings) =>
    parts.connectors.find((one) => one.name === name)?.open(settings, { http, environment, sandboxDelayMs })
}

/** Starts filling orders by suppliers. */
export function fulfil(
  options: {
    readonly suppliers: SupplierBook
    readonly engine: Pick<Engine, 'database' | 'keyRing'>
    readonly metrics: Metrics
    readonly log: Log
  },
  things: OpenThings,
): void {
  const { suppliers, engine, log, metrics } = options
  const countAnswer = metrics.counter(
    'scrip_supplier_answers_total',
    'What suppliers said, by what they were asked.',
    ['supplier', 'asked', 'answer'],
  )
  const fulfilment = openFulfilment({
    database: engine.database,
    keyRing: engine.keyRing,
    book: suppliers,
    log,
    onAnswer: (supplier, asked, answer) => countAnswer({ supplier, asked, answer }),
  })
  metrics.reading('scrip_fulfilments_in_hand', 'Items that are being filled by suppliers now.', () =>
    fulfilment.inHand(),
  )
  things.add('fulfilment', () => fulfilment.stop())
  tellWhatIsOpen(engine.database, metrics)
}

/** Figures to raise an alarm by: what is parked, what is unknown or pending for long, which breaks wait. */
function tellWhatIsOpen(database: Database, metrics: Metrics): void {
  let counts: Promise<OpenCounts> | undefined
  let readAt = 0
  // All three are read at one scrape, and by one question.
  const count = (): Promise<OpenCounts> => {
    if (counts === undefined || performance.now() - readAt > countsOldestMs) {
      readAt = performance.now()
      counts = countOpen(database)
    }
    return counts
  }
  const items = async (pick: (one: { count: number; oldestSeconds: number }) => number) =>
    Object.fromEntries(Object.entries((await count()).items).map(([state, one]) => [state, pick(one)]))
  metrics.readings(
    'scrip_fulfilments_open',
    'Items that suppliers have not delivered yet, in all processes.',
    'state',
    () => items((one) => one.count),
  )
  metrics.readings(
    'scrip_fulfilments_oldest_seconds',
    'How long ago the oldest of them was accepted.',
    'state',
    () => items((one) => one.oldestSeconds),
  )
  metrics.readings(
    'scrip_breaks_waiting',
    'What does not fit and waits for two persons.',
    'state',
    async () => (await count()).breaks,
  )
}

const countsOldestMs = 2_000
