import type { ExportId, PartnerId } from '../../values/ids.ts'

/** A report that a partner asked for as a file. */
export type ReportExport = {
  readonly id: ExportId
  readonly partnerId: PartnerId
  /** What is in it, in the words of the dialect that took the request. */
  readonly request: unknown
}

/** How long its link can be followed. */
export const exportDays = 7
