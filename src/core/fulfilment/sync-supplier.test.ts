import { beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, currency, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { openLog } from '../../platform/log.ts'
import type { SkuId, SupplierId } from '../../values/ids.ts'
import { syncSuppliersJob } from '../../jobs/sync-suppliers.ts'
import type { SupplierAccount } from './account.ts'
import { createSupplier } from './create-supplier.ts'
import { findSupplier } from './find-supplier.ts'
import { listChanges, listSyncs } from './list-syncs.ts'
import { setSources } from './set-sources.ts'
import type { Supplier, SupplierProduct } from './supplier.ts'
import { syncSupplier } from './sync-supplier.ts'

let world: World

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
  // The dollar comes with the first SKU.
  await world.sku()
})

let made = 0

async function openedAccount(): Promise<SupplierAccount> {
  const code = `s-${(made += 1)}`
  const usd = currency('USD')
  await world.database.inTransaction((tx) =>
    createSupplier(tx, world.keyRing, {
      code,
      name: code,
      connector: 'test',
      settings: {},
      currency: usd,
      actor: 'test',
    }),
  )
  return findSupplier(world.database, code)
}

const product = (productCode: string, changes: Partial<SupplierProduct> = {}): SupplierProduct => ({
  productCode,
  name: productCode,
  cost: 8n * unit,
  costRate: undefined,
  currency: currency('USD'),
  stock: undefined,
  ...changes,
})

/** A supplier whose list is these pages. */
function listing(...pages: readonly (readonly SupplierProduct[] | Error)[]): Supplier {
  return {
    profile: { dedupsByReference: true, statusByReference: true, settleWindowMs: 0, timeoutMs: 1_000 },
    buy: async () => ({ state: 'unknown', detail: '' }),
    async listProducts(cursor) {
      const place = Number(cursor ?? '0')
      const page = pages[place] ?? []
      if (page instanceof Error) throw page
      return { products: page, nextCursor: place + 1 < pages.length ? String(place + 1) : undefined }
    },
  }
}

async function sells(
  supplierId: SupplierId,
  productCode: string,
  price: { cost?: bigint; costRate?: string } = { cost: 8n * unit },
): Promise<SkuId> {
  const skuId = await world.sku()
  await world.database.inTransaction((tx) => setSources(tx, [{ skuId, supplierId, productCode, ...price }]))
  return skuId
}

async function termsOf(skuId: SkuId) {
  const [row] = await world.database.query(
    sql`select cost, cost_rate::text as rate, in_stock as stock, synced_at is not null as synced from supplier_skus where sku_id = ${skuId}`,
  )
  return row
}

const sync = (account: SupplierAccount, supplier: Supplier) =>
  syncSupplier(world.database, { account, supplier }, { actor: 'ada' })
const version = async () =>
  (await world.database.query<{ version: bigint }>(sql`select version from catalogue_version`))[0]?.version

