import { Logger, parseCronItems, run, runMigrations } from 'graphile-worker'
import type { CronItem, Runner, RunnerOptions, TaskList } from 'graphile-worker'
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobCall, JobName } from '../values/job.ts'
import { openLibraryPool, sql } from './database.ts'
import type { Database, Db, Tx } from './database.ts'
import type { Log } from './log.ts'

/** A job as the queue runs it. */
export type QueueJob = {
  readonly name: JobName
  /** When it runs by itself, as cron says it, in UTC: "17 3 * * *". */
  readonly schedule?: string | undefined
  /** Whether it also runs when a worker starts. */
  readonly atStart?: boolean | undefined
  /** How often a failing run is tried; 1 for what its schedule brings back soon anyway. */
  readonly attempts: number
  /** Whatever it throws is logged, and the job is tried again later. */
  run(payload: unknown): Promise<void>
}

export type QueueOptions = {
  /** The application's own database, for the queue's book-keeping. */
  readonly database: Database
  /** A connection without a transaction pooler: the queue listens. */
  readonly directUrl: string
  readonly jobs: readonly QueueJob[]
  readonly log: Log
  /** Jobs at a time. */
  readonly concurrency: number
  /** A worker that has not been seen for so long is dead, and others do its jobs. */
  readonly deadAfterMs?: number
  /** How often a worker says that it lives. */
  readonly beatMs?: number
}

export type Queue = {
  /** Whether jobs are being taken now; false while the database is away. */
  isTakingJobs(): boolean
  /** Takes no more jobs and waits for those that run. Called again, it waits for the same. */
  stop(): Promise<void>
}

export type EnqueueOptions = {
  /** Not before; by default at once. */
  readonly runAt?: Date
  /** A waiting job with the same key is replaced. */
  readonly key?: string
  readonly attempts?: number
  /** Jobs of one queue run one after another. */
  readonly queue?: string
}

/** Installs or updates the queue's own tables. Safe when processes do so at once. */
export async function installQueue(directUrl: string, log: Log): Promise<void> {
  const pool = openLibraryPool(directUrl, 2, (error) =>
    log.debug({ reason: error.message }, 'a connection of the queue broke'),
  )
  try {
    await runMigrations({ pgPool: pool, logger: loggerOver(log) })
  } finally {
    await pool.end()
  }
}

/** Whether the queue's tables are there. */
export async function isQueueInstalled(db: Db): Promise<boolean> {
  // Not by to_regclass: the schema is closed to the application's role.
  const [row] = await db.query<{ there: boolean }>(sql`
    select exists (select from pg_class c join pg_namespace n on n.oid = relnamespace
                   where nspname = 'graphile_worker' and relname = '_private_jobs') as there`)
  return row?.there === true
}

/** Adds a job in the transaction of what it follows from: either both happen or neither. */
export async function enqueue(tx: Tx, call: JobCall, options: EnqueueOptions = {}): Promise<void> {
  const { runAt, key, attempts = attemptsUsual, queue } = options
  await tx.query(sql`
    select enqueue_job(${call.name}, ${JSON.stringify(call.payload)}::json, ${runAt ?? null}, ${key ?? null}, ${attempts}, ${queue ?? null})`)
}

export type QueueFigures = {
  readonly waiting: number
  readonly running: number
  readonly failed: number
  readonly oldestSeconds: number
}

/** How many jobs wait, run and have failed for good, and how long the oldest that could run has waited, in seconds. */
export async function readQueueFigures(db: Db): Promise<QueueFigures> {
  const [row] = await db.query<{ waiting: bigint; running: bigint; failed: bigint; seconds: number }>(
    sql`select waiting, running, failed, oldest_seconds as seconds from queue_figures()`,
  )
  return {
    waiting: Number(row?.waiting ?? 0),
    running: Number(row?.running ?? 0),
    failed: Number(row?.failed ?? 0),
    oldestSeconds: row?.seconds ?? 0,
  }
}

/** A job of the queue as people see it. */
export type ListedJob = {
  readonly id: bigint
  readonly name: string
  readonly state: 'waiting' | 'running' | 'failed'
  readonly attempts: number
  readonly maxAttempts: number
  readonly runAt: Date
  readonly createdAt: Date
  /** The first 500 characters; undefined: it has not failed. */
  readonly lastError: string | undefined
}

/** The newest jobs that have not ended, 200 at the most. */
export async function listJobs(db: Db): Promise<ListedJob[]> {
  if (!(await isQueueInstalled(db))) return []
  const rows = await db.query<Omit<ListedJob, 'lastError'> & { lastError: string | null }>(sql`
    select id, name, state, attempts, max_attempts as "maxAttempts", run_at as "runAt", created_at as "createdAt", last_error as "lastError"
    from queue_jobs(200)`)
  return rows.map((row) => ({ ...row, lastError: row.lastError ?? undefined }))
}

