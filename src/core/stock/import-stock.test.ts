import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCodeFiles, numbered } from '../../../test/code-files.ts'
import type { CodeFiles } from '../../../test/code-files.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import type { Database } from '../../platform/database.ts'
import { rawStatement, sql } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { SkuId } from '../../values/ids.ts'
import { openOrderDesk } from '../orders/open-order-desk.ts'
import { placeOrder } from '../orders/place-order.ts'
import { addCodes } from './add-codes.ts'
import { expireCodes } from './expire-codes.ts'
import { findImport, listImportProblems, listImports } from './list-imports.ts'

let database: Database
let world: World
let files: CodeFiles
let made = 0

beforeAll(async () => {
  database = (await createTestDatabase()).database
  world = await createWorld(database)
  files = await createCodeFiles(world)
})

afterAll(() => files.remove())

describe('a file of codes', () => {
  it('becomes stock, sealed, with its pins, serials, addresses and days of expiry', async () => {
    const skuId = await world.sku()
    const result = await files.importText(
      skuId,
      'Serial;CODE;expires_on;Pin;url;colour\nS1; A-1 ;2999-12-31;11;;red\n;A-2;;;https://example.com/redeem?c=A-2;blue\n',
    )
    expect(result).toMatchObject({
      state: 'published',
      lines: 2,
      published: 2,
      duplicates: 0,
      invalid: 0,
      resumed: false,
      problems: [],
    })
    expect((await files.stockOf(skuId)).map(({ id: _, ...code }) => code)).toEqual([
      { code: 'A-1', pin: '11', serial: 'S1', url: undefined, expiresOn: '2999-12-31' },
      {
        code: 'A-2',
        pin: undefined,
        serial: undefined,
        url: 'https://example.com/redeem?c=A-2',
        expiresOn: undefined,
      },
    ])
    expect(await findImport(database, result.importId)).toMatchObject({
      state: 'published',
      fileName: '1.csv',
      lines: 2n,
      published: 2n,
      actor: 'test',
    })
    expect((await listImports(database, { limit: 1 })).rows[0]?.id).toBe(result.importId)
  })

  it('can be sold as soon as it is published', async () => {
    const skuId = await world.sku()
    await files.importText(skuId, 'code,pin\nSOLD-1,77\n')
    const { order } = await placeOrder(
      openOrderDesk(world),
      world.order(await world.partner(100n * unit), skuId),
    )
    expect(order.items[0]?.codes).toMatchObject([{ code: 'SOLD-1', pin: '77' }])
  })

  it('with a duplicate is refused whole, with the lines, and nothing is in stock', async () => {
    const skuId = await world.sku()
    await files.importText(skuId, 'code\nDUP-1\n')
    const result = await files.importText(skuId, 'code\nDUP-2\nDUP-1\nDUP-3\n DUP-2\nDUP-2\n')
    expect(result).toMatchObject({ state: 'refused', lines: 5, published: 0, duplicates: 3, invalid: 0 })
    expect(result.problems).toEqual([
      { line: 3n, problem: 'duplicate_in_stock', detail: '' },
      { line: 5n, problem: 'duplicate_in_file', detail: '' },
      { line: 6n, problem: 'duplicate_in_file', detail: '' },
    ])
    expect(await files.codesOf(skuId)).toEqual(['DUP-1'])
    expect(await count(sql`select count(*) from stock_import_rows`)).toBe(0n)
    expect(await files.importText(skuId, 'code\nDUP-2\nDUP-3\n')).toMatchObject({
      state: 'published',
      published: 2,
    })
  })

  it('with a duplicate to be skipped brings in the rest, the first of equal lines included', async () => {
    const skuId = await world.sku()
    await files.importText(skuId, 'code\nSKIP-1\n')
    const result = await files.importText(
      skuId,
      'code,pin\nSKIP-2,first\nSKIP-1,x\nSKIP-2,second\nSKIP-3,y\n',
      {
        skipDuplicates: true,
      },
    )
    expect(result).toMatchObject({ state: 'published', lines: 4, published: 2, duplicates: 2 })
    expect((await files.stockOf(skuId)).map(({ code, pin }) => [code, pin])).toEqual([
      ['SKIP-1', undefined],
      ['SKIP-2', 'first'],
      ['SKIP-3', 'y'],
    ])
  })

  it('that was published already is all duplicates', async () => {
    const skuId = await world.sku()
    const text = 'code\nAGAIN-1\nAGAIN-2\n'
    await files.importText(skuId, text)
    expect(await files.importText(skuId, text)).toMatchObject({
      state: 'refused',
      duplicates: 2,
      published: 0,
    })
    expect(await files.importText(skuId, text, { skipDuplicates: true })).toMatchObject({
      state: 'published',
      duplicates: 2,
      published: 0,
    })
    expect(await files.codesOf(skuId)).toEqual(['AGAIN-1', 'AGAIN-2'])
  })

  it('does not bring back a code that was sold, withdrawn with its day, or stocked for another SKU of the brand', async () => {
    const [skuId, other] = [await world.sku(), await world.sku()]
    await files.importText(
      skuId,
      'code,expires_on\nGONE-1,2999-01-01\nGONE-2,2999-01-02\nGONE-3,2999-01-03\n',
    )
    const { order } = await placeOrder(
      openOrderDesk(world),
      world.order(await world.partner(100n * unit), skuId),
    )
    expect(order.items[0]?.codes[0]?.code).toBe('GONE-1')
    await database.query(
      sql`update stock_codes set expires_on = current_date - 1 where sku_id = ${skuId} and expires_on = '2999-01-02'`,
    )
    expect(await expireCodes(database, 'test')).toBe(1)
    const result = await files.importText(other, 'code\nGONE-1\nGONE-2\nGONE-3\nGONE-4\n', {
      skipDuplicates: true,
    })
    expect(result).toMatchObject({ published: 1, duplicates: 3 })
    expect(result.problems.map(({ line, problem }) => [line, problem])).toEqual(
      [2n, 3n, 4n].map((line) => [line, 'duplicate_in_stock']),
    )
  })

  it.each([
    ['no code', ',x,,,', /code is missing/],
    ['a code of 513 characters', `${'x'.repeat(513)},x,,,`, /code is longer than 512/],
    ['a control character in its code', 'SECRET\u0007,x,,,', /code holds a control character/],
    ['a NUL in its pin', 'SECRET,\u0000,,,', /pin holds a control character/],
    ['a newline in its pin', 'SECRET,"1\n2",,,', /pin holds a control character/],
    ['a field too many', 'SECRET,x,,,,,', /7 fields where the header has 5/],
    ['a field too few', 'SECRET', /1 field where the header has 5/],
    ['a day that does not exist', 'SECRET,x,,,2999-02-30', /not a calendar day/],
    ['a day in another notation', 'SECRET,x,,,31.12.2999', /not a calendar day/],
    ['a day that has passed', 'SECRET,x,,,2020-01-01', /has expired/],
    ['an address that is none', 'SECRET,x,,javascript:alert(1),', /not an address/],
  ])('with a line that has %s is refused, or brings in the rest', async (_, line, sentence) => {
    const skuId = await world.sku()
    made += 1
    const text = `code,pin,serial,url,expires_on\nOK-${made}-1,,,,\n${line}\nOK-${made}-2,,,,\n`
    const refused = await files.importText(skuId, text)
    expect(refused).toMatchObject({ state: 'refused', lines: 3, published: 0, invalid: 1 })
    expect(refused.problems).toEqual([
      { line: 3n, problem: 'invalid', detail: expect.stringMatching(sentence) },
    ])
    expect(refused.problems[0]?.detail).not.toMatch(/SECRET|xxx|javascript/)
    expect(await files.codesOf(skuId)).toEqual([])
    expect(await files.importText(skuId, text, { skipDuplicates: true })).toMatchObject({ state: 'refused' })
    expect(await files.importText(skuId, text, { skipInvalid: true })).toMatchObject({
      state: 'published',
      published: 2,
      invalid: 1,
    })
  })

  it('that expires today is not taken: the first sale would refuse it', async () => {
    const [row] = await database.query<{ today: string; tomorrow: string }>(
      sql`select current_date::text as today, (current_date + 1)::text as tomorrow`,
    )
    const result = await files.importText(
      await world.sku(),
      `code,expires_on\nTODAY,${row?.today}\nTOMORROW,${row?.tomorrow}\n`,
      { skipInvalid: true },
    )
    expect(result).toMatchObject({
      published: 1,
      problems: [{ line: 2n, detail: 'The code has expired, or expires today.' }],
    })
  })

  it('with both duplicates and invalid lines has all of them listed', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `BOTH-${n % 20}${n % 7 === 3 ? '\u0001' : ''}`)
    const result = await files.importText(await world.sku(), `code\n${lines.join('\n')}\n`)
    expect(result).toMatchObject({ state: 'refused', lines: 30, invalid: 4, duplicates: 8 })
    const listed = [
      ...(await listImportProblems(database, result.importId, 0n, 5)),
      ...(await listImportProblems(database, result.importId, result.problems[4]?.line ?? 0n, 100)),
    ]
    expect(listed.length).toBe(12)
    expect(listed.map(({ line }) => line)).toEqual(
      listed.map(({ line }) => line).toSorted((a, b) => Number(a - b)),
    )
  })

  it.each([
    ['names no column code', 'pin,serial\n1,2\n', /column "code"/],
    ['names a column twice', 'code,pin,code\nSECRET,1,SECRET\n', /"code" twice/],
    ['holds no codes', 'code\n\n', /holds no codes/],
    [
      'is no UTF-8 further down',
      Buffer.concat([Buffer.from(`code\n${numbered('UTF', 12_000)}`), Buffer.of(0xff, 0x0a)]),
      /^Line 12002 is not UTF-8/,
    ],
    [
      'has a stray quote further down',
      `code\n${numbered('QUOTE', 12_000)}SECRET"1\n`,
      /^Line 12002 has a quote/,
    ],
  ])('that %s cannot be read, and leaves nothing staged behind', async (_, text, sentence) => {
    const skuId = await world.sku()
    await expect(files.importText(skuId, text)).rejects.toMatchObject({
      code: 'invalid_file',
      sentence: expect.stringMatching(sentence),
    })
    expect(await count(sql`select count(*) from stock_import_rows`)).toBe(0n)
    expect(
      await count(
        sql`select count(*) from stock_imports where sku_id = ${skuId} and state in ('staging', 'published')`,
      ),
    ).toBe(0n)
    expect(await files.codesOf(skuId)).toEqual([])
  })

  it('for a SKU that does not exist is refused', async () => {
    await expect(
      files.importText('018f0000-0000-7000-8000-00000000dead' as SkuId, 'code\nA\n'),
    ).rejects.toMatchObject({ code: 'sku_not_found' })
  })
})

