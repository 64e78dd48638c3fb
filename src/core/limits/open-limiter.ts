import { BoundedMap } from '../../platform/bounded-map.ts'
import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { lotToAskFor } from './limiter.ts'
import type { Allowance, Limiter } from './limiter.ts'
import { takeLot } from './limits.sql.ts'

/** What this process holds of a partner's running minute. */
type Share = {
  readonly perMinute: number
  /** Taken from the database and not used yet. */
  lot: number
  /** By this process, out of its lots. */
  allowed: number
  /** Of the limit, by all processes together, when the database was last asked. */
  used: number
  resetAt: Date
  /** On this process's monotonic clock, in ms, or on the clock that a test brings. */
  endsAt: number
  waiting: number
  asking: Promise<void> | undefined
}

/**
 * Opens the limiter of this process. Together, all processes over one database allow at most the limit in each calendar minute of
 * the database's clock: a process takes requests out of the minute in lots, which it uses up without asking again. What a process
 * has not used when the minute ends is gone, so a partner may get less than its limit while it spreads its calls over processes:
 * each withholds at most as many as it has allowed, and at most a quarter of what was left.
 */
export function openLimiter(database: Database, limitName = 'requests'): Limiter {
  const shares = new BoundedMap<PartnerId, Share>(sharesMost)

  /** The share that holds now; one of a minute that has ended, or of another limit, makes room for a new one. */
  function shareOf(partnerId: PartnerId, perMinute: number, clock: number): Share {
    const share = shares.get(partnerId)
    if (share !== undefined && share.perMinute === perMinute && !hasEnded(share, clock)) return share
    const endsAt = Number.POSITIVE_INFINITY // Until the database has said.
    const fresh = {
      perMinute,
      lot: 0,
      allowed: 0,
      used: 0,
      resetAt: new Date(0),
      endsAt,
      waiting: 0,
      asking: undefined,
    }
    shares.set(partnerId, fresh)
    return fresh
  }

  return {
    async take(partnerId, perMinute, now) {
      const clock = (): number => now?.getTime() ?? performance.now()
      let share = shareOf(partnerId, perMinute, clock())
      for (;;) {
        if (share.lot > 0) {
          share.lot -= 1
          share.allowed += 1
          return allowanceOf(share, true)
        }
        if (share.used >= perMinute) return allowanceOf(share, false)
        share.waiting += 1
        share.asking ??= ask(database, { partnerId, limitName, share, now })
        await share.asking.finally(() => (share.waiting -= 1))
        // The answer may have come after its minute: what was granted then is gone.
        if (hasEnded(share, clock())) share = shareOf(partnerId, perMinute, clock())
      }
    },
  }
}

function hasEnded(share: Share, clock: number): boolean {
  return share.asking === undefined && clock >= share.endsAt
}

/** Fills a share from the database. All who find it empty wait for one question. */
async function ask(
  database: Database,
  {
    partnerId,
    limitName,
    share,
    now,
  }: { partnerId: PartnerId; limitName: string; share: Share; now: Date | undefined },
): Promise<void> {
  // Everyone who comes in this turn of the event loop is counted among those that wait.
  await Promise.resolve()
  const { perMinute } = share
  const askedAt = performance.now()
  const wanted = lotToAskFor(share.allowed, perMinute - share.used, share.waiting)
  try {
    const lot = await takeLot(database, { partnerId, limitName, perMinute, wanted, now })
    share.lot = Number(lot.granted)
    share.used = Number(lot.used)
    share.resetAt = lot.resetAt
    // Counted from when we asked, not from when the answer came: a share may end a little early, never late.
    share.endsAt = now === undefined ? askedAt + lot.msLeft : lot.resetAt.getTime()
  } catch (error) {
    throw isDatabaseDown(error) ? new Failure('unavailable', { retryAfterSeconds: 1, cause: error }) : error
  } finally {
    share.asking = undefined
  }
}

function allowanceOf(share: Share, allowed: boolean): Allowance {
  return { allowed, remaining: Math.max(0, share.perMinute - share.used + share.lot), resetAt: share.resetAt }
}

const sharesMost = 10_000
