import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { createWorld } from '../../test/world.ts'
import type { World } from '../../test/world.ts'
import { sql } from '../platform/database.ts'
import type { SkuId } from '../values/ids.ts'
import type { Result } from './command.ts'
import type { Context } from './context.ts'
import { stock } from './stock.ts'

let world: World
let context: Context
let dir: string
let skuId: SkuId
let skuCode: string
const shown: { done: number; total: number }[] = []

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  dir = await mkdtemp(join(tmpdir(), 'scrip-stock-'))
  skuId = await world.sku()
  skuCode =
    (await database.query<{ code: string }>(sql`select code from skus where id = ${skuId}`))[0]?.code ?? ''
  const progress = {
    at: (done: number, total: number) => void shown.push({ done, total }),
    end: () => undefined,
    fail: () => undefined,
  }
  // All that the commands about stock ask a context for.
  context = {
    database: async () => database,
    keyRing: async () => world.keyRing,
    actor: 'cli:test',
    progress: () => progress,
  } as unknown as Context
})

afterAll(() => rm(dir, { recursive: true }))

describe('scrip stock import', () => {
  it('takes the SKU by its code or its id, tells what came in, and never goes back on its bar', async () => {
    const result = await run('import', { file: await write('code\nA-1\nA-2\n'), sku: skuCode })
    expect(result.ok).toBe(true)
    expect(result.text[0]).toBe(`2 of 2 codes are in stock for ${skuCode}.`)
    expect(result.json).toMatchObject({ state: 'published', published: 2, problems: [] })
    expect(await run('import', { file: await write('code\nA-3\n'), sku: skuId })).toMatchObject({
      json: { published: 1 },
    })
    const first = shown.slice(0, shown.findIndex(({ done }) => done === 1_000) + 1).map(({ done }) => done)
    expect(first.at(-1)).toBe(1_000)
    expect(first).toEqual(first.toSorted((a, b) => a - b))
  })

  it('fails with the first 20 problem lines and a count, writes all of them to a file, and no code anywhere', async () => {
    const lines = Array.from({ length: 30 }, () => 'SECRET-1').join('\n')
    const problems = join(dir, 'problems.csv')
    const result = await run('import', {
      file: await write(`code\n${lines}\nSECRET\u0001\n`),
      sku: skuCode,
      problems,
    })
    expect(result.ok).toBe(false)
    expect(result.text[0]).toBe(
      'The file was refused and nothing is in stock: of 31 lines, 29 duplicates, 1 invalid.',
    )
    expect(result.text.filter((line) => line.startsWith('  line '))).toHaveLength(20)
    expect(result.text[1]).toBe('  line 3: The code stands in the file before.')
    expect(result.text).toContain('  and 10 more')
    const written = (await readFile(problems, 'utf8')).trimEnd().split('\n')
    expect(written).toHaveLength(31)
    expect(written.at(-1)).toBe('32,invalid,"The code holds a control character."')
    expect(
      `${result.text.join('\n')}${JSON.stringify(result.json, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}${written.join('\n')}`,
    ).not.toContain('SECRET')
  })

  it('takes the rest when duplicates are to be skipped', async () => {
    const result = await run('import', {
      file: await write('code\nA-1\nB-1\n'),
      sku: skuCode,
      skipDuplicates: true,
    })
    expect(result).toMatchObject({ ok: true, json: { published: 1, duplicates: 1 } })
    expect(result.text.slice(0, 2)).toEqual([
      `1 of 2 codes are in stock for ${skuCode}; left out: 1 duplicate, 0 invalid.`,
      '  line 2: The code was imported before.',
    ])
  })

  it('for an unknown SKU, or a file that is not there, throws the failure that says so', async () => {
    await expect(run('import', { file: 'none.csv', sku: 'none' })).rejects.toMatchObject({
      code: 'sku_not_found',
    })
    await expect(run('import', { file: join(dir, 'none.csv'), sku: skuCode })).rejects.toMatchObject({
      code: 'invalid_file',
    })
  })
})

