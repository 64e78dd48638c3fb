import { BadSetting } from './config.ts'
import type { DatabaseHome } from './database-home.ts'
import { openDatabase, quoteName, rawStatement, sessionLimits, sql, sqlState } from './database.ts'
import type { Database, Db } from './database.ts'

/*
 * Where a pooler of transactions (PgBouncer) stands before the database, a session belongs to nobody: what is set in it stays for
 * whoever comes next, and the next transaction lands in another. So what a session may do, and for how long, comes with its login:
 * PostgreSQL gives it to each new session.
 */

/** What a pooled session lacks, as a sentence that says what to do; undefined: nothing, as far as the one that answered can tell. */
export async function findPooledTrouble(pooled: Db): Promise<string | undefined> {
  const names = Object.keys(sessionLimits)
  const settings = await pooled.query<{ name: string; setting: string }>(
    sql`select name, setting from pg_settings where name = any (${names})`,
  )
  const found = new Map(settings.map(({ name, setting }) => [name, setting]))
  const lacking = names.filter((name) => found.get(name) !== sessionLimits[name])
  if (lacking.length === 0) return undefined
  return `The sessions that DATABASE_URL reaches through a pooler lack ${lacking.join(', ')}. Run "scrip migrate", then RECONNECT in the pooler's console.`
}

/**
 * Gives the login of pooled sessions the limits of `sessionLimits` and the rights of `role` (empty: it has its own), in a migrated
 * database. Does nothing where no pooler stands before it.
 *
 * @returns the login, or undefined
 * @throws BadSetting when both addresses lead to the same login, when the other may not be changed, or when it could change the journal
 */
export async function setUpPooledLogin(home: DatabaseHome, role: string): Promise<string | undefined> {
  if (!home.isPooled) return undefined
  const pooled = openDatabase({ url: home.url, isPooled: true, poolSize: 1 })
  const direct = openDatabase({ url: home.directUrl, poolSize: 1 })
  try {
    const [login, owner] = [await whoAmI(pooled), await whoAmI(direct)]
    if (login.user === owner.user || login.database !== owner.database)
      throw new BadSetting(
        'DATABASE_URL and DATABASE_DIRECT_URL must lead to one database and log in there as two users: what a pooled session may do comes with its login, and the other one owns the tables.',
      )
    if (!(await isSetUp(pooled, role))) await giveLimits(direct, login, role)
    if (role !== '') await refuseOpenJournal(direct, login.user, role)
    return login.user
  } finally {
    await Promise.all([pooled.close(), direct.close()])
  }
}

async function isSetUp(pooled: Db, role: string): Promise<boolean> {
  if ((await findPooledTrouble(pooled)) !== undefined) return false
  const [row] = await pooled.query<{ has: boolean }>(
    sql`select ${role} = '' or pg_has_role(nullif(${role}, ''), 'usage') as has`,
  )
  return row?.has === true
}

async function giveLimits(direct: Database, { user, database }: Login, role: string): Promise<void> {
  const target = `alter role ${quoteName(user)} in database ${quoteName(database)} set`
  const statements = [
    ...(role === '' ? [] : [`grant ${quoteName(role)} to ${quoteName(user)}`]),
    ...Object.entries(sessionLimits).map(([name, value]) => `${target} ${name} = '${value}'`),
  ]
  try {
    await direct.inTransaction(async (tx) => {
      for (const statement of statements) await tx.query(rawStatement(statement))
    })
  } catch (error) {
    if (sqlState(error) !== insufficientPrivilege) throw error
    throw new BadSetting(
      `The login of DATABASE_DIRECT_URL may not change ${user}, the one of DATABASE_URL. Let a superuser do so: ${statements.join('; ')};`,
    )
  }
}

async function refuseOpenJournal(direct: Db, user: string, role: string): Promise<void> {
  const [journal] = await direct.query<{ isOpen: boolean }>(
    sql`select has_table_privilege(${user}, 'entries', 'update, delete') as "isOpen"`,
  )
  if (journal?.isOpen === true)
    throw new BadSetting(
      `The login ${user} of DATABASE_URL could change the journal: it must be no superuser, own no table, and have its rights from ${role}.`,
    )
}

const insufficientPrivilege = '42501'

type Login = { readonly user: string; readonly database: string }

async function whoAmI(db: Db): Promise<Login> {
  const [row] = await db.query<Login>(sql`select session_user as user, current_database() as database`)
  if (row === undefined) throw new Error('A select without a table has one row.')
  return row
}
