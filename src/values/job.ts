/** Nothing to say beside the name. */
type Nothing = Readonly<Record<string, never>>

/** Every job there is, and what it needs to know. Payloads are JSON. */
export type JobPayloads = {
  /** Makes the files of reports that were asked for, and mails their links. */
  readonly 'build-reports': Nothing
  /** Proves the ledger; run nightly. */
  readonly 'check-ledger': Nothing
  /** Brings the totals of the ledger's accounts up to date. */
  readonly 'roll-up-accounts': Nothing
  /** Sums the stock's movements up. */
  readonly 'roll-up-stock': Nothing
  /** Takes expired codes out of the stock. */
  readonly 'expire-codes': Nothing
  /** Gives what is left of vouchers that have ended back to their issuers. */
  readonly 'expire-vouchers': Nothing
  /** Makes the partitions of the API log and of the log of webhooks ahead, and drops old ones. */
  readonly 'keep-partitions': Nothing
  /** Deletes the texts of old messages. */
  readonly 'purge-messages': Nothing
  /** Forgets answers that were kept for repeated calls, long ago. */
  readonly 'forget-answers': Nothing
  /** Forgets reports that were asked for as files, once their links have ended. */
  readonly 'forget-exports': Nothing
  /** Removes one-time codes, sessions and counted guesses of telephones' owners. */
  readonly 'forget-holders': Nothing
  /** Mails whoever asked for it that a wallet or a stock runs low. */
  readonly 'send-alerts': Nothing
  /** Forgets nonces of long ago that no order came with. */
  readonly 'forget-nonces': Nothing
  /** Forgets which accounts were validated, once that no longer counts. */
  readonly 'forget-validations': Nothing
  /** Removes sessions of people that ended long ago. */
  readonly 'forget-sessions': Nothing
  /** Removes tokens for a while that have ended. */
  readonly 'forget-tokens': Nothing
  /** Removes webhooks that nobody can get any more: their endpoints are gone, or long disabled. */
  readonly 'forget-webhooks': Nothing
  /** Mails the goods of orders that delivered late. */
  readonly 'send-order-mails': Nothing
  /** Brings prices and stock of suppliers' products up to date. */
  readonly 'sync-suppliers': Nothing
  /** Ends shops' orders that nobody has paid for in time. */
  readonly 'expire-checkouts': Nothing
  /** Books instalments that were paid, and reminds buyers of the others. */
  readonly 'collect-instalments': Nothing
}

export type JobName = keyof JobPayloads

/** A job as it is enqueued. */
export type JobCall = {
  readonly [Name in JobName]: { readonly name: Name; readonly payload: JobPayloads[Name] }
}[JobName]