describe('scrip stock', () => {
  it('levels shows the SKUs that run low', async () => {
    const result = await run('levels', { low: 1_000, limit: 50 })
    expect(result.text.find((line) => line.startsWith(skuCode))).toMatch(/4 {2}never$/)
    expect((await run('levels', { low: 0, limit: 50 })).text).toEqual(['No SKU has such a stock.'])
  })

  it('imports goes on where a page ended', async () => {
    const first = await run('imports', { limit: 1 })
    expect(first.text).toHaveLength(5)
    const nextCursor = /--after (\S+)$/.exec(first.text[4] ?? '')?.[1]
    const second = await run('imports', { limit: 50, cursor: nextCursor })
    expect(second.text.length).toBeGreaterThan(3)
    expect(second.text).not.toContain(first.text[2])
  })

  it('check proves the stock, expire and withdraw take codes out of it, and it still holds', async () => {
    const { json } = await run('import', { file: await write('code\nW-1\nW-2\n'), sku: skuCode })
    expect(json).toHaveProperty('importId')
    const importId =
      typeof json === 'object' && json !== null && 'importId' in json ? json.importId : undefined
    expect(await run('withdraw', { importId, note: 'recalled' })).toMatchObject({ json: { withdrawn: 2 } })
    expect(await run('withdraw', { importId, note: 'recalled' })).toMatchObject({ json: { withdrawn: 0 } })
    const database = await context.database()
    expect(await database.query(sql`select details from audit_log where action = 'stock.withdrawn'`)).toEqual(
      [{ details: { count: 2, importId, note: 'recalled' } }],
    )
    await database.query(
      sql`update stock_codes set expires_on = current_date where id = (select min(id::text)::uuid from stock_codes where sku_id = ${skuId})`,
    )
    expect(await run('expire', {})).toMatchObject({
      json: { expired: 1 },
      text: ['1 expired code was taken out of the stock.'],
    })
    const check = await run('check', {})
    expect(check.ok).toBe(true)
    expect(check.text).toHaveLength(6)
  })

  it('check fails when the stock is not exact', async () => {
    const database = await context.database()
    await database.query(
      sql`insert into stock_movements (sku_id, change, reason) values (${skuId}, 1, 'import')`,
    )
    const check = await run('check', {})
    expect(check.ok).toBe(false)
    expect(check.text[0]).toMatch(new RegExp(`^BROKEN .*Broken by ${skuId}\\.$`))
    await database.query(
      sql`insert into stock_movements (sku_id, change, reason) values (${skuId}, -1, 'import')`,
    )
  })

  it('abandon ends an interrupted import and leaves one that has ended as it is', async () => {
    const database = await context.database()
    const [left] = await database.query<{ id: string }>(sql`
      insert into stock_imports (id, sku_id, file_name, file_hash, rows_staged, next_line) values (uuidv7(), ${skuId}, 'left.csv', 'left', 1, 3) returning id`)
    await database.query(sql`
      insert into stock_import_rows values (${left?.id}, 2, gen_random_uuid(), gen_random_uuid(), 'infinity', gen_random_uuid(), '')`)
    expect(await run('abandon', { importId: left?.id })).toMatchObject({
      ok: true,
      text: ['The import of left.csv is abandoned.'],
    })
    expect(await database.query(sql`select from stock_import_rows`)).toEqual([])
    expect(await run('abandon', { importId: left?.id })).toMatchObject({ ok: true })
    await expect(run('abandon', { importId: '018f0000-0000-7000-8000-00000000dead' })).rejects.toMatchObject({
      code: 'import_not_found',
    })
  })
})

async function run(name: string, input: Record<string, unknown>): Promise<Result> {
  const leaf = stock.commands.find((one) => one.name === name)
  const result = leaf !== undefined && 'run' in leaf ? await leaf.run(context, input) : undefined
  if (result === undefined) throw new Error(`There is no result of ${name}.`)
  return result
}

let files = 0

async function write(text: string): Promise<string> {
  files += 1
  const path = join(dir, `${files}.csv`)
  await writeFile(path, text)
  return path
}
