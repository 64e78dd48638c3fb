import type { DatabaseHome } from '../platform/database-home.ts'
import { openDatabase } from '../platform/database.ts'
import type { Db } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import { migrate, pendingMigrations } from '../platform/migrate.ts'
import { setUpPooledLogin } from '../platform/pooler.ts'
import { installQueue, isQueueInstalled } from '../platform/queue.ts'

/**
 * Brings the database's tables up to this version, the queue's included, and gives pooled sessions their limits and the rights of `role`.
 *
 * @returns the names of the migrations applied now
 * @throws BadSetting where the login of pooled sessions cannot be set up
 */
export async function setUpDatabase(home: DatabaseHome, role: string, log: Log): Promise<string[]> {
  // As the login, which owns the tables, and past any pooler of transactions.
  const database = openDatabase({
    url: home.directUrl,
    poolSize: 2,
    statementTimeoutMs: 0,
    applicationName: 'scrip migrate',
  })
  try {
    const applied = await migrate(database)
    await installQueue(home.directUrl, log)
    const login = await setUpPooledLogin(home, role)
    if (login !== undefined) log.info({ login }, 'the login of pooled sessions has its limits')
    if (applied.length > 0) log.info({ applied }, 'migrated')
    return applied
  } finally {
    await database.close()
  }
}

/** Undefined when the database fits this version, else a sentence about what to do. */
export async function requireMigrated(db: Db): Promise<string | undefined> {
  const pending = await pendingMigrations(db)
  if (pending.length === 0 && (await isQueueInstalled(db))) return undefined
  const what =
    pending.length === 0
      ? 'the tables of the job queue'
      : pending.length === 1
        ? 'a migration'
        : `${pending.length} migrations`
  return `The database lacks ${what} of this version. Run "scrip migrate" first.`
}
