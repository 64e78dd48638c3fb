import type { PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'

/** A report that is to become a file. */
export type Report = {
  /** Without an ending: "TransactionHistory-2026-01-01-2026-12-31". */
  readonly name: string
  readonly format: 'csv' | 'xlsx'
  /** The head of the table first; read page by page, once. */
  readonly rows: AsyncIterable<readonly string[]>
}

/**
 * What turns a request, in the words of the dialect that took it, into a report. `Database` is the one of platform/database.ts, which a noun
 * cannot name.
 */
export type ReportWriter<Database> = (
  parts: { readonly database: Database; readonly keyRing: KeyRing },
  partnerId: PartnerId,
  request: unknown,
) => Report
