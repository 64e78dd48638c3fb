import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { startTransactionPooler } from '../../test/transaction-pooler.ts'
import type { TransactionPooler } from '../../test/transaction-pooler.ts'
import type { DatabaseHome } from './database-home.ts'
import { openDatabase, prepared, rawStatement, sessionLimits, sql, sqlState } from './database.ts'
import type { Database } from './database.ts'
import { findPooledTrouble, setUpPooledLogin } from './pooler.ts'

const login = `scrip_pooled_${process.pid}`
const weak = `scrip_weak_${process.pid}`
let directUrl: string
let owner: Database
let pooler: TransactionPooler
let pooled: Database

beforeAll(async () => {
  directUrl = (await createTestDatabase()).url
  owner = openDatabase({ url: directUrl, poolSize: 2 })
  for (const name of [login, weak]) await owner.query(rawStatement(`create role ${name} login password 'x'`))
  pooler = await startTransactionPooler(addressFor(login))
  pooled = openDatabase({ url: pooler.url, isPooled: true, poolSize: 6 })
})

afterAll(async () => {
  await pooled.close()
  await pooler.close()
  for (const name of [login, weak]) await owner.query(rawStatement(`drop role ${name}`))
  await owner.close()
})

function addressFor(name: string): string {
  const url = new URL(directUrl)
  url.username = name
  url.password = 'x'
  return url.href
}

function home(url: string, direct = directUrl): DatabaseHome {
  return {
    url,
    directUrl: direct,
    isPooled: url !== direct,
    kind: 'configured',
    untilReachable: async () => undefined,
    close: async () => undefined,
  }
}

describe('a login of pooled sessions', () => {
  it('that was never set up is told of, with what to do', async () => {
    expect(await findPooledTrouble(pooled)).toMatch(/lack statement_timeout, .*Run "scrip migrate"/)
  })

  it('cannot be set up by a login that may not, and the sentence says what a superuser would do', async () => {
    await expect(setUpPooledLogin(home(pooler.url, addressFor(weak)), 'scrip_app')).rejects.toThrow(
      new RegExp(`superuser do so: grant "scrip_app" to "${login}"; alter role "${login}" in database`),
    )
    expect(await findPooledTrouble(pooled)).toBeDefined()
  })

  it('gets the limits of every session, on all that are new, and the rights of the application, and once more changes nothing', async () => {
    expect(await setUpPooledLogin(home(pooler.url), 'scrip_app')).toBe(login)
    await pooler.reconnect()
    for (let session = 0; session < 6; session += 1) {
      expect(await findPooledTrouble(pooled)).toBeUndefined()
      const rows = await pooled.query<{ name: string; setting: string }>(
        sql`select name, setting from pg_settings where name = any (${Object.keys(sessionLimits)})`,
      )
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual(sessionLimits)
    }
    expect(await pooled.query(sql`select number from schema_migrations where number = 1`)).toHaveLength(1)
    const refused = await pooled.query(sql`update entries set amount = 0`).catch((error) => sqlState(error))
    expect(refused).toBe('42501')
    expect(await setUpPooledLogin(home(pooler.url), 'scrip_app')).toBe(login)
    // It is the weak one's turn, who may not change anything: there is nothing left to change.
    expect(await setUpPooledLogin(home(pooler.url, addressFor(weak)), 'scrip_app')).toBe(login)
  })

  it('is not the one that owns the tables, nor one that could change the journal', async () => {
    const same = await startTransactionPooler(directUrl)
    await expect(setUpPooledLogin(home(same.url), 'scrip_app')).rejects.toThrow('two users')
    await same.close()
    await owner.query(rawStatement(`grant update on entries to ${login}`))
    await expect(setUpPooledLogin(home(pooler.url), 'scrip_app')).rejects.toThrow('could change the journal')
    await owner.query(rawStatement(`revoke update on entries from ${login}`))
  })

  it('is nobody where no pooler stands before the database', async () => {
    expect(await setUpPooledLogin(home(directUrl), 'scrip_app')).toBeUndefined()
  })
})

describe('a pooled database', () => {
  it('prepares nothing that the next session would not know', async () => {
    const ask = (db: Database) =>
      Promise.all(
        Array.from({ length: 12 }, (_, number) =>
          db.query<{ number: number }>(prepared('pooled_test', sql`select ${number}::integer as number`)),
        ),
      )
    expect((await ask(pooled)).flat()).toEqual(Array.from({ length: 12 }, (_, number) => ({ number })))
    // The same as to a database of its own: the pooler of this test is one that it would not work behind.
    const unaware = openDatabase({ url: pooler.url, poolSize: 2 })
    const second = ask(unaware).then(() => ask(unaware))
    await expect(second).rejects.toThrow(/prepared statement "pooled_test"/)
    await unaware.close()
    await pooler.reconnect()
  })

  it('keeps a transaction in one session, and rolls back what fails', async () => {
    const ids = await pooled.inTransaction(async (tx) => {
      const first = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      const second = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      return [first[0]?.pid, second[0]?.pid]
    })
    expect(ids[0]).toBe(ids[1])
    await expect(
      pooled.inTransaction(async (tx) => {
        await tx.query(
          sql`insert into currencies (code, numeric_code, decimals, names) values ('XXA', 1000, 2, '{"en": "A"}')`,
        )
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await pooled.query(sql`select code from currencies where code = 'XXA'`)).toEqual([])
  })
})
