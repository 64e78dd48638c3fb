import type { ReportWriter } from '../core/exports/writer.ts'
import type { SupplierBook } from '../core/fulfilment/book.ts'
import type { OpenPayer } from '../core/checkout/payer.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import type { Database } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import type { JobName, JobPayloads } from '../values/job.ts'

/** What jobs need of the process that runs them. */
type JobServices = {
  /** Statements may take minutes there, as those over whole tables do. */
  readonly database: Database
  readonly keyRing: KeyRing
  readonly log: Log
  /** Opens whoever pays in buyers' places. */
  readonly openPayer: OpenPayer
  /** Everybody that can be bought from. */
  readonly suppliers: Pick<SupplierBook, 'all'>
  /** Whoever writes reports that became files, by the name of the dialect. */
  readonly reportWriters: ReadonlyMap<string, ReportWriter<Database>>
  /** Keeps a figure for /metrics, by a name out of the list. */
  readonly report: (figure: JobFigure, value: number) => void
}

/** Figures that jobs report, and what they mean. */
export const jobFigures = {
  scrip_ledger_ok: 'Whether the last check of the ledger found every sum as it must be (1) or not (0).',
  scrip_ledger_checked_at_seconds: 'When the ledger was checked last, in seconds since 1970.',
} as const satisfies Record<string, string>

export type JobFigure = keyof typeof jobFigures

/** A background job. It may run twice, and at the same time as itself: whatever it does holds then, too. */
export type Job<Name extends JobName = JobName> = {
  readonly name: Name
  /** When it runs by itself, as cron says it, in UTC; absent: only when it is enqueued. */
  readonly schedule?: string
  /** Whether it also runs when a worker starts. */
  readonly atStart?: boolean
  /** How often a failing run is tried: 1 where the schedule brings it back soon. */
  readonly attempts: number
  run(services: JobServices, payload: JobPayloads[Name]): Promise<void>
}
