import { beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { BadSetting } from '../../platform/config.ts'
import type { Database } from '../../platform/database.ts'
import { claimEnvironment } from './claim-environment.ts'
import { inspectInstallation, inspectServer } from './inspect-installation.ts'

let database: Database

beforeAll(async () => {
  database = (await createTestDatabase()).database
})

it('the first start decides which environment a database serves, also when several start at once, and it never changes', async () => {
  expect((await inspectInstallation(database)).environment).toBeUndefined()
  const starts = await Promise.allSettled(
    Array.from({ length: 8 }, (_, place) => claimEnvironment(database, place % 2 === 0 ? 'live' : 'sandbox')),
  )
  const { environment } = await inspectInstallation(database)
  expect(starts.filter((start) => start.status === 'fulfilled')).toHaveLength(4)
  if (environment === undefined) throw new Error('Nobody decided.')
  await claimEnvironment(database, environment)
  const other = environment === 'live' ? 'sandbox' : 'live'
  await expect(claimEnvironment(database, other)).rejects.toThrow(BadSetting)
  await expect(claimEnvironment(database, other)).rejects.toThrow(
    `SCRIP_ENVIRONMENT is ${other}, but this database serves ${environment}`,
  )
})

it("tells the application's role, that the journal is closed to it, and how the server stands", async () => {
  expect(await inspectInstallation(database)).toMatchObject({
    role: 'scrip_app',
    isSuperuser: false,
    openTables: [],
    partitionsAheadDays: -1,
  })
  const { version, clockAheadMs } = await inspectServer(database)
  expect(version.number).toBeGreaterThanOrEqual(150_000)
  expect(Math.abs(clockAheadMs)).toBeLessThan(60_000)
})
