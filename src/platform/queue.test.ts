import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import type { JobName } from '../values/job.ts'
import { openDatabase, sql, sqlState } from './database.ts'
import type { Database, Db } from './database.ts'
import { openLog } from './log.ts'
import { enqueue, installQueue, isQueueInstalled, readQueueFigures, startQueue } from './queue.ts'
import type { Queue, QueueJob } from './queue.ts'

let database: Database
let owner: Database
let url: string
const log = openLog('silent')
const queues: Queue[] = []

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  url = made.url
  expect(await isQueueInstalled(database)).toBe(false)
  // Two processes may migrate at once.
  await Promise.all([installQueue(url, log), installQueue(url, log)])
  expect(await isQueueInstalled(database)).toBe(true)
  owner = openDatabase({ url, poolSize: 2 })
  return () => owner.close()
})

afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.stop()))
  await owner.query(sql`delete from graphile_worker._private_jobs`)
})

function start(
  jobs: readonly QueueJob[],
  options: { readonly directUrl?: string; readonly deadAfterMs?: number; readonly beatMs?: number } = {},
): Queue {
  const queue = startQueue({ database, directUrl: url, jobs, log, concurrency: 2, ...options })
  queues.push(queue)
  return queue
}

function job(name: JobName, run: QueueJob['run'], more: Partial<QueueJob> = {}): QueueJob {
  return { name, attempts: 3, run, ...more }
}

async function add(name: JobName): Promise<void> {
  await database.inTransaction((tx) => enqueue(tx, { name, payload: {} }))
}

describe('enqueue', () => {
  it('adds a job with its transaction: a rollback takes it away, a commit lets it run once', async () => {
    let runs = 0
    await expect(
      database.inTransaction(async (tx) => {
        await enqueue(tx, { name: 'check-ledger', payload: {} })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await add('check-ledger')
    start([job('check-ledger', async () => void (runs += 1))])
    await expect.poll(() => runs, { timeout: 10_000 }).toBe(1)
    await expect.poll(() => readQueueFigures(database)).toMatchObject({ waiting: 0, running: 0, failed: 0 })
    expect(runs).toBe(1)
  })

  it('replaces a waiting job of the same key', async () => {
    for (let time = 0; time < 3; time += 1) {
      await database.inTransaction((tx) =>
        enqueue(
          tx,
          { name: 'expire-codes', payload: {} },
          { key: 'one', runAt: new Date(Date.now() + 3_600_000) },
        ),
      )
    }
    expect((await readQueueFigures(database)).waiting).toBe(1)
  })

  it("is all that the application's role can do with the queue's tables", async () => {
    const refused = await database
      .query(sql`select * from graphile_worker._private_jobs`)
      .catch((error: unknown) => sqlState(error))
    expect(refused).toBe('42501')
  })
})

describe('a worker', () => {
  it('tries a job again that failed, and tells of those that failed for good', async () => {
    await database.inTransaction((tx) => enqueue(tx, { name: 'expire-codes', payload: {} }, { attempts: 1 }))
    start([job('expire-codes', () => Promise.reject(new Error('no luck')))])
    await expect
      .poll(() => readQueueFigures(database), { timeout: 10_000 })
      .toMatchObject({ waiting: 0, failed: 1 })
  })

  it('runs what is to run at the start, once each time it starts', async () => {
    let runs = 0
    start([job('keep-partitions', async () => void (runs += 1), { atStart: true, schedule: '0 0 1 1 *' })])
    await expect.poll(() => runs, { timeout: 10_000 }).toBe(1)
  })

  it('finishes the job at hand before it has stopped', async () => {
    let hasBegun = false
    let hasEnded = false
    let letGo: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    await add('roll-up-stock')
    const queue = start([
      job('roll-up-stock', async () => {
        hasBegun = true
        await gate
        hasEnded = true
      }),
    ])
    await expect.poll(() => hasBegun, { timeout: 10_000 }).toBe(true)
    const stopped = queue.stop().then(() => hasEnded)
    letGo()
    expect(await stopped).toBe(true)
    expect((await readQueueFigures(database)).waiting).toBe(0)
  })

  it('takes over what a dead worker had in its hands, and leaves alone what a living one has', async () => {
    await add('roll-up-accounts')
    await owner.query(
      sql`update graphile_worker._private_jobs set locked_by = 'pool-dead', locked_at = now() - interval '1 hour', attempts = 1`,
    )
    await owner.query(
      sql`insert into queue_workers (id, seen_at) values ('pool-dead', now() - interval '1 hour'), ('pool-alive', now() + interval '1 hour')`,
    )
    await add('expire-codes')
    await owner.query(
      sql`update graphile_worker._private_jobs set locked_by = 'pool-alive', locked_at = now() - interval '1 hour' where locked_by is null`,
    )
    const ran: string[] = []
    const note = (name: JobName): QueueJob => job(name, async () => void ran.push(name))
    start([note('roll-up-accounts'), note('expire-codes')], { deadAfterMs: 1_000, beatMs: 50 })
    await expect.poll(() => ran, { timeout: 10_000 }).toEqual(['roll-up-accounts'])
    expect(await readQueueFigures(database)).toMatchObject({ running: 1 })
  })

  it('goes on when all its connections are cut', async () => {
    let runs = 0
    const queue = start([job('check-ledger', async () => void (runs += 1))])
    await expect.poll(() => queue.isTakingJobs(), { timeout: 10_000 }).toBe(true)
    const cut = await owner.query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scrip queue' and datname = current_database()`,
    )
    expect(cut.length).toBeGreaterThan(0)
    await add('check-ledger')
    await expect.poll(() => runs, { timeout: 20_000 }).toBe(1)
  })

  it.each([
    ['a success', () => Promise.resolve()],
    ['a failure', () => Promise.reject(new Error('no luck'))],
  ])(
    'goes on when its connection breaks while it notes %s, and the job runs again',
    async (_what, outcome) => {
      let runs = 0
      let letGo: () => void = () => undefined
      const isLocked = new Promise<void>((resolve) => (letGo = resolve))
      await add('check-ledger')
      start(
        [
          job('check-ledger', async () => {
            runs += 1
            if (runs > 1) return
            await isLocked
            await outcome()
          }),
        ],
        { deadAfterMs: 500, beatMs: 50 },
      )
      await expect.poll(() => runs, { timeout: 10_000 }).toBe(1)
      await owner.inTransaction(async (tx) => {
        // Nobody can note anything now.
        await tx.query(sql`lock table graphile_worker._private_jobs in access exclusive mode`)
        letGo()
        await expect.poll(() => cutWaiting(owner), { timeout: 3_000 }).toBeGreaterThan(0)
      })
      await expect.poll(() => runs, { timeout: 20_000 }).toBe(2)
      await expect
        .poll(() => readQueueFigures(database), { timeout: 10_000 })
        .toMatchObject({ waiting: 0, running: 0, failed: 0 })
    },
    60_000,
  )

  it('waits for a database that is not there, and stops all the same', async () => {
    const queue = start([], { directUrl: 'postgres://nobody@127.0.0.1:1/none' })
    await expect.poll(() => queue.isTakingJobs()).toBe(false)
    await queue.stop()
  })
})

/** Ends the connections that wait for a lock in order to note how a job ended. */
async function cutWaiting(db: Db): Promise<number> {
  const cut = await db.query(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'scrip queue' and datname = current_database() and wait_event_type = 'Lock'
      and (query like '%delete from%_private_jobs%' or query like '%last_error%')`)
  return cut.length
}
