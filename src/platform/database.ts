import pg from 'pg'
import sqlTag, { raw as rawSql } from 'sql-template-tag'
import type { Sql } from 'sql-template-tag'
import { Failure } from '../values/failure.ts'
import { parseJson } from '../values/json.ts'
import { heartbeatMs, openListener } from './listener.ts'
import type { Listener } from './listener.ts'

/** One statement: its text with $1, $2 … and its values. Made by the `sql` tag, so that no value is ever part of a text. */
export type Statement = Sql & {
  /** Where set, the server keeps the statement prepared under this name on each connection. */
  readonly name?: string
}

/** A SQL statement. Values become parameters; a nested statement is spliced in with its own parameters. */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  return sqlTag(parts, ...values)
}

/** The same statement, kept prepared on each connection under `name`; a name always means the same text. */
export function prepared(name: string, statement: Statement): Statement {
  return Object.assign(statement, { name })
}

/** A text that is SQL already, without values: a migration, the name of a database that we made up ourselves. Never anything that came from outside. */
export function rawStatement(text: string): Statement {
  return rawSql(text)
}

export type Row = Readonly<Record<string, unknown>>

/** What reads. A row's shape is the caller's word: it stands beside the statement, in a `.sql.ts` file. */
export interface Db {
  /** Runs one statement. bigint columns arrive as bigint, numeric and dates as text, json as parsed values. */
  query<T extends Row = Row>(statement: Statement): Promise<T[]>
}

/** What writes: only `inTransaction` makes one. */
export interface Tx extends Db {
  readonly isTransaction: true
}

export type Database = Db & {
  /** Runs `work` in one transaction (read committed) and commits; whatever it throws rolls back. Nothing in it may wait for the network. */
  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** See `Listener`: all of this database's channels share one connection. */
  readonly listen: Listener['listen']
  /** The pool itself, for libraries that bring their own SQL (the job queue) and for its figures. */
  readonly pool: pg.Pool
  close(): Promise<void>
}

export type DatabaseOptions = {
  readonly url: string
  readonly directUrl?: string | undefined
  /** A pooler of transactions stands before `url`: nothing is set in its sessions, and nothing stays prepared there. See `pooler.ts`. */
  readonly isPooled?: boolean
  readonly poolSize?: number
  readonly role?: string
  readonly applicationName?: string
  /** Told of connections that break while nobody uses them. */
  readonly onError?: (error: Error) => void
  /** How long one statement may run, in ms; 0 is no limit (imports, reports). */
  readonly statementTimeoutMs?: number
}

/** Opens a pool of connections. Nothing is connected before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const onError = options.onError ?? (() => undefined)
  const pool = new pg.Pool({
    ...connection(options, options.url),
    max: options.poolSize ?? 12,
    idleTimeoutMillis: 30_000,
    // oxlint-disable-next-line typescript/no-misused-promises -- The pool awaits it; its types do not say so.
    onConnect: (client) => prepareSession(client, options, onError),
  })
  pool.on('error', onError)
  const listener = openListener(() => {
    const config = connection({ ...options, statementTimeoutMs: 0 }, options.directUrl ?? options.url)
    return new pg.Client({ ...config, query_timeout: heartbeatMs })
  }, onError)
  const isPooled = options.isPooled === true
  return {
    pool,
    query: (statement) => run(pool, statement, isPooled),
    inTransaction: (work) => inTransaction(pool, isPooled, work),
    listen: listener.listen,
    async close() {
      await listener.close()
      await pool.end()
    },
  }
}

/**
 * A pool for a library that brings its own SQL and reads rows in its own way (the job queue): the login's own role, the driver's own
 * types, no limits on statements. Whoever opens it ends it.
 */
export function openLibraryPool(url: string, size: number, onError: (error: Error) => void): pg.Pool {
  const config = {
    connectionString: url,
    application_name: 'scrip queue',
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
  const pool = new pg.Pool({
    ...config,
    max: size,
    // oxlint-disable-next-line typescript/no-misused-promises -- As above.
    onConnect: async (client) => {
      // A cut network must not hold a job's lock for longer than anybody waits.
      await client.query(
        "set tcp_user_timeout = 5000; set idle_in_transaction_session_timeout = 60000; set timezone = 'UTC'",
      )
    },
  })
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/** The SQLSTATE of a database error ("23505"), or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

/** The name of the constraint that a statement violated, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code?.startsWith('23') === true
    ? error.constraint
    : undefined
}

/** True for what says nothing about the statement, only about the connection or the server: the same call may succeed later. */
export function isDatabaseDown(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined)
    return (
      /^(08|53|57P0|58|25006|F0|XX)/.test(state) ||
      state === '57014' ||
      state === '55P03' ||
      state === '25P03'
    )
  return (
    error instanceof Error &&
    !(error instanceof Failure) &&
    connectionTrouble.test(`${'code' in error ? String(error.code) : ''} ${error.message}`)
  )
}

/** True for what two transactions did to each other, and neither did wrong: a deadlock, or rows that changed meanwhile. The same call may succeed at once. */
export function isCollision(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40P01' || state === '40001'
}

/** The literal of a one-dimensional array whose elements need no quoting (numbers, UUIDs, hex). null is NULL. */
export function plainArray(elements: readonly (string | number | bigint | null)[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : String(element))).join(',')}}`
}

/** The literal of a one-dimensional array of any texts. null is NULL. */
export function textArray(elements: readonly (string | null)[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : `"${quotable.test(element) ? element.replaceAll(quotables, '\\$&') : element}"`)).join(',')}}`
}

