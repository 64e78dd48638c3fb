import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findRunningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts'
import { isRoot, ownerOf, spawnAs } from './embedded-postgres/account.ts'
import { isAlive } from './embedded-postgres/processes.ts'

const door = new URL('embedded-postgres.ts', import.meta.url).href

let dataDir = ''
let running: EmbeddedPostgres[] = []
let helpers: ChildProcess[] = []
let servers: Server[] = []
let log: string[] = []

beforeAll(() => {
  dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'scrip-postgres-')))
})

afterEach(async () => {
  for (const server of servers) server.close()
  for (const helper of helpers) helper.kill('SIGKILL')
  await Promise.all(running.map(async (database) => await database.stop()))
  await stopOrphan()
  running = []
  helpers = []
  servers = []
  log = []
})

afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

describe('a database of its own', () => {
  it('is made with what the ledger relies on', async () => {
    const database = await start()
    const names = [
      'data_checksums',
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'jit',
      'listen_addresses',
      'max_connections',
    ]
    const settings = await Promise.all(
      names.map(async (name) => await ask(database.url, `select current_setting('${name}')`)),
    )
    expect(settings).toEqual(['on', 'on', 'on', 'on', 'off', '127.0.0.1', '200'])
    expect(
      await ask(
        database.url,
        `select concat_ws(' ', current_database(), current_user, getdatabaseencoding(), lower('ÄÖ'))`,
      ),
    ).toBe('scrip scrip UTF8 äö')
    expect(await ask(database.url, `select rolsuper from pg_roles where rolname = current_user`)).toBe(false)
    expect(
      await ask(database.superuserUrl, `select rolsuper from pg_roles where rolname = current_user`),
    ).toBe(true)
    await ask(database.url, 'create table kept as select 1 as n')
  })

  it('starts again on the same port, with its data', async () => {
    const port = readFileSync(join(dataDir, 'postgres.port'), 'utf8').trim()
    const database = await start()
    expect(String(database.port)).toBe(port)
    expect(await ask(database.url, 'select n from kept')).toBe(1)
  })

  it('is closed to others: passwords are asked for, and files are private', async () => {
    const database = await start()
    const wrong = new URL(database.url)
    wrong.password = 'guess'
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
    const modes = ['postgres', 'postgres-passwords.json', 'postgres.log', 'postgres.lock'].map(
      (name) => statSync(join(dataDir, name)).mode & 0o777,
    )
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600])
  })

  it('takes settings of the caller and of the operator', async () => {
    writeFileSync(join(dataDir, 'postgres', 'postgresql.local.conf'), "work_mem = '9MB'\n", { mode: 0o644 })
    const database = await start({ settings: { statement_timeout: '7s', application_name: "it's" } })
    expect(
      await ask(database.url, `select current_setting('statement_timeout') || current_setting('work_mem')`),
    ).toBe('7s9MB')
    await database.stop()
    rmSync(join(dataDir, 'postgres', 'postgresql.local.conf'))
  })

  it('gets new passwords when they were lost', async () => {
    rmSync(join(dataDir, 'postgres-passwords.json'))
    const database = await start()
    expect(await ask(database.url, 'select n from kept')).toBe(1)
    expect(await ask(database.superuserUrl, 'select 1')).toBe(1)
  })

  it('stops once, however often it is asked, and leaves nothing running', async () => {
    const database = await start()
    await Promise.all([database.stop(), database.stop()])
    expect(isAlive(database.pid)).toBe(false)
    expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false)
    expect(await findRunningEmbeddedPostgres(dataDir)).toBeUndefined()
  })

  it('says when PostgreSQL ended by itself', async () => {
    let ended = () => undefined as void
    const hasEnded = new Promise<void>((resolve) => (ended = resolve))
    const database = await start({ onExit: ended })
    process.kill(database.pid, 'SIGKILL')
    await hasEnded
  })
})

describe('two at the same data directory', () => {
  it('a second Scrip is refused with a sentence, and the first goes on', async () => {
    const database = await start()
    await expect(start()).rejects.toThrow(`Another Scrip (process ${process.pid}, since `)
    expect(await ask(database.url, 'select n from kept')).toBe(1)
  })

  it('of several at the same moment one gets it', async () => {
    const outcomes = await Promise.allSettled([start(), start(), start()])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
  })

  it('a command beside it finds it and connects', async () => {
    expect(await findRunningEmbeddedPostgres(dataDir)).toBeUndefined()
    expect(await findRunningEmbeddedPostgres(join(dataDir, 'absent'))).toBeUndefined()
    const database = await start()
    const found = await findRunningEmbeddedPostgres(dataDir)
    expect(found).toEqual({ url: database.url })
    expect(await ask(found?.url ?? '', 'select n from kept')).toBe(1)
  })
})

