import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, sql } from '../../src/platform/database.ts'

/** What is still to be done, by what it is; nothing: the product has come to rest. What is due in a while by its schedule does not count. */
export async function waitForQuiet(
  databaseUrl: string,
  forMs: number,
): Promise<{ readonly tookMs: number; readonly left: string }> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 })
  const beganAtMs = performance.now()
  try {
    for (;;) {
      const rows = await database.query<{ what: string; count: bigint }>(leftSql).catch(() => undefined)
      const left = rows
        ?.filter(({ count }) => count > 0n)
        .map(({ what, count }) => `${count} ${what}`)
        .join(', ')
      const tookMs = performance.now() - beganAtMs
      if (left === '' || tookMs > forMs) return { tookMs, left: left ?? 'the database is away' }
      await pause(500)
    }
  } finally {
    await database.close()
  }
}

/** Whether anything came to an end since an instant: every end is an event. */
export async function hasMovedSince(databaseUrl: string, sinceMs: number): Promise<boolean> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1 })
  try {
    const since = new Date(sinceMs)
    const [row] = await database.query<{ hasMoved: boolean }>(
      sql`select exists (select from events where created_at >= ${since}) as "hasMoved"`,
    )
    return row?.hasMoved ?? true
  } finally {
    await database.close()
  }
}

const leftSql = sql`
  select 'items at suppliers' as what, count(*) as count from fulfilments
  where due_at is not null and (due_at <= now() + interval '20 seconds' or claimed_until > now())
  union all
  select 'webhooks', count(*) from webhook_deliveries where state = 'waiting'
  union all
  select 'disbursements', count(*) from disbursements where due_at is not null
  union all
  select 'decisions of payers', count(*) from checkout_decisions
  where due_at is not null and (due_at <= now() + interval '20 seconds' or claimed_until > now())`
