import { beforeEach, describe, expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { currencyOf, sampleInput } from '../../../test/sample-catalogue.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId, ProposalId } from '../../values/ids.ts'
import {
  approvePriceChange,
  changePrices,
  countPriceProposals,
  listPriceProposals,
  rejectPriceChange,
} from './change-prices.ts'
import type { PricesChanged } from './change-prices.ts'
import { describeChange, readChange, writeChange } from './price-change.ts'
import type { PriceChange } from './proposal.ts'
import { storeCatalogue } from './store-catalogue.ts'
import { storeRates } from './store-rates.ts'

const percent = 1_000_000n
const one = 10n ** 10n
const [usd, eur, jpy] = [currencyOf('USD'), currencyOf('EUR'), currencyOf('JPY')]

let database: Database
let partnerId: PartnerId

beforeEach(async () => {
  ;({ database } = await createTestDatabase())
  await database.inTransaction((tx) => storeCatalogue(tx, sampleInput()))
  ;({ id: partnerId } = await newPartner(database))
  await database.query(sql`
    insert into fx_rates (base, quote, rate, source, valid_from) values ('USD', 'EUR', 0.9, 'test', now() - interval '3 days')`)
})

const change = (wanted: PriceChange, actor = 'ann', needsSecond = true) =>
  database.inTransaction((tx) => changePrices(tx, { change: wanted, actor, needsSecond }))
const approve = (id: ProposalId, actor: string) =>
  database.inTransaction((tx) => approvePriceChange(tx, { id, actor }))
const reject = (id: ProposalId, actor: string) =>
  database.inTransaction((tx) => rejectPriceChange(tx, { id, actor }))

async function propose(wanted: PriceChange): Promise<ProposalId> {
  const done = await change(wanted)
  if (done.holds) throw new Error('It holds at once.')
  return done.proposalId
}

const markup = (markupPercent: bigint, own: PartnerId | 'everyone' = partnerId): PriceChange => ({
  kind: 'rule',
  rule: {
    ...(own === 'everyone' ? {} : { partnerId: own }),
    scope: { kind: 'brand', code: 'globex' },
    markupPercent,
  },
})
const rate = (units: bigint): PriceChange => ({
  kind: 'rates',
  rates: [{ base: usd, quote: eur, rate: units, source: 'test' }],
})
const fixed = (amount: bigint, of = usd): PriceChange => ({
  kind: 'rule',
  rule: { partnerId, scope: { kind: 'sku', code: 'globex-any-25' }, fixedPrice: { amount, currency: of } },
})
const terms = (fxMarginPercent: bigint, discountPercent: bigint): PriceChange => ({
  kind: 'terms',
  terms: {
    partnerId,
    fxMarginPercent: fxMarginPercent * percent,
    discountPercent: discountPercent * percent,
  },
})

const rules = async () =>
  database.query<{ markup: string }>(sql`select trim_scale(markup_percent)::text as markup from price_rules`)

test('a price far beneath face value is proposed by one person and put in force by another, once', async () => {
  const id = await propose(markup(-50n * percent))
  expect(await rules()).toEqual([])
  expect(await countPriceProposals(database)).toBe(1)
  await expect(approve(id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
  expect(await rules()).toEqual([])
  const both = await Promise.all([approve(id, 'bob'), approve(id, 'cid')])
  expect(both.filter(({ repeated }) => repeated)).toHaveLength(1)
  expect(await rules()).toEqual([{ markup: '-50' }])
  expect(await countPriceProposals(database)).toBe(0)
  await expect(reject(id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
  const audited = await database.query(
    sql`select actor, action from audit_log where action ~ '^price' order by id`,
  )
  expect(audited.map(({ action }) => action)).toEqual(['price.proposed', 'price_rule.set', 'price.approved'])
})

test('nobody approves alone past the code', async () => {
  const id = await propose(markup(-50n * percent))
  await expect(
    database.query(
      sql`update price_proposals set state = 'approved', decided_by = 'ann', decided_at = now() where id = ${id}`,
    ),
  ).rejects.toMatchObject({ constraint: 'price_proposals_two_persons' })
})

describe('holds at once', () => {
  test.each<[string, () => PriceChange]>([
    ['a discount of a tenth', () => markup(-10n * percent)],
    ['a price above face value', () => markup(900n * percent, 'everyone')],
    ['a fixed price a tenth beneath', () => fixed(22_500_000n)],
    ['a fixed price in another currency, by its rate', () => fixed(20_250_000n, eur)],
    ['a discount that a margin makes good', () => terms(20n, 25n)],
    ['a rate that moves by a tenth', () => rate((one * 99n) / 100n)],
  ])('%s', async (_name, wanted) => {
    expect(await change(wanted())).toMatchObject({ holds: true, stored: 1 })
    expect(await countPriceProposals(database)).toBe(0)
  })

  test('anything where one person may do it', async () => {
    expect(await change(markup(-99n * percent), 'ann', false)).toMatchObject({ holds: true })
    expect(await rules()).toEqual([{ markup: '-99' }])
  })

  test('what is so already', async () => {
    await approve(await propose(terms(0n, 50n)), 'bob')
    expect(await change(terms(0n, 50n))).toEqual({ holds: true, stored: 0, unchanged: 1 })
  })
})

describe('waits', () => {
  test.each<[string, () => PriceChange, string]>([
    ['a discount of more', () => markup(-10n * percent - 1n), 'It is 10.000001 % beneath face value.'],
    ['a fixed price beneath', () => fixed(22_499_999n), 'It is 10.000004 % beneath face value.'],
    [
      'one in another currency, by its rate',
      () => fixed(20_000_000n, eur),
      'It is 11.111112 % beneath face value.',
    ],
    [
      'one that no rate leads to',
      () => fixed(10n ** 15n, jpy),
      'No exchange rate says what the face value is worth in its currency.',
    ],
    [
      'a margin and a discount together',
      () => terms(-5n, 6n),
      'Together they are 10.7 % beneath face value.',
    ],
    ['a rate that falls', () => rate(one / 2n), 'The rate from USD to EUR moves by 44.444444 %, from 0.9.'],
    ['a rate that rises', () => rate(one), 'The rate from USD to EUR moves by 11.111111 %, from 0.9.'],
    [
      'a rate that there was none of',
      () => ({ kind: 'rates', rates: [{ base: usd, quote: jpy, rate: one, source: 'test' }] }),
      'There was no rate from USD to JPY to compare it with.',
    ],
    [
      'the opposite of a rate',
      () => ({ kind: 'rates', rates: [{ base: eur, quote: usd, rate: 2n * one, source: 'test' }] }),
      'The rate from EUR to USD moves by 80 %, from 1.1111111111.',
    ],
  ])('%s', async (_name, wanted, reason) => {
    const [before] = await database.query(sql`select version from catalogue_version`)
    const done: PricesChanged = await change(wanted())
    expect(done).toMatchObject({ holds: false, reason })
    expect(await rules()).toEqual([])
    expect(await database.query(sql`select version from catalogue_version`)).toEqual([before])
    const { rows } = await listPriceProposals(database, { limit: 10 })
    expect(rows.map(({ description }) => description)).toEqual([describeChange(wanted())])
    expect(readChange(writeChange(wanted()))).toEqual(wanted())
  })

  test('a rate that moves in many small steps within a day', async () => {
    expect(await change(rate((one * 97n) / 100n))).toMatchObject({ holds: true })
    expect(await change(rate((one * 104n) / 100n))).toMatchObject({ holds: false })
  })
})

describe('a proposal', () => {
  test('gives way to the next one about the same, and to a change that needs no second person', async () => {
    const first = await propose(markup(-50n * percent))
    const other = await propose(markup(-50n * percent, 'everyone'))
    const second = await propose(markup(-60n * percent))
    await expect(approve(first, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    await change(markup(5n * percent))
    await expect(approve(second, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    const { rows } = await listPriceProposals(database, { limit: 10 })
    expect(rows.map(({ id }) => id)).toEqual([other])
  })

  test('of a rate is not put in force once a newer one holds', async () => {
    const id = await propose({
      kind: 'rates',
      rates: [
        { base: usd, quote: eur, rate: one / 2n, source: 'test' },
        { base: usd, quote: jpy, rate: 150n * one, source: 'test' },
      ],
    })
    await database.inTransaction((tx) =>
      storeRates(tx, [{ base: usd, quote: eur, rate: (one * 91n) / 100n, source: 'test' }]),
    )
    await expect(approve(id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await database.query(sql`select rate::float8 as rate from fx_rates order by valid_from`)).toEqual([
      { rate: 0.9 },
      { rate: 0.91 },
    ])
    expect((await reject(id, 'ann')).proposal.state).toBe('rejected')
    expect((await reject(id, 'ann')).repeated).toBe(true)
  })

  test.each<[string, () => PriceChange, string]>([
    ['a partner', () => markup(-50n * percent, newId<PartnerId>()), 'partner_not_found'],
    [
      'a SKU',
      () => ({ kind: 'rule', rule: { scope: { kind: 'sku', code: 'none' }, markupPercent: -50n * percent } }),
      'sku_not_found',
    ],
    [
      'a brand',
      () => ({
        kind: 'rule',
        rule: { scope: { kind: 'brand', code: 'none' }, markupPercent: -50n * percent },
      }),
      'validation_failed',
    ],
    ['terms', () => terms(0n, 100n), 'validation_failed'],
    ['a rate', () => rate(0n), 'validation_failed'],
  ])('that names %s wrongly is refused when it is made', async (_name, wanted, code) => {
    await expect(change(wanted())).rejects.toMatchObject({ code })
    expect(await countPriceProposals(database)).toBe(0)
  })

  test('of nothing is not found', async () => {
    await expect(approve(newId<ProposalId>(), 'bob')).rejects.toMatchObject({ code: 'proposal_not_found' })
    await expect(reject(newId<ProposalId>(), 'bob')).rejects.toMatchObject({ code: 'proposal_not_found' })
  })
})
