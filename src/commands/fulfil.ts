import { openFulfilment } from '../core/fulfilment/open-fulfilment.ts'
import { openSupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { SupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { Connector } from '../core/fulfilment/supplier.ts'
import type { Config } from '../platform/config.ts'
import type { HttpClient } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import type { Engine } from './engine.ts'

export type FulfilOptions = {
  readonly config: Config
  readonly connectors: readonly Connector<HttpClient>[]
  readonly engine: Engine
  readonly http: HttpClient
  readonly metrics: Metrics
  readonly log: Log
}

/** Starts filling orders by suppliers; answers with whom it can buy from. */
export async function fulfil(options: FulfilOptions, things: OpenThings): Promise<SupplierBook> {
  const { engine, log, metrics } = options
  const { database, keyRing } = engine
  const book = await openSupplierBook(database, keyRing, supplierOpener(options), (error, supplier) =>
    log.error({ err: error, supplier }, 'a supplier cannot be used'),
  )
  things.add('suppliers', () => book.close())
  const countAnswer = metrics.counter(
    'scrip_supplier_answers_total',
    'What suppliers said, by what they were asked.',
    ['supplier', 'asked', 'answer'],
  )
  metrics.reading('scrip_fulfilments_in_hand', 'Items that are being filled by suppliers now.', () =>
    fulfilment.inHand(),
  )
  const fulfilment = openFulfilment({
    database,
    keyRing,
    book,
    log,
    onAnswer: (supplier, asked, answer) => countAnswer({ supplier, asked, answer }),
  })
  things.add('fulfilment', () => fulfilment.stop())
  return book
}

/** Opens an account by the connector that it names. */
export function supplierOpener({
  config,
  connectors,
  http,
}: Pick<FulfilOptions, 'config' | 'connectors' | 'http'>) {
  const { environment, sandboxDelayMs } = config
  return (name: string, settings: Readonly<Record<string, string>>) =>
    connectors.find((one) => one.name === name)?.open(settings, { http, environment, sandboxDelayMs })
}
