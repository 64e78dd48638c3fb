import { beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import type { Database, Statement } from '../../platform/database.ts'
import { sql } from '../../platform/database.ts'
import type { CodeId, SkuId } from '../../values/ids.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { addCodes } from './add-codes.ts'
import { checkStock } from './check-stock.ts'
import { expireCodes } from './expire-codes.ts'
import { findStockSku } from './find-stock-sku.ts'
import { rollUpStock } from './roll-up-stock.ts'
import { stockLevels } from './stock-levels.ts'
import type { NewCode } from './stock.ts'
import { withdrawCodes } from './withdraw-codes.ts'

let database: Database
let world: World

beforeAll(async () => {
  database = (await createTestDatabase()).database
  world = await createWorld(database)
})

describe('a small lot of codes', () => {
  it('is refused for a SKU whose buyer names the amount', async () => {
    const skuId = await world.sku()
    await database.query(sql`
      update skus set kind = 'range', face_value = null, least_value = 1, most_value = 2 where id = ${skuId}`)
    const adding = database.inTransaction((tx) =>
      addCodes(tx, world.keyRing, { skuId, codes: [{ code: 'RANGE-1' }], actor: 'test' }),
    )
    await expect(adding).rejects.toMatchObject({ code: 'validation_failed', fields: [{ field: 'sku' }] })
    expect(await countOf(skuId)).toBe(0n)
  })

  it('comes in with the caller’s transaction, and not without it', async () => {
    const skuId = await world.sku()
    await expect(
      database.inTransaction(async (tx) => {
        await addCodes(tx, world.keyRing, { skuId, codes: [{ code: 'LOT-1' }], actor: 'test' })
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await countOf(skuId)).toBe(0n)
    expect(await add(skuId, [{ code: 'LOT-1' }])).toEqual({ added: 1, duplicates: 0 })
  })

  it('leaves out what is in it twice or was ever imported, and counts it', async () => {
    const skuId = await world.sku()
    expect(await add(skuId, [{ code: 'TWICE' }, { code: ' TWICE ' }, { code: 'twice' }])).toEqual({
      added: 2,
      duplicates: 1,
    })
    expect(await add(await world.sku(), [{ code: 'TWICE' }])).toEqual({ added: 0, duplicates: 1 })
    expect(await checkStock(database)).toMatchObject({ ok: true })
  })

  it('with a malformed code is refused whole, by its place', async () => {
    const skuId = await world.sku()
    await expect(
      add(skuId, [{ code: 'FINE' }, { code: '' }, { code: 'OLD', expiresOn: '2020-01-01' }]),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [
        { field: 'codes.1', sentence: 'The code is missing.' },
        { field: 'codes.2', sentence: 'The code has expired, or expires today.' },
      ],
    })
    expect(await countOf(skuId)).toBe(0n)
  })

  it('for an unknown SKU is refused', async () => {
    await expect(add('018f0000-0000-7000-8000-00000000dead' as SkuId, [{ code: 'X' }])).rejects.toMatchObject(
      { code: 'sku_not_found' },
    )
  })

  it('is found by the SKU’s id and by its code', async () => {
    const skuId = await world.sku()
    const byId = await findStockSku(database, skuId.toUpperCase())
    expect(byId.id).toBe(skuId)
    expect(await findStockSku(database, byId.code)).toEqual(byId)
    await expect(findStockSku(database, 'no-such-sku')).rejects.toMatchObject({ code: 'sku_not_found' })
  })
})

describe('stock levels', () => {
  it('tell what is left of each SKU that was ever stocked, a page at a time', async () => {
    const [low, high, never] = [await world.sku(), await world.sku(), await world.sku()]
    await world.stock(low, 3, '2999-05-01')
    await world.stock(high, 40)
    await placeOrder(openOrderDesk(world), world.order(await world.partner(100n * unit), low))
    const all = await everyLevel()
    expect(all.find((level) => level.skuId === low)).toMatchObject({
      count: 2n,
      nextExpiry: '2999-05-01',
      name: expect.stringContaining('Test card'),
    })
    expect(all.find((level) => level.skuId === high)).toMatchObject({ count: 40n, nextExpiry: undefined })
    expect(all.find((level) => level.skuId === never)).toBeUndefined()
    expect(new Set(all.map((level) => level.skuId)).size).toBe(all.length)
    const few = await everyLevel(2n)
    expect(few.every((level) => level.count <= 2n)).toBe(true)
    expect(few.map((level) => level.skuId)).toContain(low)
    expect(few.map((level) => level.skuId)).not.toContain(high)
  })

  it('refuse a cursor of another filter', async () => {
    const { nextCursor } = await stockLevels(database, {}, { limit: 1 })
    expect(nextCursor).toBeDefined()
    await expect(
      stockLevels(database, { lowest: 5n }, { limit: 1, cursor: nextCursor }),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('rolling up', () => {
  it('loses no movement that comes in meanwhile, however many roll up at once', async () => {
    const skuId = await world.sku()
    const adding = (async () => {
      for (let lot = 0; lot < 60; lot += 1)
        await add(skuId, [{ code: `ROLL-${lot}-1` }, { code: `ROLL-${lot}-2` }])
    })()
    const rolling = [1, 2, 3].map(async () => {
      for (let round = 0; round < 30; round += 1) await rollUpStock(database)
    })
    await Promise.all([adding, ...rolling])
    expect(await movementsOf(skuId)).toBe(120n)
    await rollUpStock(database)
    const rows = await database.query(sql`select change, reason from stock_movements where sku_id = ${skuId}`)
    expect(rows).toEqual([{ change: 120n, reason: 'total' }])
    expect(await rollUpStock(database)).toBe(0)
  })
})

describe('codes that leave the stock unsold', () => {
  it('because they expired are kept aside, with their movements; the others stay', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 5, '2999-01-01')
    await world.stock(skuId, 2)
    await database.query(sql`
      update stock_codes set expires_on = current_date where id in (select id from stock_codes where sku_id = ${skuId} and expires_on < 'infinity' order by id limit 3)`)
    expect(await expireCodes(database, 'test')).toBe(3)
    expect(await countOf(skuId)).toBe(4n)
    expect(await movementsOf(skuId)).toBe(4n)
    const kept = await database.query(sql`select reason, actor from stock_withdrawn where sku_id = ${skuId}`)
    expect(kept).toEqual([1, 2, 3].map(() => ({ reason: 'expiry', actor: 'test' })))
    expect(await expireCodes(database, 'test')).toBe(0)
    expect(await checkStock(database)).toMatchObject({ ok: true })
  })

  it('because they are withdrawn: one import’s, or those named', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 4)
    await world.stock(skuId, 3)
    const [first] = await database.query<{ id: CodeId; importId: never }>(sql`
      select id, import_id as "importId" from stock_codes where sku_id = ${skuId} order by id limit 1`)
    expect(first).toBeDefined()
    if (first === undefined) return
    const why = { note: 'recalled', actor: 'test' }
    expect(await withdrawCodes(database, { skuId, codeIds: [first.id] }, why)).toBe(1)
    expect(await withdrawCodes(database, { skuId: await world.sku(), importId: first.importId }, why)).toBe(0)
    expect(await withdrawCodes(database, { skuId, importId: first.importId }, why)).toBe(3)
    expect(await countOf(skuId)).toBe(3n)
    expect(await movementsOf(skuId)).toBe(3n)
  })

  it('are not the ones that a sale holds', async () => {
    const skuId = await world.sku()
    await world.stock(skuId, 2, '2999-01-01')
    await database.query(sql`update stock_codes set expires_on = current_date where sku_id = ${skuId}`)
    await database.inTransaction(async (tx) => {
      await tx.query(sql`select id from stock_codes where sku_id = ${skuId} order by id limit 1 for update`)
      expect(await expireCodes(database, 'test')).toBe(1)
    })
    expect(await expireCodes(database, 'test')).toBe(1)
  })

  it('cannot be changed or brought back by the application’s role', async () => {
    await expect(database.query(sql`delete from stock_withdrawn`)).rejects.toMatchObject({ code: '42501' })
    await expect(
      database.query(sql`update code_fingerprints set import_id = import_id`),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the check', () => {
  const everyName = async (): Promise<string[]> =>
    (await checkStock(database)).checks.filter(({ ok }) => !ok).map(({ name }) => name)

  it.each<[string, string, (skuId: SkuId) => Statement]>([
    [
      'a code that vanished from the stock',
      'movements_match_stock',
      (skuId) =>
        sql`delete from stock_codes where id = (select id from stock_codes where sku_id = ${skuId} limit 1)`,
    ],
    [
      'a movement too many',
      'movements_match_stock',
      (skuId) => sql`insert into stock_movements (sku_id, change, reason) values (${skuId}, 1, 'import')`,
    ],
    [
      'a code without its fingerprint',
      'codes_have_one_fingerprint',
      (skuId) =>
        sql`delete from code_fingerprints where code_id = (select id from stock_codes where sku_id = ${skuId} limit 1)`,
    ],
    [
      'a code with two fingerprints',
      'codes_have_one_fingerprint',
      (skuId) =>
        sql`insert into code_fingerprints select gen_random_uuid(), id, import_id from stock_codes where sku_id = ${skuId} limit 1`,
    ],
    [
      'a fingerprint without its code',
      'fingerprints_have_codes',
      () =>
        sql`insert into code_fingerprints values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid())`,
    ],
    [
      'a code that was sold and is in stock again',
      'codes_are_in_one_place',
      () => sql`
      insert into stock_codes (sku_id, id, data_key_id, ciphertext, import_id)
      select i.sku_id, c.code_id, c.data_key_id, c.ciphertext, gen_random_uuid() from order_codes c join order_items i using (partner_id, order_id, item) limit 1`,
    ],
    [
      'a code that was sold twice',
      'codes_are_in_one_place',
      () => sql`
      insert into order_codes (partner_id, order_id, item, position, code_id, data_key_id, ciphertext, expires_on)
      select partner_id, order_id, item, position + 1000, code_id, data_key_id, ciphertext, expires_on from order_codes limit 1`,
    ],
    [
      'an import that brought in less than it says',
      'imports_match_codes',
      () =>
        sql`update stock_imports set rows_published = rows_published + 1 where id = (select id from stock_imports limit 1)`,
    ],
    [
      'staged codes of an import that has ended',
      'nothing_left_staged',
      () =>
        sql`insert into stock_import_rows values (gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), 'infinity', gen_random_uuid(), '')`,
    ],
  ])('sees %s', async (_, name, defect) => {
    const skuId = await world.sku()
    await world.stock(skuId, 3)
    await placeOrder(openOrderDesk(world), world.order(await world.partner(100n * unit), skuId))
    expect(await everyName()).toEqual([])
    const undone = new Error('undone')
    const planted = database.inTransaction(async (tx) => {
      await tx.query(defect(skuId))
      const report = await checkStock(tx)
      expect(report.ok).toBe(false)
      expect(report.checks.filter(({ ok }) => !ok).map((check) => check.name)).toContain(name)
      throw undone
    })
    await expect(planted).rejects.toBe(undone)
  })
})

async function add(skuId: SkuId, codes: readonly NewCode[]): Promise<{ added: number; duplicates: number }> {
  return database.inTransaction((tx) => addCodes(tx, world.keyRing, { skuId, codes, actor: 'test' }))
}

async function everyLevel(lowest?: bigint) {
  const levels = []
  let cursor: string | undefined
  do {
    const page = await stockLevels(database, { lowest }, { limit: 2, cursor })
    levels.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return levels
}

async function countOf(skuId: SkuId): Promise<bigint | undefined> {
  return (
    await database.query<{ count: bigint }>(sql`select count(*) from stock_codes where sku_id = ${skuId}`)
  )[0]?.count
}

async function movementsOf(skuId: SkuId): Promise<bigint | undefined> {
  return (
    await database.query<{ total: bigint }>(
      sql`select sum(change)::bigint as total from stock_movements where sku_id = ${skuId}`,
    )
  )[0]?.total
}
