import { measureClockAhead } from '../core/installation/inspect-installation.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Engine } from './engine.ts'

/**
 * Tells how wrong this machine's clock is, by the database's. Balances, expiries and leases go by the latter; but whether a signature is
 * fresh, a client's or a webhook's, is told by this one, and who signs with the right time is refused once it is wrong by minutes.
 */
export async function watchClock(
  { database }: Pick<Engine, 'database'>,
  metrics: Metrics,
  log: Log,
): Promise<void> {
  metrics.asked(
    'scrip_clock_behind_seconds',
    'By how much the clock of this machine is behind the clock of the database.',
    async () => (await measureClockAhead(database)) / 1_000,
  )
  const behindMs = await measureClockAhead(database)
  if (Math.abs(behindMs) >= toleratedMs)
    log.warn(
      { behindMs },
      "this machine's clock is wrong, or the database's is: signed requests will be refused when they differ by minutes; let NTP set both",
    )
}

const toleratedMs = 30_000
