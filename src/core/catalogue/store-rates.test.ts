import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { currencyOf, sampleInput } from '../../../test/sample-catalogue.ts'
import { sql, sqlState } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { selectCatalogue } from './catalogue.sql.ts'
import type { GivenRate } from './rates.ts'
import { readRates } from './read-rates.ts'
import { storeCatalogue } from './store-catalogue.ts'
import { storeRates } from './store-rates.ts'

const one = 10n ** 10n

let database: Database
let folder: string

beforeAll(async () => {
  ;({ database } = await createTestDatabase())
  await database.inTransaction((tx) => storeCatalogue(tx, sampleInput()))
  folder = await mkdtemp(join(tmpdir(), 'scrip-rates-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

function rate(base: string, quote: string, value: bigint, source = 'test'): GivenRate {
  return { base: currencyOf(base), quote: currencyOf(quote), rate: value, source }
}

function store(...rates: GivenRate[]): Promise<{ stored: number; unchanged: number }> {
  return database.inTransaction((tx) => storeRates(tx, rates))
}

async function current(): Promise<{ rates: Record<string, bigint>; version: bigint }> {
  const { rates, version } = await database.inTransaction(selectCatalogue)
  return {
    rates: Object.fromEntries(rates.map(({ base, quote, rate }) => [`${base}/${quote}`, rate])),
    version,
  }
}

async function countRows(): Promise<number> {
  const [row] = await database.query<{ count: number }>(sql`select count(*)::integer as count from fx_rates`)
  return row?.count ?? 0
}

describe('a rate', () => {
  test('is in force from now on; the one before stays in the table', async () => {
    expect(await store(rate('USD', 'EUR', (one * 85n) / 100n), rate('USD', 'JPY', 150n * one))).toEqual({
      stored: 2,
      unchanged: 0,
    })
    const before = await current()
    expect(await store(rate('USD', 'EUR', 9_876_543_211n))).toEqual({ stored: 1, unchanged: 0 })
    expect(await current()).toEqual({
      rates: { 'USD/EUR': 9_876_543_211n, 'USD/JPY': 150n * one },
      version: before.version + 1n,
    })
    expect(await countRows()).toBe(3)
  })

  test('that is in force already is not stored again, and no process is told', async () => {
    const [before, count] = [await current(), await countRows()]
    expect(await store(rate('USD', 'JPY', 150n * one, 'another source'))).toEqual({ stored: 0, unchanged: 1 })
    expect([await current(), await countRows()]).toEqual([before, count])
  })

  test('that was in force once is stored again when it comes back', async () => {
    await store(rate('USD', 'JPY', 151n * one))
    expect(await store(rate('USD', 'JPY', 150n * one))).toEqual({ stored: 1, unchanged: 0 })
    expect((await current()).rates['USD/JPY']).toBe(150n * one)
  })

  test('keeps all its digits, from the smallest to the largest', async () => {
    await store(rate('EUR', 'JPY', 1n), rate('EUR', 'KWD', 10n ** 20n - 1n))
    expect((await current()).rates).toMatchObject({ 'EUR/JPY': 1n, 'EUR/KWD': 10n ** 20n - 1n })
  })

  test('of the transaction that commits last counts, whichever began first', async () => {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let begun: () => void = () => undefined
    const hasBegun = new Promise<void>((resolve) => (begun = resolve))
    const late = database.inTransaction(async (tx) => {
      await tx.query(sql`select now()`) // Its time stands still from here.
      begun()
      await released
      return storeRates(tx, [rate('KWD', 'USD', 4n * one)])
    })
    await hasBegun
    await store(rate('KWD', 'USD', 3n * one))
    release()
    await late
    expect((await current()).rates['KWD/USD']).toBe(4n * one)
  })

  test('of the future is not in force yet', async () => {
    await store(rate('KWD', 'JPY', one))
    await database.query(
      sql`insert into fx_rates (base, quote, rate, source, valid_from) values ('KWD', 'JPY', 2, 'test', now() + interval '1 hour')`,
    )
    expect((await current()).rates['KWD/JPY']).toBe(one)
  })

  test('cannot be changed or deleted by the application', async () => {
    const changed: unknown = await database.query(sql`update fx_rates set rate = 1`).catch(sqlState)
    const deleted: unknown = await database.query(sql`delete from fx_rates`).catch(sqlState)
    expect([changed, deleted]).toEqual(['42501', '42501'])
  })
})

describe('rates are refused, all of them', () => {
  test.each<[string, GivenRate[], RegExp]>([
    ['with an unknown currency', [rate('USD', 'EUR', one), rate('USD', 'XXX', one)], /"XXX"/],
    ['with a pair of one currency', [rate('USD', 'EUR', one), rate('USD', 'USD', one)], /itself/],
    ['with a rate of zero', [rate('USD', 'EUR', 0n)], /positive/],
    ['with a negative rate', [rate('USD', 'EUR', -one)], /positive/],
    ['with a rate that is too large', [rate('USD', 'EUR', 10n ** 20n)], /below/],
    [
      'with a pair that stands there twice',
      [rate('USD', 'EUR', one), rate('USD', 'EUR', 2n * one)],
      /USD\/EUR stands there 2 times/,
    ],
    ['without a source', [rate('USD', 'EUR', one, ' ')], /source/],
  ])('%s', async (_name, rates, sentence) => {
    const before = await countRows()
    const error: unknown = await store(...rates).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({ code: 'validation_failed', sentence: expect.stringMatching(sentence) })
    expect(await countRows()).toBe(before)
  })
})

describe('a file of rates', () => {
  async function importText(text: string): Promise<{ stored: number; unchanged: number }> {
    const path = join(folder, 'rates.csv')
    await writeFile(path, text)
    const rates = await readRates(path, 'bank')
    return database.inTransaction((tx) => storeRates(tx, rates))
  }

  test('is stored digit by digit, with the source of each line or of the file', async () => {
    expect(await importText('Base,Quote,Rate,Source\nJPY,USD,0.0066666667,ecb\n JPY , EUR ,6e-3,\n')).toEqual(
      { stored: 2, unchanged: 0 },
    )
    expect((await current()).rates).toMatchObject({ 'JPY/USD': 66_666_667n, 'JPY/EUR': 60_000_000n })
    const sources = await database.query(sql`select source from fx_rates where base = 'JPY' order by quote`)
    expect(sources).toEqual([{ source: 'bank' }, { source: 'ecb' }])
  })

  test.each<[string, string, RegExp]>([
    ['without the columns', 'from,to,rate\nUSD,EUR,1\n', /columns base, quote and rate/],
    ['without lines', 'base,quote,rate\n', /no rates/],
    ['with a rate that is no number', 'base,quote,rate\nUSD,EUR,0.9\nUSD,JPY,many\n', /Line 3/],
    ['with more digits than are kept', 'base,quote,rate\nUSD,EUR,0.12345678901\n', /Line 2/],
    ['with a currency that is none', 'base,quote,rate\nusd,EUR,1\n', /Line 2/],
    ['with a line that lacks a field', 'base,quote,rate\nUSD,EUR\n', /Line 2/],
  ])('%s is refused', async (_name, text, sentence) => {
    const before = await countRows()
    const error: unknown = await importText(text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({ code: 'invalid_file', sentence: expect.stringMatching(sentence) })
    expect(await countRows()).toBe(before)
  })
})
