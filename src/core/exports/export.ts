import type { BuildId, ExportId, PartnerId } from '../../values/ids.ts'

/** A report that a partner asked for as a file. */
export type ReportExport = {
  readonly id: ExportId
  readonly partnerId: PartnerId
  /** Which dialect took the request. */
  readonly dialect: string
  /** What is in it, in the words of that dialect. */
  readonly request: unknown
  /** The report in a few words. */
  readonly title: string
  /** The address at which a token's holder reads the file: the token is put behind it. */
  readonly link: string
}

/** A file that is whole. */
export type ReportFile = {
  readonly id: ExportId
  readonly partnerId: PartnerId
  readonly buildId: BuildId
  readonly fileName: string
  readonly mediaType: string
  readonly bytes: bigint
}

/** How long its link can be followed. */
export const exportDays = 7

/** What a part is sealed under: moved to another place, it does not open. */
export function partContext({ id, buildId }: Pick<ReportFile, 'id' | 'buildId'>, part: number): string {
  return `report:${id}/${buildId}/${part}`
}
