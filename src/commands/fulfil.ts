import { countOpen } from '../core/fulfilment/count-open.ts'
import type { OpenCounts } from '../core/fulfilment/count-open.ts'
import { openFulfilment } from '../core/fulfilment/open-fulfilment.ts'
import { openSupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { SupplierBook } from '../core/fulfilment/open-supplier-book.ts'
import type { Connector } from '../core/fulfilment/supplier.ts'
import type { Config } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import type { HttpClient } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import type { Engine } from './engine.ts'

export type FulfilOptions = {
  readonly config: Config
  readonly connectors: readonly Connector<HttpClient>[]
  readonly engine: Pick<Engine, 'database' | 'keyRing'>
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
  tellWhatIsOpen(database, metrics)
  return book
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
