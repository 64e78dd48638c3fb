import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createEmptyDatabase, createTestDatabase } from '../../test/database.ts'
import { openDatabase, sql } from '../platform/database.ts'
import { findPostgresTool } from '../platform/postgres-tools.ts'

let dir: string
let sourceUrl: string
let targetUrl: string
let emptyUrl: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'scrip-dump-'))
  sourceUrl = (await createTestDatabase()).url
  targetUrl = await createEmptyDatabase()
  emptyUrl = await createEmptyDatabase()
  process.env['DATABASE_URL'] = sourceUrl
  process.env['SCRIP_DATA_DIR'] = dir
  await scripJson('migrate')
  await scripJson('partner', 'create', '--name', 'A', '--email', 'a@b.example', '--wallet', 'USD')
  await scripJson('wallet', 'credit', '1', 'USD-1', '7.5', '--reference', 'r')
  return async () => await rm(dir, { recursive: true })
})

it("a database of its own server is dumped and restored by PostgreSQL's tools, or the command says why they cannot", async () => {
  const file = join(dir, 'a.dump')
  process.env['DATABASE_URL'] = sourceUrl
  const dumped = await scripJson('backup', file)
  const database = openDatabase({ url: sourceUrl, poolSize: 1 })
  const [server] = await database.query<{ major: number }>(
    sql`select current_setting('server_version_num')::integer / 10000 as major`,
  )
  await database.close()
  if (Number.parseInt(findPostgresTool('pg_dump') ?? '0', 10) < (server?.major ?? 0)) {
    expect(dumped).toMatchObject({
      code: 1,
      json: {
        error: {
          message: expect.stringMatching(/pg_dump is not on the PATH|pg_dump failed: .*version/s) as string,
        },
      },
    })
    await expect(stat(file)).rejects.toThrow('ENOENT')
    return
  }
  expect(dumped).toEqual({ code: 0, json: { file, hasMasterKey: false } })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await scripJson('backup', file)).toMatchObject({ code: 1, json: { error: { code: 'bad_setting' } } })
  process.env['DATABASE_URL'] = targetUrl
  expect(await scripJson('restore', file)).toMatchObject({ code: 0, json: { ledgerOk: true } })
  expect((await scripJson('wallet', 'list', '1')).json).toMatchObject({ wallets: [{ balance: '7.5' }] })
})

it('a restore never goes into a database that holds something', async () => {
  const file = join(dir, 'b.dump')
  await writeFile(file, 'whatever')
  process.env['DATABASE_URL'] = sourceUrl
  const { code, err } = await scrip('restore', file)
  expect([code, err]).toEqual([
    1,
    'The database of DATABASE_URL is not empty. Make a new one, and restore into that.\n',
  ])
})

it('a file that is no dump is refused in the words of pg_restore, and leaves nothing behind', async () => {
  const file = join(dir, 'c.dump')
  await writeFile(file, 'whatever')
  process.env['DATABASE_URL'] = emptyUrl
  expect(await scripJson('restore', file)).toMatchObject({
    code: 1,
    json: { error: { message: expect.stringContaining('pg_restore') as string } },
  })
})

it('what belongs to an embedded database is not mixed up with what belongs to a server', async () => {
  process.env['DATABASE_URL'] = sourceUrl
  expect((await scrip('restore', dir)).err).toContain('backup of an embedded database')
  expect((await scrip('backup', join(dir, 'd'), '--include-the-master-key-unprotected')).err).toContain(
    'is for the embedded database',
  )
  delete process.env['DATABASE_URL']
  expect((await scrip('restore', join(dir, 'master.key'))).code).toBe(2)
})
