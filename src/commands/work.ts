import type { SupplierBook } from '../core/fulfilment/book.ts'
import type { PayerConnector } from '../core/checkout/payer.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { jobFigures } from '../jobs/job.ts'
import type { Job, JobFigure } from '../jobs/job.ts'
import type { Config } from '../platform/config.ts'
import type { HttpClient } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { startQueue } from '../platform/queue.ts'
import type { Queue } from '../platform/queue.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { decide, payerOpener } from './decide.ts'
import { deliver } from './deliver.ts'
import { sendMessages } from './deliver-messages.ts'
import type { Engine } from './engine.ts'
import { fulfil } from './fulfil.ts'
import { issue } from './issue.ts'

export type WorkOptions = {
  readonly config: Config
  readonly suppliers: SupplierBook
  readonly payers: readonly PayerConnector<HttpClient>[]
  readonly jobs: readonly Job[]
  readonly dialects: readonly Dialect[]
  readonly engine: Engine
  readonly metrics: Metrics
  readonly log: Log
  /** Jobs at a time. */
  readonly concurrency: number
}

/** Starts doing what others leave to be done: jobs, what orders ask of suppliers, webhooks, messages. */
export function work(options: WorkOptions, things: OpenThings): Queue {
  const { jobs, engine, metrics, log, concurrency } = options
  fulfil(options, things)
  const openPayer = payerOpener(options, things)
  decide({ open: openPayer, engine, metrics, log }, things)
  deliver(options, things)
  issue(options, things)
  const figures = new Map<JobFigure, number>()
  const names = Object.keys(jobFigures) as JobFigure[] // The keys of that very object.
  // A figure that no job has reported yet is not known: Prometheus writes it as NaN.
  for (const name of names) metrics.reading(name, jobFigures[name], () => figures.get(name) ?? Number.NaN)
  const services = {
    database: engine.patientDatabase,
    keyRing: engine.keyRing,
    log,
    openPayer,
    reportWriters: new Map(
      options.dialects.flatMap(({ name, reports }) =>
        reports === undefined ? [] : [[name, reports] as const],
      ),
    ),
    suppliers: options.suppliers,
    report: (figure: JobFigure, value: number) => void figures.set(figure, value),
  }
  const queue = startQueue({
    database: engine.patientDatabase,
    directUrl: engine.home.directUrl,
    log,
    concurrency,
    // The queue hands each job the payload that was enqueued under its name; `enqueue` saw to its shape.
    jobs: jobs.map((job) => ({ ...job, run: (payload: unknown) => job.run(services, payload as never) })),
  })
  things.add('job queue', () => queue.stop())
  sendMessages(options, things)
  return queue
}
