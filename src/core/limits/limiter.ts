import type { PartnerId } from '../../values/ids.ts'

/** What came of asking for one request. */
export type Allowance = {
  readonly allowed: boolean
  /** Requests left in this minute, as far as this process knows: others may be taking some of them. */
  readonly remaining: number
  /** When the minute ends, by the database's clock. */
  readonly resetAt: Date
}

/** Counts a partner's requests against its limit, over all processes together. */
export type Limiter = {
  /**
   * Takes one request of the partner's running minute. Throws Failure unavailable when the database cannot be asked.
   *
   * @param perMinute the limit, at least 1
   * @param now the time to go by instead of the database's clock, for tests
   */
  take(partnerId: PartnerId, perMinute: number, now?: Date): Promise<Allowance>
}

/**
 * How many requests a process asks for at once: as many as it has allowed in this minute, but at most a quarter of what is left, so
 * that lots grow with its traffic, shrink towards the limit, and others find something; and at least as many as are waiting.
 */
export function lotToAskFor(allowed: number, left: number, waiting: number): number {
  return Math.max(1, waiting, Math.min(allowed, Math.floor(left / 4), lotMost))
}

const lotMost = 1_000
