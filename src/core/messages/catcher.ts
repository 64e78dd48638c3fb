import type { CaughtMessageId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Channel } from './message.ts'

/** What a sandbox would have sent, or what another program gave to its mail catcher. */
export type CaughtContent = {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  readonly messageId: string
}

export type CaughtMessage = CaughtContent & {
  readonly id: CaughtMessageId
  readonly channel: Channel
  /** Scrip's own outbox, or another program by SMTP. */
  readonly source: 'outbox' | 'smtp'
  readonly caughtAt: Date
}

/** What was caught, for those who look at it. */
export type CaughtReader = {
  /** Newest first. Throws Failure validation_failed for a foreign cursor. */
  list(request: {
    readonly cursor?: string | undefined
    readonly limit: number
  }): Promise<Page<CaughtMessage>>
  /** Throws Failure message_not_found. */
  find(id: CaughtMessageId): Promise<CaughtMessage>
}
