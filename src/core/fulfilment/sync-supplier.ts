import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { SkuId, SyncId } from '../../values/ids.ts'
import { announceCatalogueChange } from '../catalogue/announce-catalogue-change.ts'
import type { SupplierAccount } from './account.ts'
import { compareTerms, unlisted } from './listing.ts'
import type { ListChange } from './listing.ts'
import type { Supplier, SupplierProduct } from './supplier.ts'
import {
  endSync,
  insertChanges,
  insertSync,
  lockTerms,
  selectKnownCodes,
  selectSyncs,
  updateTerms,
} from './syncs.sql.ts'
import type { Sync } from './syncs.sql.ts'

export type SyncOptions = {
  readonly actor: string
  /** Told of the products read so far, and then of the SKUs compared. */
  readonly onProgress?: ((phase: 'reading' | 'comparing', done: number) => void) | undefined
  /** How long reading the list may take in all, in ms; ten minutes by default. */
  readonly timeMostMs?: number | undefined
  readonly pagesMost?: number | undefined
}

/**
 * Reads a supplier's list of products to its end, and brings prices and stock of the SKUs that it fills up to date, a lot in a
 * transaction each; what changed is kept as a report. A list that cannot be read to its end changes nothing: what is missing of it has
 * not vanished. Throws Failure validation_failed for a supplier without a list, and unavailable when the list could not be read, which
 * the report says too.
 */
export async function syncSupplier(
  database: Database,
  { account, supplier }: { readonly account: SupplierAccount; readonly supplier: Supplier },
  options: SyncOptions,
): Promise<Sync> {
  const { actor, onProgress = () => undefined } = options
  if (supplier.listProducts === undefined)
    throw new Failure('validation_failed', {
      fields: [{ field: 'supplier', sentence: `${account.name} does not list its products.` }],
    })
  const id = newId<SyncId>()
  const startedAt = performance.now()
  const read = await readList(supplier, options).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  const failed = read instanceof Error ? read : undefined
  const products = read instanceof Error ? new Map<string, SupplierProduct>() : read
  const problem = failed?.message.slice(0, 500)
  const tookMs = performance.now() - startedAt
  await insertSync(database, { id, supplierId: account.id, tookMs, products: products.size, problem, actor })
  if (failed !== undefined)
    throw new Failure('unavailable', { sentence: `${account.name}: ${problem}`, cause: failed })
  let compared = 0
  for (let after: SkuId | undefined; ;) {
    const last = after
    const lot = await database.inTransaction((tx) =>
      compareLot(tx, id, { account, supplier }, products, last),
    )
    compared += lot.count
    onProgress('comparing', compared)
    if (lot.count < lotRows) break
    after = lot.last
  }
  await noteAppeared(database, id, account, [...products.values()])
  await endSync(database, id)
  const [sync] = await selectSyncs(database, { id }, undefined, 1)
  if (sync === undefined) throw new Error('The report that was just written is not there.')
  return sync
}

/** All of the list, by product code, outside of any transaction. */
async function readList(
  supplier: Supplier,
  { onProgress = () => undefined, timeMostMs = timeUsualMs, pagesMost = pagesUsual }: SyncOptions,
): Promise<ReadonlyMap<string, SupplierProduct>> {
  const products = new Map<string, SupplierProduct>()
  const untilMs = performance.now() + timeMostMs
  let cursor: string | undefined
  for (let page = 0; page < pagesMost; page += 1) {
    const leftMs = untilMs - performance.now()
    if (leftMs <= 0) throw new Error('Its list of products took too long to read.')
    const timeoutMs = Math.min(supplier.profile.timeoutMs, leftMs)
    const answer = await supplier.listProducts?.(cursor, { timeoutMs, mayStillSend: () => true })
    for (const product of answer?.products ?? []) products.set(product.productCode, product)
    onProgress('reading', products.size)
    if (products.size > productsMost) throw new Error(`Its list has more than ${productsMost} products.`)
    const next = answer?.nextCursor
    // Nobody who has stopped selling everything says so by an empty list.
    if (next === undefined && products.size === 0) throw new Error('Its list of products is empty.')
    if (next === undefined) return products
    if (next === cursor) throw new Error('Its list of products leads in a circle.')
    cursor = next
  }
  throw new Error(`Its list of products has more than ${pagesMost} pages.`)
}

async function compareLot(
  tx: Tx,
  id: SyncId,
  { account, supplier }: { readonly account: SupplierAccount; readonly supplier: Supplier },
  products: ReadonlyMap<string, SupplierProduct>,
  after: SkuId | undefined,
): Promise<{ readonly count: number; readonly last: SkuId | undefined }> {
  const terms = await lockTerms(tx, account.id, after, lotRows)
  if (terms.length === 0) return { count: 0, last: after }
  const compared = terms.map((one) => {
    const { currency } = account
    const listed = products.get(one.productCode)
    const product =
      supplier.profile.sellsUnlisted === true ? (listed ?? unlisted(one.productCode, currency)) : listed
    return { skuId: one.skuId, ...compareTerms(one, product, currency) }
  })
  const changes = compared.flatMap((one) => one.changes)
  await updateTerms(tx, account.id, compared)
  if (changes.length > 0) {
    await insertChanges(tx, id, account.id, changes)
    await announceCatalogueChange(tx)
  }
  return { count: terms.length, last: terms.at(-1)?.skuId }
}

/** Tells of products that nobody has told of before and that we do not buy. */
async function noteAppeared(
  database: Database,
  id: SyncId,
  account: SupplierAccount,
  products: readonly SupplierProduct[],
): Promise<void> {
  for (let place = 0; place < products.length; place += lotRows) {
    const lot = products.slice(place, place + lotRows)
    await database.inTransaction(async (tx) => {
      const codes = lot.map((one) => one.productCode)
      const known = await selectKnownCodes(tx, account.id, codes)
      const appeared = lot.filter((one) => !known.has(one.productCode)).map(toAppeared)
      if (appeared.length > 0) await insertChanges(tx, id, account.id, appeared)
    })
  }
}

function toAppeared({ productCode, name, cost, costRate, currency }: SupplierProduct): ListChange {
  return {
    kind: 'appeared',
    productCode,
    skuId: undefined,
    detail: `${name.slice(0, 200)} (${currency})`,
    oldCost: undefined,
    newCost: cost,
    oldRate: undefined,
    newRate: costRate,
  }
}

const timeUsualMs = 600_000
const pagesUsual = 10_000
const productsMost = 200_000
const lotRows = 1_000
