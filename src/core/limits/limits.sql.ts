import { prepared, sql } from '../../platform/database.ts'
import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'

export type Lot = {
  readonly granted: bigint
  /** Of the limit, by all processes together. */
  readonly used: bigint
  readonly resetAt: Date
  /** From the moment at which the database answered. */
  readonly msLeft: number
}

/**
 * Takes up to `wanted` requests out of the running minute, or opens the next one. The row's lock makes all processes take one after
 * the other, and what was granted never exceeds the limit. A minute that lies ahead of the clock (it was set back) goes on.
 */
export async function takeLot(
  db: Db,
  request: {
    readonly partnerId: PartnerId
    readonly limitName: string
    readonly perMinute: number
    readonly wanted: number
    readonly now: Date | undefined
  },
): Promise<Lot> {
  const { partnerId, limitName, perMinute, wanted, now } = request
  const [lot] = await db.query<Lot>(
    prepared(
      'take_lot',
      sql`
      insert into rate_windows as w (partner_id, limit_name, window_start, used, last_lot)
      select ${partnerId}::uuid, ${limitName}::text, date_trunc('minute', coalesce(${now ?? null}::timestamptz, now())), lot, lot
      from (select least(${wanted}::bigint, ${perMinute}::bigint) as lot) first
      on conflict (partner_id, limit_name) do update
      set (window_start, used, last_lot) = (
        select greatest(w.window_start, excluded.window_start), before.used + before.lot, before.lot
        from (
          select used, greatest(0, least(${wanted}::bigint, ${perMinute}::bigint - used)) as lot
          from (select case when w.window_start < excluded.window_start then 0 else w.used end as used) running
        ) before
      )
      returning last_lot as granted, used, window_start + interval '1 minute' as "resetAt",
        (extract(epoch from window_start + interval '1 minute' - coalesce(${now ?? null}::timestamptz, clock_timestamp())) * 1000)::float8 as "msLeft"`,
    ),
  )
  if (lot === undefined) throw new Error('The statement answered with no lot.')
  return lot
}
