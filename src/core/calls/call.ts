import type { CredentialId, PartnerId } from '../../values/ids.ts'

/** One call of a dialect, as it is kept: what the partner sees in its API log. */
export type Call = {
  readonly calledAt: Date
  /** The request id that the answer carried; a client may send the same one twice. */
  readonly id: string
  /** Undefined: the caller was not recognised. */
  readonly partnerId: PartnerId | undefined
  readonly credentialId: CredentialId | undefined
  readonly dialect: string
  readonly method: string
  /** With its query, secret parameters masked. */
  readonly path: string
  readonly status: number
  readonly durationUs: number
  readonly address: string
  /** Masked JSON, cut; undefined where there was none or none is kept. */
  readonly request: string | undefined
  readonly response: string | undefined
}

/** A call on its way into the log: its bodies are masked when they are written, away from the answer's path. */
export type FreshCall = Omit<Call, 'calledAt'> & {
  readonly calledAtMs: number
  /** Turns a body, as JSON.stringify writes it, into what may be kept. */
  readonly maskBody: (json: string) => string
}

/** Where calls go. Recording never waits and never fails. */
export type CallLog = {
  record(call: FreshCall): void
  /** Whether one more call of the kind that may come without end (no bodies, or nobody known) is kept now; a no counts as a call that was not kept. */
  admitsBare(): boolean
  /** Calls that were not kept, so far. */
  readonly dropped: () => number
  /** Writes what is buffered. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Which calls to list. */
export type CallFilter = {
  readonly requestId?: string | undefined
  readonly dialect?: string | undefined
  readonly method?: string | undefined
  /** The least and the greatest status: 400 and 499 for the client's errors. */
  readonly statusFrom?: number | undefined
  readonly statusTo?: number | undefined
  /** Part of the path, or of a body: a reference that the partner sent. */
  readonly text?: string | undefined
  /** From this instant, before that one. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}