/**
 * Takes jobs until it is stopped. A database that goes away, or is not there yet, is waited for as long as it takes. Of all workers
 * of a database one runs each scheduled job; one that dies with a job in its hands has it taken over by another.
 */
export function startQueue(options: QueueOptions): Queue {
  const { log, directUrl, concurrency, beatMs = beatMsUsual } = options
  const stopping = new AbortController()
  // Beside the jobs, one connection listens and one keeps the schedule.
  const pool = openLibraryPool(directUrl, concurrency + 2, (error) =>
    log.debug({ reason: error.message }, 'a connection of the queue broke'),
  )
  let runner: Runner | undefined
  let workerId: string | undefined

  async function supervise(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        await runUntilItEnds()
        failures = 0
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'the job queue cannot run; trying again')
      }
      await sleep(Math.min(500 * 2 ** failures, retryMsMost), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      )
    }
  }

  async function runUntilItEnds(): Promise<void> {
    const events = new EventEmitter()
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => (workerId = workerPool.id))
    const running = await run({ ...runnerOptions(options), pgPool: pool, events })
    runner = running
    try {
      if (stopping.signal.aborted) await running.stop()
      else await enqueueFirstRuns(options)
      await running.promise
    } catch (error) {
      await running.stop().catch(() => undefined)
      throw error
    } finally {
      runner = undefined
      workerId = undefined
    }
  }

  /** Says that this worker lives and gives back what dead ones had taken. */
  async function beat(): Promise<void> {
    if (workerId === undefined) return
    try {
      const dead = await keepWorkers(options.database, workerId, options.deadAfterMs ?? deadAfterMsUsual)
      for (const id of dead)
        log.warn({ worker: id }, 'a worker died with jobs in its hands; they are given to others')
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'the worker could not be noted as alive')
    }
  }

  async function stopAll(): Promise<void> {
    stopping.abort()
    clearInterval(timer)
    // Refused when it is stopping by itself already, which is as good.
    await runner?.stop().catch(() => undefined)
    await supervised
    await pool.end()
  }

  const supervised = supervise()
  const timer = setInterval(() => void beat(), beatMs)
  let stopped: Promise<void> | undefined
  return { isTakingJobs: () => runner !== undefined, stop: () => (stopped ??= stopAll()) }
}

const attemptsUsual = 25
const beatMsUsual = 5_000
const deadAfterMsUsual = 30_000
const retryMsMost = 5_000

function runnerOptions({ jobs, log, concurrency }: QueueOptions): RunnerOptions {
  return {
    concurrency,
    noHandleSignals: true,
    // In batches (of what ends at the same moment) the queue ends and is started again when it cannot note how a job ended. Without
    // them it lets that fail unheard, which would end the process when a connection breaks at that moment.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: loggerOver(log),
    taskList: Object.fromEntries(jobs.map((job) => [job.name, taskOf(job, log)])) satisfies TaskList,
    parsedCronItems: parseCronItems(jobs.flatMap(cronItemOf)),
  }
}

function cronItemOf(job: QueueJob): CronItem[] {
  if (job.schedule === undefined) return []
  // With the key, a run that nobody took is replaced by the next one: they do not pile up while no worker is there. In a queue of its own it runs once
  // at a time over all workers: one that takes longer than its period must not take all their hands.
  const options = { maxAttempts: job.attempts, jobKey: job.name, queueName: job.name }
  return [{ task: job.name, match: job.schedule, options }]
}

function taskOf(job: QueueJob, log: Log) {
  return async (payload: unknown): Promise<void> => {
    const startedAt = performance.now()
    try {
      await job.run(payload)
      log.debug({ job: job.name, ms: Math.round(performance.now() - startedAt) }, 'a job is done')
    } catch (error) {
      log.error({ job: job.name, err: error }, 'a job failed')
      throw error
    }
  }
}

async function enqueueFirstRuns({ database, jobs }: QueueOptions): Promise<void> {
  const first = jobs.filter((job) => job.atStart === true)
  await database.inTransaction(async (tx) => {
    for (const job of first)
      await enqueue(tx, { name: job.name, payload: {} }, { key: job.name, attempts: job.attempts })
  })
}

async function keepWorkers(db: Db, id: string, deadAfterMs: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    sql`select keep_queue_workers(${id}, ${deadAfterMs} * interval '1 ms') as id`,
  )
  return rows.map((row) => row.id)
}

/** What the queue says of itself is for debugging; what goes wrong in a job, `taskOf` tells. */
function loggerOver(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log.warn({ queue: message }, 'the job queue complains')
    else log.trace({ queue: message }, 'the job queue')
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
