import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

/** What a partner has used of its running minute and month after a statement, and when they end. */
export type Usage = {
  /** To who waited. */
  readonly granted: bigint
  /** Beside it, to the process that asked. */
  readonly ahead: bigint
  /** All that processes hold ahead in this minute, this one's included. */
  readonly held: bigint
  readonly minuteUsed: bigint
  readonly minuteEndsAt: Date
  /** From the moment at which the database answered. */
  readonly minuteMsLeft: number
  readonly monthUsed: bigint
  readonly monthEndsAt: Date
  readonly monthMsLeft: number
}

export type Limits = {
  readonly partnerId: PartnerId
  /** Null: no limit. */
  readonly perMinute: number | null
  readonly perMonth: number | null
}

/**
 * Takes up to `waiting` requests out of the running minute and month: as many as both have left, and the same number of each. `ahead` more are
 * taken for the process, or what one process may hold of what is left, and only where at least `reserve` are left behind them. The row's lock makes all processes take one after the other,
 * so that what was taken is never beyond a limit. A minute or month that lies ahead of the clock (it was set back) goes on.
 *
 * @param request.spent of what this process held ahead, since it asked last
 */
export async function takeRequests(
  db: Db,
  request: Limits & {
    readonly waiting: number
    readonly ahead: number
    readonly reserve: number
    readonly spent: number
    readonly now: Date | undefined
  },
): Promise<Usage> {
  const { partnerId, perMinute, perMonth, waiting, ahead, reserve, spent, now } = request
  const [usage] = await db.query<Usage>(
    prepared(
      'take_requests',
      sql`
      insert into plan_usage as u (partner_id, minute_start, minute_used, month_start, month_used, granted)
      select ${partnerId}::uuid, date_trunc('minute', at), lot, date_trunc('month', at, 'UTC'), lot, lot
      from (
        select coalesce(${now ?? null}::timestamptz, clock_timestamp()) as at,
               least(${waiting}::bigint, ${perMinute}::bigint, ${perMonth}::bigint) as lot
      ) first
      on conflict (partner_id) do update
      set (minute_start, minute_used, month_start, month_used, granted, granted_ahead, held) = (
        select minute_start, minute_used + lot + more, month_start, month_used + lot + more, lot, more, held + more
        from (
          select *, greatest(0, least(${waiting}::bigint, left_now)) as lot,
                 case when left_now - ${waiting}::bigint - wanted >= ${reserve}::bigint then wanted else 0 end as more
          from (
            select *, least(${ahead}::bigint, greatest(${aheadAlways}::bigint, left_now / ${aheadShare}::bigint)) as wanted
            from (
              select *, least(${perMinute}::bigint - minute_used, ${perMonth}::bigint - month_used) as left_now
              from (
                select greatest(u.minute_start, excluded.minute_start) as minute_start,
                       case when u.minute_start < excluded.minute_start then 0 else u.minute_used end as minute_used,
                       greatest(u.month_start, excluded.month_start) as month_start,
                       case when u.month_start < excluded.month_start then 0 else u.month_used end as month_used,
                       case when u.minute_start < excluded.minute_start then 0 else greatest(0, u.held - ${spent}::bigint) end as held
              ) running
            ) counted
          ) within
        ) taken
      )
      returning granted, granted_ahead as ahead, held, minute_used as "minuteUsed", ${minuteEnd} as "minuteEndsAt",
        (extract(epoch from ${minuteEnd} - coalesce(${now ?? null}::timestamptz, clock_timestamp())) * 1000)::float8 as "minuteMsLeft",
        month_used as "monthUsed", ${monthEnd} as "monthEndsAt",
        (extract(epoch from ${monthEnd} - coalesce(${now ?? null}::timestamptz, clock_timestamp())) * 1000)::float8 as "monthMsLeft"`,
    ),
  )
  if (usage === undefined) throw new Error('The statement answered with no usage.')
  return usage
}

/** Hands back what a process held ahead and did not use, to the windows that it was taken from, as far as they still run. */
export async function handBack(
  db: Db,
  held: {
    readonly partnerId: PartnerId
    /** All that was granted ahead; `unused` of it goes back. */
    readonly ahead: number
    readonly unused: number
    readonly minuteEndsAt: Date
    readonly monthEndsAt: Date
  },
): Promise<void> {
  const { partnerId, ahead, unused, minuteEndsAt, monthEndsAt } = held
  await db.query(
    prepared(
      'hand_back_requests',
      sql`
      update plan_usage
      set minute_used = minute_used - case when ${minuteEnd} = ${minuteEndsAt}::timestamptz then ${unused}::bigint else 0 end,
          month_used = month_used - case when ${monthEnd} = ${monthEndsAt}::timestamptz then ${unused}::bigint else 0 end,
          held = case when ${minuteEnd} = ${minuteEndsAt}::timestamptz then greatest(0, held - ${ahead}::bigint) else held end
      where partner_id = ${partnerId}`,
    ),
  )
}

/** What a process that dies may cost a minute and a month: so many, or this part of what is left of them, if that is more. */
const [aheadAlways, aheadShare] = [500, 100]

const minuteEnd = sql`minute_start + interval '1 minute'`
const monthEnd = sql`(month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC'`