describe('codes in clear', () => {
  it('are nowhere in the database, whatever became of their lines', async () => {
    const skuId = await world.sku()
    const secret = 'PLAIN7F3A'
    await files.importText(
      skuId,
      `code,pin,serial,url\n${secret}-1,${secret},${secret},https://example.com/${secret}\n`,
    )
    await files.importText(
      skuId,
      `code\n${secret}-1\n${secret}-2\n${secret}-2\n${secret}\u0001\n${secret},${secret}\n`,
    )
    await files
      .importText(skuId, `code\n${secret}-3\n${secret}"4\n`)
      .catch((error: unknown) => expect(String(error)).not.toContain(secret))
    await database.inTransaction((tx) =>
      addCodes(tx, world.keyRing, { skuId, codes: [{ code: `${secret}-5`, pin: secret }], actor: 'test' }),
    )
    await expect(
      database.inTransaction((tx) =>
        addCodes(tx, world.keyRing, { skuId, codes: [{ code: `${secret}\u0001` }], actor: 'test' }),
      ),
    ).rejects.toSatisfy(
      (error) => error instanceof Failure && !`${error.message}${JSON.stringify(error)}`.includes(secret),
    )
    expect(await tablesThatHold('test')).toContain('stock_imports')
    expect(await tablesThatHold(secret)).toEqual([])
  })
})

async function count(statement: ReturnType<typeof sql>): Promise<bigint | undefined> {
  return (await database.query<{ count: bigint }>(statement))[0]?.count
}

/** Tables with a row in which the text stands, as text or as bytes. */
async function tablesThatHold(text: string): Promise<string[]> {
  const tables = await database.query<{ name: string }>(sql`
    select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(c.oid, 'select')`)
  const found: string[] = []
  for (const { name } of tables) {
    const hex = Buffer.from(text).toString('hex')
    // Names of our own tables and a text of this test: nothing that came from outside.
    const [row] = await database.query<{ held: boolean }>(
      rawStatement(
        `select exists (select from ${name} t where t::text ilike '%${text}%' or t::text ilike '%${hex}%') as held`,
      ),
    )
    if (row?.held === true) found.push(name)
  }
  return found
}