describe("a supplier's list", () => {
  it('brings prices and stock up to date, page by page, and reports each change with what it was', async () => {
    const account = await openedAccount()
    const [same, dearer, byRate, gone, out] = [
      await sells(account.id, 'SAME'),
      await sells(account.id, 'DEARER'),
      await sells(account.id, 'RATE', { costRate: '0.965' }),
      await sells(account.id, 'GONE'),
      await sells(account.id, 'OUT'),
    ]
    const rate = { cost: undefined, costRate: '0.97' }
    const first = await sync(
      account,
      listing(
        [product('SAME'), product('DEARER', { cost: 8_000_001n })],
        [product('RATE', rate), product('OUT', { stock: 0 }), product('NEW', { name: 'A new one' })],
      ),
    )
    expect(first).toMatchObject({
      products: 5n,
      counts: {
        price_changed: 2n,
        price_unclear: 0n,
        appeared: 1n,
        vanished: 1n,
        stock_out: 1n,
        stock_in: 0n,
      },
    })
    expect(await termsOf(same)).toEqual({ cost: 8n * unit, rate: null, stock: true, synced: true })
    expect(await termsOf(dearer)).toMatchObject({ cost: 8_000_001n, stock: true })
    expect(await termsOf(byRate)).toMatchObject({ cost: null, rate: '0.9700000000' })
    expect(await termsOf(gone)).toMatchObject({ cost: 8n * unit, stock: false })
    expect(await termsOf(out)).toMatchObject({ stock: false })
    const { rows } = await listChanges(world.database, first.id, { limit: 10 })
    expect(rows.find(({ productCode }) => productCode === 'DEARER')).toMatchObject({
      kind: 'price_changed',
      oldCost: 8n * unit,
      newCost: 8_000_001n,
    })
    expect(rows.find(({ kind }) => kind === 'appeared')).toMatchObject({
      productCode: 'NEW',
      skuCode: undefined,
    })

    const second = await sync(
      account,
      listing(
        [product('SAME'), product('DEARER', { cost: 8_000_001n }), product('RATE', rate)],
        [product('GONE'), product('OUT', { stock: 3 }), product('NEW')],
      ),
    )
    // What appeared is told of once; what is back is back.
    expect(second.counts).toMatchObject({ price_changed: 0n, appeared: 0n, vanished: 0n, stock_in: 2n })
    expect(await termsOf(gone)).toMatchObject({ stock: true })
  })

  it('takes nothing away that it does not name where its supplier sells more than it lists, and brings it back', async () => {
    const account = await openedAccount()
    const [unnamed, out] = [await sells(account.id, 'UNNAMED'), await sells(account.id, 'OUT')]
    const whole = listing([product('OUT', { stock: 0 })])
    expect((await sync(account, whole)).counts).toMatchObject({ vanished: 1n, stock_out: 1n })
    const open: Supplier = { ...whole, profile: { ...whole.profile, sellsUnlisted: true } }
    expect((await sync(account, open)).counts).toMatchObject({ vanished: 0n, stock_in: 1n, stock_out: 0n })
    expect(await termsOf(unnamed)).toEqual({ cost: 8n * unit, rate: null, stock: true, synced: true })
    expect(await termsOf(out)).toMatchObject({ stock: false })
    expect((await sync(account, open)).counts).toMatchObject({ vanished: 0n, stock_in: 0n })
  })

  it('announces a change of the catalogue when something has changed, and only then', async () => {
    const account = await openedAccount()
    await sells(account.id, 'P')
    const before = await version()
    await sync(account, listing([product('P')]))
    expect(await version()).toBe(before)
    await sync(account, listing([product('P', { cost: 1n })]))
    expect(await version()).not.toBe(before)
  })

  it('changes no price that is in another currency, or of another kind', async () => {
    const account = await openedAccount()
    const [foreign, other] = [await sells(account.id, 'FOREIGN'), await sells(account.id, 'OTHER')]
    const report = await sync(
      account,
      listing([
        product('FOREIGN', { cost: 1n, currency: currency('EUR') }),
        product('OTHER', { cost: undefined, costRate: '0.5' }),
      ]),
    )
    expect(report.counts).toMatchObject({ price_changed: 0n, price_unclear: 2n })
    expect(await termsOf(foreign)).toMatchObject({ cost: 8n * unit, stock: true })
    expect(await termsOf(other)).toMatchObject({ cost: 8n * unit, rate: null })
  })

  it.each([
    ['breaks off', listing([product('A')], new Error('boom'))],
    ['is empty', listing([])],
    [
      'leads in a circle',
      { ...listing([]), listProducts: async () => ({ products: [product('A')], nextCursor: '1' }) },
    ],
  ])('that %s changes nothing, and the report says why', async (_, supplier) => {
    const account = await openedAccount()
    const skuId = await sells(account.id, 'NOT-ON-THE-FIRST-PAGE')
    await expect(sync(account, supplier)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await termsOf(skuId)).toMatchObject({ stock: true, synced: false })
    const { rows } = await listSyncs(world.database, account.id, { limit: 10 })
    expect(rows).toMatchObject([{ problem: expect.any(String) as string, products: 0n }])
  })

  it('that never ends is given up, after its pages or its time', async () => {
    const account = await openedAccount()
    let pages = 0
    const endless: Supplier = {
      ...listing(),
      listProducts: async () => ({ products: [product(`P-${pages}`)], nextCursor: String((pages += 1)) }),
    }
    const options = { actor: 'ada', pagesMost: 20 }
    await expect(syncSupplier(world.database, { account, supplier: endless }, options)).rejects.toThrow(
      'pages',
    )
    expect(pages).toBe(20)
    const hurried = { actor: 'ada', timeMostMs: 0 }
    await expect(syncSupplier(world.database, { account, supplier: endless }, hurried)).rejects.toThrow(
      'long',
    )
  })

  it('may be read twice at the same time', async () => {
    const account = await openedAccount()
    await Promise.all(Array.from({ length: 5 }, (_, place) => sells(account.id, `P-${place}`)))
    const list = listing(Array.from({ length: 9 }, (_, place) => product(`P-${place}`, { cost: 7n * unit })))
    const reports = await Promise.all([sync(account, list), sync(account, list)])
    const total = (kind: 'price_changed' | 'appeared'): bigint =>
      reports.reduce((sum, { counts }) => sum + counts[kind], 0n)
    expect([total('price_changed'), total('appeared')]).toEqual([5n, 4n])
  })
})

it('the job looks at every active supplier with a list; one that fails keeps nobody from the others', async () => {
  const accounts = [await openedAccount(), await openedAccount(), await openedAccount()]
  const [first, second, third] = accounts
  const calls = { inHand: 0 }
  const breaker = { run: async () => undefined, isOpen: () => false }
  const booked = (account: SupplierAccount | undefined, supplier: Supplier) =>
    account === undefined ? [] : [{ account, supplier, calls, breaker: breaker as never }]
  const all = [
    ...booked(first, listing(new Error('boom'))),
    ...booked(second, listing([product('P')])),
    ...booked(third === undefined ? third : { ...third, active: false }, listing([product('P')])),
  ]
  const services = {
    database: world.database,
    keyRing: world.keyRing,
    log: openLog('silent'),
    suppliers: { all: () => all },
    report: () => undefined,
    openPayer: () => undefined,
    reportWriters: new Map(),
  }
  await syncSuppliersJob.run(services, {})
  const looks = await Promise.all(accounts.map(({ id }) => listSyncs(world.database, id, { limit: 10 })))
  expect(looks.map(({ rows }) => rows.map(({ problem }) => problem))).toEqual([['boom'], [undefined], []])
})
