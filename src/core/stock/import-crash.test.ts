import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCodeFiles, numbered } from '../../../test/code-files.ts'
import type { CodeFiles } from '../../../test/code-files.ts'
import { createTestDatabase } from '../../../test/database.ts'
import type { TestDatabase } from '../../../test/database.ts'
import type { ImportProcessOrder } from '../../../test/stock-import-process.ts'
import { createWorld } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import type { SkuId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import { checkStock } from './check-stock.ts'

let test: TestDatabase
let world: World
let files: CodeFiles
const masterKey = newSecretKey()
/** More than one slice of the publication. */
const codes = 60_000

beforeAll(async () => {
  test = await createTestDatabase()
  world = await createWorld(test.database, await openKeyRing(test.database, masterKey))
  files = await createCodeFiles(world)
})

afterAll(() => files.remove())

describe('an import whose process is killed (SIGKILL)', () => {
  it.each([
    ['while it stages', { phase: 'staging', done: 600_000 }],
    ['while it looks for duplicates', { phase: 'checking', done: 40_000 }],
    ['while it publishes', { phase: 'publishing', done: 40_000 }],
  ] as const)(
    '%s leaves nothing in stock, and the next one goes on and brings each code in exactly once',
    async (name, stopAt) => {
      const skuId = await world.sku()
      const lines = numbered(name.replaceAll(' ', '-').toUpperCase(), codes)
      const path = await files.write(`code\n${lines}`)

      await runUntilKilled({ url: test.url, masterKey: masterKey.toString('hex'), skuId, path, stopAt })
      expect(await files.codesOf(skuId)).toEqual([])
      const [left] = await test.database.query<{ staged: bigint }>(sql`
      select rows_staged as staged from stock_imports where sku_id = ${skuId} and state = 'staging'`)
      expect(left?.staged).toSatisfy((staged: bigint) =>
        stopAt.phase === 'staging' ? staged > 0n && staged < codes : staged === BigInt(codes),
      )

      await letTenSecondsPass(skuId)
      const result = await files.importPath(skuId, path)
      expect(result).toMatchObject({
        state: 'published',
        resumed: true,
        lines: codes,
        published: codes,
        duplicates: 0,
        invalid: 0,
      })
      expect((await files.codesOf(skuId)).toSorted()).toEqual(lines.trimEnd().split('\n').toSorted())
      expect(await checkStock(test.database)).toMatchObject({ ok: true })
    },
    90_000,
  )
})

/** Starts the import in a process of its own and kills it at the very place where it stands still. */
async function runUntilKilled(order: ImportProcessOrder): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../../test/stock-import-process.ts'), JSON.stringify(order)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  expect(String(said)).toBe('stopped\n')
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
}

/** The database's clock is what decides that an owner is dead; a lock that its session still holds is waited for. */
async function letTenSecondsPass(skuId: SkuId): Promise<void> {
  await test.database.query(
    sql`update stock_imports set seen_at = seen_at - interval '10 seconds' where sku_id = ${skuId}`,
  )
}
