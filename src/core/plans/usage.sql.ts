import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

/** What a partner has used of its running minute and month after a statement, and when they end. */
export type Usage = {
  readonly granted: bigint
  readonly minuteUsed: bigint
  readonly minuteEndsAt: Date
  /** From the moment at which the database answered. */
  readonly minuteMsLeft: number
  readonly monthUsed: bigint
  readonly monthEndsAt: Date
  readonly monthMsLeft: number
}

/**
 * Takes up to `wanted` requests out of the running minute and month: as many as both have left, and the same number of each. The row's
 * lock makes all processes take one after the other. A minute or month that lies ahead of the clock (it was set back) goes on.
 */
export async function takeRequests(
  db: Db,
  request: {
    readonly partnerId: PartnerId
    /** Null: no limit. */
    readonly perMinute: number | null
    readonly perMonth: number | null
    readonly wanted: number
    readonly now: Date | undefined
  },
): Promise<Usage> {
  const { partnerId, perMinute, perMonth, wanted, now } = request
  const [usage] = await db.query<Usage>(
    prepared(
      'take_requests',
      sql`
      insert into plan_usage as u (partner_id, minute_start, minute_used, month_start, month_used, granted)
      select ${partnerId}::uuid, date_trunc('minute', at), lot, date_trunc('month', at, 'UTC'), lot, lot
      from (
        select coalesce(${now ?? null}::timestamptz, clock_timestamp()) as at,
               least(${wanted}::bigint, ${perMinute}::bigint, ${perMonth}::bigint) as lot
      ) first
      on conflict (partner_id) do update
      set (minute_start, minute_used, month_start, month_used, granted) = (
        select minute_start, minute_used + lot, month_start, month_used + lot, lot
        from (
          select *, greatest(0, least(${wanted}::bigint, ${perMinute}::bigint - minute_used, ${perMonth}::bigint - month_used)) as lot
          from (
            select greatest(u.minute_start, excluded.minute_start) as minute_start,
                   case when u.minute_start < excluded.minute_start then 0 else u.minute_used end as minute_used,
                   greatest(u.month_start, excluded.month_start) as month_start,
                   case when u.month_start < excluded.month_start then 0 else u.month_used end as month_used
          ) running
        ) before
      )
      returning granted, minute_used as "minuteUsed", minute_start + interval '1 minute' as "minuteEndsAt",
        (extract(epoch from minute_start + interval '1 minute' - coalesce(${now ?? null}::timestamptz, clock_timestamp())) * 1000)::float8 as "minuteMsLeft",
        month_used as "monthUsed", ${monthEnd} as "monthEndsAt",
        (extract(epoch from ${monthEnd} - coalesce(${now ?? null}::timestamptz, clock_timestamp())) * 1000)::float8 as "monthMsLeft"`,
    ),
  )
  if (usage === undefined) throw new Error('The statement answered with no usage.')
  return usage
}

const monthEnd = sql`(month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC'`
