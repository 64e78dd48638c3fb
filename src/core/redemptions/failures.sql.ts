import { sql } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'

/** Locks a subject's count, made if it is missing: tries of one subject are looked at one after the other. Seconds until it may try; 0: now. */
export async function lockFailures(tx: Tx, subject: string): Promise<number> {
  const [row] = await tx.query<{ seconds: number }>(sql`
    insert into redemption_failures as f (subject) values (${subject})
    on conflict (subject) do update set subject = f.subject
    returning greatest(coalesce(extract(epoch from f.locked_until - clock_timestamp()), 0), 0)::float8 as seconds`)
  return row?.seconds ?? 0
}

/** Counts a failure of a locked subject; the last that an hour allows locks it for an hour. */
export async function countFailure(tx: Tx, subject: string, most: number): Promise<void> {
  await tx.query(sql`
    update redemption_failures f
    set failures = n.failures, first_at = n.first_at,
        locked_until = case when n.failures >= ${most}::integer then clock_timestamp() + interval '1 hour' end
    from (
      select subject, case when is_over then 1 else failures + 1 end as failures, case when is_over then clock_timestamp() else first_at end as first_at
      from (
        select *, failures = 0 or locked_until is not null or first_at <= clock_timestamp() - interval '1 hour' as is_over
        from redemption_failures where subject = ${subject}
      ) o
    ) n
    where f.subject = n.subject`)
}

/** What follows can be taken back without the rest of the transaction. */
export async function beginTry(tx: Tx): Promise<void> {
  await tx.query(sql`savepoint tried`)
}

export async function undoTry(tx: Tx): Promise<void> {
  await tx.query(sql`rollback to savepoint tried`)
}

/** Removes counts that began over a day ago: whatever they locked is open again. Skips those that somebody is counting now. @returns how many */
export async function deleteOldFailures(db: Db, limit: number): Promise<number> {
  const gone = await db.query(sql`
    delete from redemption_failures where subject in (
      select subject from redemption_failures
      where first_at < clock_timestamp() - interval '1 day' and coalesce(locked_until, '-infinity') < clock_timestamp()
      limit ${limit} for update skip locked)
    returning subject`)
  return gone.length
}
