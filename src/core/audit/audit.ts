import type { PartnerId } from '../../values/ids.ts'

/** A line of the audit log. */
export type AuditLine = {
  readonly id: string
  readonly at: Date
  /** "cli:ada", "user:<id>", "key:<id>", "system". */
  readonly actor: string
  /** Who that is, where it is a person who signs in: an e-mail address. */
  readonly actorName: string | undefined
  readonly action: string
  readonly partnerId: PartnerId | undefined
  readonly subject: string
  readonly details: unknown
}

export type AuditFilter = {
  readonly partnerId?: PartnerId | undefined
  /** The beginning of an action: "withdrawal". */
  readonly action?: string | undefined
  readonly actor?: string | undefined
}
