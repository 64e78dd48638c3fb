import type { SupplierBook } from '../core/fulfilment/book.ts'
import { openFulfilment } from '../core/fulfilment/open-fulfilment.ts'
import type { OpenSupplier } from '../core/fulfilment/open-account.ts'
import { openSupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { Connector } from '../core/fulfilment/supplier.ts'
import type { Config } from '../platform/config.ts'
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
    readonly engine: Engine
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
    readonly engine: Engine
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
}
