import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { readMasterKey } from '../src/platform/config.ts'
import { scrip } from './command-line.ts'
import { createTestDatabase } from './database.ts'
import { createWorld } from './world.ts'
import type { World } from './world.ts'

/** A world that command lines of this test file work on as well, under the same master key, and a directory for their files. */
export async function createCommandLineWorld(): Promise<World & { readonly dir: string }> {
  const { database, url } = await createTestDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'scrip-commands-'))
  Object.assign(process.env, { DATABASE_URL: url, SCRIP_DATA_DIR: dir, SCRIP_ENVIRONMENT: 'sandbox' })
  // The template lacks what the job queue keeps for itself.
  const { code, err } = await scrip('migrate')
  if (code !== 0) throw new Error(err)
  afterAll(async () => {
    delete process.env['DATABASE_URL']
    await rm(dir, { recursive: true })
  })
  return { ...(await createWorld(database, await openKeyRing(database, readMasterKey(dir)))), dir }
}
