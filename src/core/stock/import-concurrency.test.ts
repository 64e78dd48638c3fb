import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCodeFiles, numbered } from '../../../test/code-files.ts'
import type { CodeFiles } from '../../../test/code-files.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { openCsv } from '../../platform/csv.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { addCodes } from './add-codes.ts'
import { checkStock } from './check-stock.ts'
import { claimFile } from './claim-file.ts'
import { disownImport, insertStagedChunk, touchImport } from './imports.sql.ts'
import { publishImport } from './publish-import.ts'

let database: Database
let world: World
let files: CodeFiles

beforeAll(async () => {
  database = (await createTestDatabase()).database
  world = await createWorld(database)
  files = await createCodeFiles(world)
})

afterAll(() => files.remove())

describe('two imports at once', () => {
  it('of files that overlap bring each code in once', async () => {
    const [one, other] = [await world.sku(), await world.sku()]
    const [low, high] = await Promise.all([
      files.importText(one, `code\n${numbered('OVER', 9_000)}`, { skipDuplicates: true }),
      files.importText(other, `code\n${numbered('OVER', 12_000, 3_000)}`, { skipDuplicates: true }),
    ])
    expect(low.published + high.published).toBe(12_000)
    expect(low.duplicates + high.duplicates).toBe(6_000)
    expect(new Set([...(await files.codesOf(one)), ...(await files.codesOf(other))]).size).toBe(12_000)
  })

  it('of files that overlap, where nothing is skipped, publish one and refuse the other', async () => {
    const results = await Promise.all(
      [0, 1].map(async (n) => files.importText(await world.sku(), `code\n${numbered('RACE', 6_000 + n)}`)),
    )
    expect(results.map(({ state }) => state).toSorted()).toEqual(['published', 'refused'])
    const [published, refused] = results.toSorted((a, b) => b.published - a.published)
    expect(published?.published).toBe(published?.lines)
    expect(refused).toMatchObject({ published: 0, duplicates: 6_000 })
  })

  it('of the same file for the same SKU bring it in once', async () => {
    const skuId = await world.sku()
    const path = await files.write(`code\n${numbered('SAME', 12_000)}`)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => files.importPath(skuId, path)))
    const published = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value.state === 'published',
    )
    expect(published.length).toBe(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          code: 'unavailable',
          sentence: expect.stringContaining('another process'),
        })
    }
    expect((await files.codesOf(skuId)).length).toBe(12_000)
  })

  it('of the same file: the second is told that another process is at work as long as that one gives signs of life', async () => {
    const skuId = await world.sku()
    const path = await files.write('code\nHELD-1\n')
    const file = await openCsv(path)
    const claim = await claimFile(database, { skuId, file, actor: 'test', report: () => undefined })
    const signs = setInterval(() => void touchImport(database, claim.id, claim.owner), 100)
    await expect(files.importPath(skuId, path)).rejects.toMatchObject({
      code: 'unavailable',
      sentence: expect.stringContaining('another process'),
    })
    clearInterval(signs)
    await file.close()
    expect(await files.codesOf(skuId)).toEqual([])
  })

  it('of the same file: a process that was taken for dead, and is not, can neither stage nor publish any more', async () => {
    const skuId = await world.sku()
    const path = await files.write('code\nZOMBIE-1\n')
    const file = await openCsv(path)
    const zombie = await claimFile(database, { skuId, file, actor: 'test', report: () => undefined })
    const chunk = { codes: [], invalid: [], fromLine: 2, nextLine: 3, nextOffset: 14 }
    expect(await insertStagedChunk(database, zombie.id, zombie.owner, { ...chunk, fromLine: 1 })).toBe(false)
    await database.query(sql`
      update stock_imports set seen_at = now() - interval '11 seconds' where id = ${zombie.id}`)
    const heir = await claimFile(database, { skuId, file, actor: 'test', report: () => undefined })
    expect(heir).toMatchObject({ id: zombie.id, position: file.start })
    await file.close()
    expect(await insertStagedChunk(database, zombie.id, zombie.owner, chunk)).toBe(false)
    const order = { actor: 'test' }
    const publishing = publishImport(database, { claim: zombie, skuId, order, report: () => undefined })
    await expect(publishing).rejects.toMatchObject({ code: 'unavailable' })
    await disownImport(database, heir.id, heir.owner)
    expect(await files.importPath(skuId, path)).toMatchObject({ state: 'published', published: 1 })
  })

  it('beside sales: every sold code is of the stock, none is sold twice, and the stock adds up', async () => {
    const skuId = await world.sku()
    await files.importText(skuId, `code\n${numbered('SALE-A', 500)}`)
    const partner = await world.partner(100_000n * unit)
    const desk = openOrderDesk(world)
    const buying = Promise.all(
      Array.from(
        { length: 400 },
        async () => (await placeOrder(desk, world.order(partner, skuId))).order.items[0]?.codes[0]?.code,
      ),
    )
    const [sold, imported] = await Promise.all([
      buying,
      files.importText(skuId, `code\n${numbered('SALE-B', 20_000)}`),
    ])
    expect(imported).toMatchObject({ state: 'published', published: 20_000 })
    expect(new Set(sold).size).toBe(400)
    expect((await files.codesOf(skuId)).length).toBe(20_100)
    expect(await checkStock(database)).toMatchObject({ ok: true })
  })

  it('a small lot with codes of a file that is being imported: each code comes in once', async () => {
    const skuId = await world.sku()
    const importing = files.importText(skuId, `code\n${numbered('LOT', 20_000)}`, { skipDuplicates: true })
    const lots = []
    for (let lot = 0; lot < 20; lot += 1) {
      const codes = [{ code: `LOT-${lot * 900 + 1}` }, { code: `LOT-EXTRA-${lot}` }]
      lots.push(
        await database.inTransaction((tx) => addCodes(tx, world.keyRing, { skuId, codes, actor: 'test' })),
      )
    }
    const { published } = await importing
    expect(published + lots.reduce((sum, { added }) => sum + added, 0)).toBe(20_020)
    expect(new Set(await files.codesOf(skuId)).size).toBe(20_020)
  })
})