describe('after a Scrip that was killed', () => {
  it('takes over the PostgreSQL that still runs', async () => {
    const former = await startInHelper()
    await ask(former.url, 'create table if not exists confirmed as select 2 as n')
    former.helper.kill('SIGKILL')
    await once(former.helper, 'exit')
    expect(await findRunningEmbeddedPostgres(dataDir)).toEqual({ url: former.url })
    const database = await start()
    expect(database.pid).toBe(former.pid)
    expect(log.join()).toContain('Taking over PostgreSQL')
    expect(await ask(database.url, 'select n from confirmed')).toBe(2)
    await database.stop()
    expect(isAlive(former.pid)).toBe(false)
  })

  it('starts it anew when its settings are not the ones wanted', async () => {
    const former = await startInHelper()
    former.helper.kill('SIGKILL')
    await once(former.helper, 'exit')
    const database = await start({ settings: { max_connections: '50' } })
    expect(database.pid).not.toBe(former.pid)
    expect(await ask(database.url, `select current_setting('max_connections')`)).toBe('50')
  })

  it('recovers what was confirmed when PostgreSQL was killed as well, even while a session of it lingers', async () => {
    const former = await startInHelper()
    await ask(former.url, 'create table recovered as select 3 as n')
    // A session in the middle of a computation notices late that its server is gone, and holds the shared memory until then.
    const busy = ask(former.url, 'select count(*)::int from generate_series(1, 6000000) a').catch(
      () => undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    former.helper.kill('SIGKILL')
    process.kill(former.pid, 'SIGKILL')
    await once(former.helper, 'exit')
    const database = await start()
    expect(await ask(database.url, 'select n from recovered')).toBe(3)
    await busy
  })

  it('is not misled by numbers that other processes bear now', async () => {
    const account = isRoot() ? ownerOf(join(dataDir, 'postgres')) : undefined
    const other = spawn('sleep', ['60'], { ...spawnAs(account), stdio: 'ignore' })
    helpers.push(other)
    await once(other, 'spawn')
    writeFileSync(
      join(dataDir, 'postgres', 'postmaster.pid'),
      `${other.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n\nready\n`,
      { mode: 0o644 },
    )
    writeLock({ pid: other.pid, startMark: 'long ago' })
    expect(await findRunningEmbeddedPostgres(dataDir)).toBeUndefined()
    const database = await start()
    expect(await ask(database.url, 'select n from kept')).toBe(1)
  })

  it('is not held up by a lock of another host that was not touched for long, or that was cut short', async () => {
    writeLock({ pid: 1, host: 'elsewhere' })
    await expect(start()).rejects.toThrow('Another Scrip (process 1 on elsewhere')
    rmSync(join(dataDir, 'postgres.lock'))
    writeFileSync(join(dataDir, 'postgres.lock'), '{ "pid"')
    await start()
  })
})

describe('the process that started it', () => {
  it('stops PostgreSQL when it ends without calling stop', async () => {
    const { helper, pid } = await startInHelper()
    helper.stdin?.write('exit\n')
    await once(helper, 'exit')
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false)
  })

  it('can finish its work after a Ctrl-C in the terminal, which reaches its whole process group', async () => {
    const { helper, pid, url } = await startInHelper()
    process.kill(-Number(helper.pid), 'SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isAlive(pid)).toBe(true)
    expect(await ask(url, 'select n from kept')).toBe(1)
  })
})

describe('ports', () => {
  it('another one is found when the last one is taken', async () => {
    const port = Number(readFileSync(join(dataDir, 'postgres.port'), 'utf8'))
    await occupy(port)
    const database = await start()
    expect(database.port).not.toBe(port)
    expect(log.join()).toContain(`Port ${port} is taken by another program`)
  })

  it('one that the caller insists on and that is taken is refused with a sentence', async () => {
    const port = await occupy(0)
    await expect(start({ settings: { port: String(port) } })).rejects.toThrow(
      `PostgreSQL cannot listen on port ${port} of 127.0.0.1`,
    )
    expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false)
  })
})

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, onLog: (line) => log.push(line), ...options })
  running.push(database)
  return database
}

/** Starts the database in a process of its own, in a process group of its own, which ignores Ctrl-C and can be killed. */
async function startInHelper(): Promise<{ helper: ChildProcess; pid: number; url: string }> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(door)}
    process.on('SIGINT', () => {})
    const { pid, url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
    process.stdin.on('data', () => process.exit(0))
    console.log(JSON.stringify({ pid, url }))`
  const helper = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  helpers.push(helper)
  const [line] = await once(helper.stdout, 'data')
  return { helper, ...JSON.parse(String(line)) }
}

/** A test that failed half-way may leave a PostgreSQL whose helper is gone. */
async function stopOrphan(): Promise<void> {
  if ((await findRunningEmbeddedPostgres(dataDir).catch(() => undefined)) === undefined) return
  await expect
    .poll(
      async () =>
        await startEmbeddedPostgres({ dataDir }).then(
          async (database) => await database.stop(),
          () => 'busy',
        ),
      { timeout: 5_000 },
    )
    .toBeUndefined()
}

function writeLock(owner: object): void {
  const known = { host: hostname(), since: '2026-01-01T00:00:00.000Z' }
  writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ ...known, ...owner }))
}

async function occupy(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  // A connection that the server ends is reported as an event as well, which without a listener ends the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query({ text: statement, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}