/** The literal of a one-dimensional array of bytes. */
export function byteaArray(elements: readonly Buffer[]): string {
  return `{${elements.map((element) => `"\\\\x${element.toString('hex')}"`).join(',')}}`
}

const quotable = /["\\]/
const quotables = /["\\]/g

/**
 * An array of any texts that hold no control characters, such as JSON, as a statement of its own: nothing is quoted on the way there
 * and back, which is most of what a long text costs. null is NULL; the array is not empty, and no element is.
 */
export function separatedArray(elements: readonly (string | null)[]): Statement {
  return sql`string_to_array(${elements.map((element) => element ?? nullMark).join(separator)}::text, ${separator}::text, ${nullMark}::text)`
}

const separator = '\u001F'
const nullMark = '\u001E'

const connectionTrouble =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format ?? 'text'),
}

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, (text) => BigInt(text)], // int8
  [114, parseJson], // json: kept as the caller wrote it, digits included
  [3802, parseJson], // jsonb
  [1016, (text) => bigintArray(text)], // int8[]
  [1184, lastInstant()], // timestamptz
  [1082, (text) => text], // date: a day of the calendar, not an instant
  [1700, (text) => text], // numeric: exact decimals are read by values/decimal.ts
])

/** Reads timestamps and remembers the last one: rows that were written together say the same, and reading one costs as much as a row. */
function lastInstant(): (text: string) => unknown {
  const read = pg.types.getTypeParser(1184, 'text')
  let lastText: string | undefined
  let last: unknown
  return (text) => {
    if (text !== lastText) {
      last = read(text)
      lastText = text
    }
    return last instanceof Date ? new Date(last) : last
  }
}

function bigintArray(text: string): bigint[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt)
}

function connection(options: DatabaseOptions, url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: options.applicationName ?? 'scrip',
    connectionTimeoutMillis: 3_000,
    // The server's own limit comes first; this one is for a network that has gone silent.
    ...(options.statementTimeoutMs === 0
      ? {}
      : { query_timeout: (options.statementTimeoutMs ?? statementTimeoutMs) + 5_000 }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
  }
}

const statementTimeoutMs = 15_000

async function prepareSession(
  client: pg.ClientBase,
  options: DatabaseOptions,
  onError: (error: Error) => void,
): Promise<void> {
  // A killed backend emits on the client, checked out or not; unheard, that would end the process.
  client.on('error', onError)
  if (options.isPooled !== true) await client.query(sessionSettings(options))
}

/** No cut network and no frozen process may hold a lock for long: every wait in a session has its limit, in ms. */
export const sessionLimits: Readonly<Record<string, string>> = {
  statement_timeout: String(statementTimeoutMs),
  lock_timeout: '5000',
  idle_in_transaction_session_timeout: '4000',
  tcp_user_timeout: '5000',
  TimeZone: 'UTC',
  default_transaction_isolation: 'read committed',
  // Up to PostgreSQL 17 a plan that the settings of place_orders leave no choice counts as a costly one, which would be compiled
  // anew for each batch: a second instead of five milliseconds.
  jit: 'off',
}

function sessionSettings({ statementTimeoutMs, role }: DatabaseOptions): string {
  const limits = {
    ...sessionLimits,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: String(statementTimeoutMs) }),
  }
  const settings = Object.entries(limits).map(([name, value]) => `set ${name} = '${value}'`)
  if (role !== undefined && role !== '') settings.push(`set role ${quoteName(role)}`)
  return settings.join('; ')
}

/** The name of a role or a database as SQL writes it. */
export function quoteName(name: string): string {
  return pg.escapeIdentifier(name)
}

async function run<T extends Row>(
  client: pg.Pool | pg.PoolClient,
  statement: Statement,
  isPooled: boolean,
): Promise<T[]> {
  const result = await client.query<T>({
    text: statement.text,
    values: [...statement.values],
    // Behind a pooler the session that a statement was prepared in is another's by the next time.
    ...(statement.name === undefined || isPooled ? {} : { name: statement.name }),
  })
  return result.rows
}

async function inTransaction<T>(pool: pg.Pool, isPooled: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work({ isTransaction: true, query: (statement) => run(client, statement, isPooled) })
    const { command } = await client.query('commit')
    // A statement that failed inside, and whose error was caught there, has turned the commit into a rollback.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back: a statement in it had failed.')
    return result
  } catch (error) {
    broken = await rollBack(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** Undefined when the connection can be used again, else why not. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error('The rollback failed.')
  }
}
