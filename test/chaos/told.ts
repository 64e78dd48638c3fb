/** What clients ask for, by what becomes of it. */
export type Kind =
  | 'giftapi order'
  | 'vendify order'
  | 'iascroft purchase'
  | 'iascroft topup'
  | 'iascroft withdrawal'
  | 'giftpesa disbursement'
  | 'giftpesa redemption'
  | 'iwocapay checkout'
  | 'operator decision'
  | 'operator reversal'

/**
 * first     the client's own request, until it is answered
 * other     another request under a key that was answered: it must be refused
 * read      a question about what was answered
 * further   a later act on it, such as a cancellation
 */
export type Turn = 'first' | 'other' | 'read' | 'further'

/** One answer that a client got, or that it got none. A line of the clients' log. */
export type Told = {
  /** Since 1970, when the call was sent and when its answer was there. */
  readonly sentAtMs: number
  readonly atMs: number
  readonly kind: Kind
  readonly turn: Turn
  /** The client's own name for what it asked for: its reference or idempotency key. */
  readonly key: string
  readonly tries: number
  readonly server: number
  /** 0: no answer. */
  readonly status: number
  /** What it means to the client: done, refused for good, to be sent again, or silence. */
  readonly outcome: 'done' | 'refused' | 'again' | 'silence'
  /** The product's name for what was made. */
  readonly id?: string | undefined
  readonly state?: string | undefined
  readonly codes: readonly string[]
  /** The beginning of an answer that is not `done`. */
  readonly text?: string | undefined
}
