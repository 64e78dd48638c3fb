import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { currencyOf, sampleInput } from '../../../test/sample-catalogue.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, SkuId } from '../../values/ids.ts'
import type { PriceRule } from './catalogue.ts'
import { selectCatalogue } from './catalogue.sql.ts'
import type { PriceRuleInput } from './input.ts'
import { setPriceRule } from './set-price-rule.ts'
import { storeCatalogue } from './store-catalogue.ts'

const percent = 1_000_000n
const partnerId = newId<PartnerId>()
const usd = currencyOf('USD')

let database: Database

beforeAll(async () => {
  ;({ database } = await createTestDatabase())
  await database.inTransaction((tx) => storeCatalogue(tx, sampleInput()))
  await database.query(
    sql`insert into partners (id, name, email) values (${partnerId}, 'Initech', 'it@example.com')`,
  )
})

async function set(input: PriceRuleInput): Promise<void> {
  await database.inTransaction((tx) => setPriceRule(tx, input))
}

async function read(): Promise<{ rules: readonly PriceRule[]; version: bigint; skuId: SkuId }> {
  const { rules, version, skus } = await database.inTransaction(selectCatalogue)
  const skuId = skus.find(({ code }) => code === 'globex-any-25')?.id
  if (skuId === undefined) throw new Error('The sample lacks a SKU.')
  return { rules, version, skuId }
}

describe('a rule', () => {
  test('comes back exactly as it was given, for each scope, by code and by id', async () => {
    const { skuId } = await read()
    const markupPercent = -12_345_678n
    await set({ scope: { kind: 'all' }, markupPercent })
    await set({ scope: { kind: 'category', code: 'games' }, markupPercent, markupFixed: 1n })
    await set({ scope: { kind: 'brand', code: 'globex' }, markupPercent: 1_000n * percent })
    await set({ partnerId, scope: { kind: 'product', code: 'globex-any' }, markupFixed: 10n ** 18n })
    await set({ scope: { kind: 'sku', id: skuId }, markupPercent: 1n })
    await set({
      scope: { kind: 'sku', code: 'globex-any-25' },
      fixedPrice: { amount: 24_000_000n, currency: usd },
    })

    const { rules } = await read()
    const nothing = { partnerId: undefined, markupPercent: 0n, markupFixed: 0n, fixedPrice: undefined }
    const numberOf = (kind: 'category' | 'brand') =>
      rules.map(({ scope }) => scope).find((scope) => scope.kind === kind)
    expect(rules).toHaveLength(6)
    expect(rules).toEqual(
      expect.arrayContaining([
        { ...nothing, scope: { kind: 'all' }, markupPercent },
        { ...nothing, scope: numberOf('category'), markupPercent, markupFixed: 1n },
        { ...nothing, scope: numberOf('brand'), markupPercent: 1_000n * percent },
        {
          ...nothing,
          partnerId,
          scope: { kind: 'product', id: expect.any(String) },
          markupFixed: 10n ** 18n,
        },
        { ...nothing, scope: { kind: 'sku', id: skuId }, markupPercent: 1n },
        { ...nothing, scope: { kind: 'sku', id: skuId }, fixedPrice: { amount: 24_000_000n, currency: usd } },
      ]),
    )
  })

  test('replaces the one of its partner and scope, and no other', async () => {
    const before = await read()
    await set({ scope: { kind: 'all' }, markupPercent: 5n * percent })
    const after = await read()
    expect(after.rules).toHaveLength(before.rules.length)
    expect(after.rules.filter(({ scope }) => scope.kind === 'all')).toEqual([
      expect.objectContaining({ markupPercent: 5n * percent }),
    ])
    expect(after.version).toBe(before.version + 1n)
    await set({ partnerId, scope: { kind: 'all' }, markupPercent: 2n * percent })
    expect((await read()).rules.filter(({ scope }) => scope.kind === 'all')).toHaveLength(2)
  })

  test('that is there already changes nothing, and no process is told', async () => {
    await set({ scope: { kind: 'brand', code: 'acme-play' }, markupPercent: 3n * percent })
    const before = await read()
    await set({ scope: { kind: 'brand', code: 'acme-play' }, markupPercent: 3n * percent })
    expect(await read()).toEqual(before)
  })

  test('set by several at once stands there once', async () => {
    const rules = [1n, 2n, 3n, 4n].map((markup) =>
      set({ partnerId, scope: { kind: 'brand', code: 'globex' }, markupPercent: markup * percent }),
    )
    await Promise.all(rules)
    const found = (await read()).rules.filter(
      (rule) => rule.partnerId === partnerId && rule.scope.kind === 'brand',
    )
    expect(found).toHaveLength(1)
  })
})

describe('a rule is refused', () => {
  const all = { kind: 'all' } as const
  const fixedPrice = { amount: 1n, currency: usd }

  test.each<[string, PriceRuleInput, Failure['code'], RegExp]>([
    ['for an unknown SKU', { scope: { kind: 'sku', code: 'nothing' } }, 'sku_not_found', /"nothing"/],
    ['for an unknown SKU id', { scope: { kind: 'sku', id: newId<SkuId>() } }, 'sku_not_found', /SKU|sku/],
    [
      'for an unknown product',
      { scope: { kind: 'product', code: 'nothing' } },
      'product_not_found',
      /"nothing"/,
    ],
    [
      'for an unknown brand',
      { scope: { kind: 'brand', code: 'nothing' } },
      'validation_failed',
      /the brand "nothing"/i,
    ],
    [
      'for an unknown category',
      { scope: { kind: 'category', id: 99_999 } },
      'validation_failed',
      /the category "99999"/i,
    ],
    ['for an unknown partner', { partnerId: newId<PartnerId>(), scope: all }, 'partner_not_found', /partner/],
    ['with a markup of −100 %', { scope: all, markupPercent: -100n * percent }, 'validation_failed', /−100/],
    [
      'with a markup over 1,000 %',
      { scope: all, markupPercent: 1_000n * percent + 1n },
      'validation_failed',
      /1,000/,
    ],
    ['with a negative fixed markup', { scope: all, markupFixed: -1n }, 'validation_failed', /negative/],
    [
      'with a fixed markup beyond the largest amount',
      { scope: all, markupFixed: 10n ** 18n + 1n },
      'validation_failed',
      /largest/,
    ],
    [
      'with a fixed price of nothing',
      { scope: { kind: 'sku', code: 'globex-any-25' }, fixedPrice: { ...fixedPrice, amount: 0n } },
      'validation_failed',
      /positive/,
    ],
    [
      'with a fixed price and a markup',
      { scope: { kind: 'sku', code: 'globex-any-25' }, fixedPrice, markupPercent: 1n },
      'validation_failed',
      /markups/,
    ],
    [
      'with a fixed price for more than a SKU',
      { scope: { kind: 'brand', code: 'globex' }, fixedPrice },
      'validation_failed',
      /Only a SKU/,
    ],
    [
      'with a fixed price for a range',
      { scope: { kind: 'sku', code: 'globex-jp-range' }, fixedPrice },
      'validation_failed',
      /one face value/,
    ],
    [
      'with a fixed price in an unknown currency',
      {
        scope: { kind: 'sku', code: 'globex-any-25' },
        fixedPrice: { amount: 1n, currency: currencyOf('XXX') },
      },
      'validation_failed',
      /currency/,
    ],
  ])('%s', async (_name, input, code, sentence) => {
    const before = await read()
    const error: unknown = await set(input).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({ code, sentence: expect.stringMatching(sentence) })
    expect(await read()).toEqual(before)
  })
})
