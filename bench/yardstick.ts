import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openDatabase, prepared, rawStatement, sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'

const run = promisify(execFile)

/** Measures T, the transactions a second of TPC-B-like on the benchmark's own server, at a number of clients; 0: the time was too short for any. */
export type Yardstick = { readonly name: string; measure(clients: number, seconds: number): Promise<number> }

const scale = 100

/** pgbench where it is installed, else the same transaction profile driven by us. */
export async function prepareYardstick(url: string): Promise<Yardstick> {
  try {
    await run('pgbench', ['--initialize', '--quiet', `--scale=${scale}`, url], { maxBuffer: 1e8 })
    return {
      name: `pgbench TPC-B-like, scale ${scale}, prepared statements`,
      measure: (clients, seconds) => pgbench(url, clients, seconds),
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    await makeTables(url)
    return {
      name: `the TPC-B-like profile driven by node-postgres, scale ${scale}`,
      measure: (clients, seconds) => ownProfile(url, clients, seconds),
    }
  }
}

async function pgbench(url: string, clients: number, seconds: number): Promise<number> {
  const { stdout } = await run('pgbench', [
    `--client=${clients}`,
    '--jobs=2',
    `--time=${seconds}`,
    '--protocol=prepared',
    url,
  ])
  // Its clock runs while it connects, so that many clients may have no time left in a short run.
  if (stdout.includes('actually processed: 0')) return 0
  const match = /tps = ([\d.]+)/.exec(stdout)
  if (match?.[1] === undefined) throw new Error(`pgbench printed no figure: ${stdout}`)
  return Number(match[1])
}

async function makeTables(url: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 4, statementTimeoutMs: 0 })
  await database.query(
    rawStatement(`
    create table branches (id int primary key, balance int);
    create table tellers (id int primary key, branch int, balance int);
    create table accounts (id int primary key, branch int, balance int, filler char(84));
    create table history (teller int, branch int, account int, delta int, at timestamp, filler char(22));
    insert into branches select n, 0 from generate_series(1, ${scale}) n;
    insert into tellers select n, (n - 1) / 10 + 1, 0 from generate_series(1, ${scale * 10}) n;
    insert into accounts select n, (n - 1) / 100000 + 1, 0, '' from generate_series(1, ${scale * 100_000}) n;
    analyze`),
  )
  await database.close()
}

async function ownProfile(url: string, clients: number, seconds: number): Promise<number> {
  const database = openDatabase({ url, poolSize: clients })
  const end = performance.now() + seconds * 1000
  let done = 0
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      await tpcB(database)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await database.close()
  return done / seconds
}

async function tpcB(database: Database): Promise<void> {
  const upTo = (most: number): number => 1 + Math.floor(Math.random() * most)
  const [account, teller, branch, delta] = [
    upTo(scale * 100_000),
    upTo(scale * 10),
    upTo(scale),
    upTo(10_000) - 5_000,
  ]
  await database.inTransaction(async (tx) => {
    await tx.query(prepared('a', sql`update accounts set balance = balance + ${delta} where id = ${account}`))
    await tx.query(prepared('b', sql`select balance from accounts where id = ${account}`))
    await tx.query(prepared('c', sql`update tellers set balance = balance + ${delta} where id = ${teller}`))
    await tx.query(prepared('d', sql`update branches set balance = balance + ${delta} where id = ${branch}`))
    await tx.query(
      prepared('e', sql`insert into history values (${teller}, ${branch}, ${account}, ${delta}, now())`),
    )
  })
}
