/** A message as it leaves, in whatever way. */
export type OutgoingMessage = {
  /** One mailbox, or one telephone number in E.164. */
  readonly to: string
  /** Empty for a short message. */
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  /** The same on each try: the head of a mail's Message-ID, a gateway's reference. */
  readonly messageId: string
}

/**
 * What came of one try. `sent`: the other side has taken it over. `refused`: it said that this message will never be taken. `unclear`:
 * all else, whether it said to come later, could not be reached, or was cut off when it may have taken it already; tried again.
 */
export type SendResult = {
  readonly outcome: 'sent' | 'refused' | 'unclear'
  /** For the operator, without what the message says. */
  readonly detail: string
}
