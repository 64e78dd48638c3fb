import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createTestDatabase } from '../../test/database.ts'
import { openDatabase, sql } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import { newSecretKey } from '../platform/secrets.ts'
import type { Finding } from './finding.ts'

let dir: string
let owner: Database

beforeAll(async () => {
  const { url } = await createTestDatabase()
  owner = openDatabase({ url, poolSize: 2 })
  dir = await mkdtemp(join(tmpdir(), 'scrip-doctor-'))
  process.env['DATABASE_URL'] = url
  process.env['SCRIP_DATA_DIR'] = dir
  return async () => {
    await owner.close()
    await rm(dir, { recursive: true })
  }
})

beforeEach(() => {
  delete process.env['SCRIP_ENVIRONMENT']
  delete process.env['SCRIP_MASTER_KEY']
  delete process.env['SCRIP_MASTER_KEY_PREVIOUS']
  delete process.env['PORT']
})

async function findings(): Promise<{
  readonly code: number
  readonly of: (name: string) => Finding | undefined
  readonly failed: readonly string[]
}> {
  const { code, json } = await scripJson('doctor')
  const list = json['findings'] as Finding[] // That is what the command says of itself.
  return {
    code,
    of: (name) => list.find((one) => one.name === name),
    failed: list.filter((one) => one.state === 'fail').map((one) => one.name),
  }
}

it('asks for the migrations that are missing', async () => {
  const { code, failed, of } = await findings()
  expect([code, failed]).toEqual([1, ['migrations']])
  expect(of('migrations')?.advice).toContain('scrip migrate')
  await scripJson('migrate')
})

it('says that the database is beyond this version', async () => {
  const database = openDatabase({ url: process.env['DATABASE_URL'] ?? '', poolSize: 1 })
  await database.query(sql`insert into schema_migrations (number, name, hash) values (9999, 'x', 'x')`)
  expect((await findings()).failed).toEqual(['migrations'])
  await database.query(sql`delete from schema_migrations where number = 9999`)
  await database.close()
})

it('finds nothing wrong with a new installation, and makes nothing', async () => {
  const { code, failed, of } = await findings()
  expect([code, failed]).toEqual([0, []])
  expect(of('journal')?.state).toBe('ok')
  expect(of('role')).toMatchObject({ state: 'ok', detail: expect.stringContaining('scrip_app') as string })
  expect(of('master key')).toMatchObject({ state: 'warn', detail: 'there is none yet' })
  await expect(stat(join(dir, 'master.key'))).rejects.toThrow('ENOENT')
  expect(await owner.query(sql`select environment from installation`)).toEqual([])
})

it('finds a journal that the application could change', async () => {
  await owner.query(sql`grant update on entries to scrip_app`)
  const { code, of } = await findings()
  await owner.query(sql`revoke update on entries from scrip_app`)
  expect([code, of('journal')?.state, of('journal')?.detail]).toEqual([
    1,
    'fail',
    'the application could update entries',
  ])
})

it('finds an application that works as its login, which may do more than it should', async () => {
  const [login] = await owner.query<{ is: boolean }>(
    sql`select rolsuper as is from pg_roles where rolname = current_user`,
  )
  const isSuperuser = login?.is === true
  process.env['SCRIP_DATABASE_ROLE'] = 'no_such_role'
  const { failed, of } = await findings()
  delete process.env['SCRIP_DATABASE_ROLE']
  expect(failed).toContain('journal')
  expect(of('role')?.state).toBe(isSuperuser ? 'fail' : 'warn')
})

it('finds a database of the other environment', async () => {
  await owner.query(sql`insert into installation (environment) values ('sandbox')`)
  process.env['SCRIP_ENVIRONMENT'] = 'live'
  expect((await findings()).failed).toEqual(['environment'])
  expect((await scrip('doctor')).out).toContain('→ Set SCRIP_ENVIRONMENT=sandbox')
})

it('finds secrets that others can read, and a setting that is wrong', async () => {
  const file = join(dir, 'demo.json')
  await writeFile(file, '{}')
  await chmod(file, 0o644)
  expect((await findings()).failed).toEqual(['secret files'])
  await rm(file)
  process.env['PORT'] = '99999'
  const { code, of } = await findings()
  expect([code, of('settings')?.detail]).toEqual([
    1,
    'PORT must be a whole number from 0 to 65535, not "99999".',
  ])
})

it('finds a master key that opens nothing; a rotation brings everything under a new one', async () => {
  await scripJson('partner', 'create', '--name', 'A', '--email', 'a@b.example', '--wallet', 'USD')
  expect((await scripJson('key', 'create', '1', '--dialect', 'giftapi')).code).toBe(0)
  expect((await findings()).of('master key')).toMatchObject({
    state: 'ok',
    detail: 'it opens what is encrypted',
  })

  process.env['SCRIP_MASTER_KEY'] = newSecretKey().toString('base64')
  expect((await findings()).failed).toEqual(['master key'])
  delete process.env['SCRIP_MASTER_KEY']

  const former = await readFile(join(dir, 'master.key'), 'utf8')
  const rotated = await scripJson('key', 'rotate-master', '--new-key-file')
  expect(rotated).toMatchObject({
    code: 0,
    json: { rewrapped: expect.any(Number) as number, formerFile: join(dir, 'master.key.old') },
  })
  expect(rotated.json['rewrapped']).toBeGreaterThan(1)
  expect(await readFile(join(dir, 'master.key.old'), 'utf8')).toBe(former)
  expect((await stat(join(dir, 'master.key'))).mode & 0o777).toBe(0o600)
  expect((await findings()).of('master key')?.state).toBe('ok')

  const fromFile = (await readFile(join(dir, 'master.key'), 'utf8')).trim()
  const next = newSecretKey().toString('base64')
  process.env['SCRIP_MASTER_KEY'] = next
  expect(await scripJson('key', 'rotate-master')).toMatchObject({
    code: 1,
    json: { error: { code: 'bad_setting' } },
  })
  expect(await scripJson('key', 'rotate-master', '--new-key-file')).toMatchObject({
    code: 1,
    json: { error: { code: 'bad_setting' } },
  })
  process.env['SCRIP_MASTER_KEY_PREVIOUS'] = fromFile
  expect((await scripJson('key', 'rotate-master')).json).toEqual({ rewrapped: rotated.json['rewrapped'] })
  delete process.env['SCRIP_MASTER_KEY_PREVIOUS']
  expect((await findings()).of('master key')?.state).toBe('ok')
})
