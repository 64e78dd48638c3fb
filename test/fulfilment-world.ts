import { createSupplier } from '../src/core/fulfilment/create-supplier.ts'
import { openFulfilment } from '../src/core/fulfilment/open-fulfilment.ts'
import type { Fulfilment, FulfilmentOptions } from '../src/core/fulfilment/open-fulfilment.ts'
import { openSupplierBook } from '../src/core/fulfilment/open-supplier-book.ts'
import type { SupplierBook } from '../src/core/fulfilment/book.ts'
import { setSources } from '../src/core/fulfilment/set-sources.ts'
import type { Supplier } from '../src/core/fulfilment/supplier.ts'
import { sql } from '../src/platform/database.ts'
import { openLog } from '../src/platform/log.ts'
import type { OrderId, SkuId, SupplierId } from '../src/values/ids.ts'
import { currency, unit } from './world.ts'
import type { World } from './world.ts'

/** Suppliers for tests, each the object that a test gives, and the worker that asks them. */
export type FulfilmentWorld = {
  readonly book: SupplierBook
  /** A supplier that fills a SKU for eight dollars a unit, under the product code "P". */
  supplier(
    skuId: SkuId,
    supplier: Supplier,
    options?: {
      readonly priority?: number
      readonly cost?: bigint
      readonly productCode?: string
      readonly concurrency?: number
    },
  ): Promise<SupplierId>
  /** Starts a worker with quick paces. */
  start(options?: Partial<FulfilmentOptions>): Fulfilment
  /** What the database says of an order now. */
  look(orderId: OrderId): Promise<Look>
  /** Waits until the order is in one of the states. */
  until(orderId: OrderId, ...states: string[]): Promise<Look>
  close(): Promise<void>
}

type Look = {
  readonly state: string
  readonly status: string
  readonly sends: number
  readonly delivered: number
  readonly codes: bigint
  readonly held: string
  readonly parked: string | null
  readonly error: string | null
  readonly events: bigint
}

const quickPaces = { askAfterMs: [20, 40, 80, 160, 300], busyAfterMs: [20, 40, 80, 160] }

export async function createFulfilmentWorld(
  world: World,
  breaker: { readonly failures: number; readonly restMs: number } = { failures: 50, restMs: 50 },
): Promise<FulfilmentWorld> {
  const { database, keyRing } = world
  const opened = new Map<string, Supplier>()
  const book = await openSupplierBook(
    database,
    keyRing,
    (_connector, settings) => opened.get(settings['name'] ?? ''),
    (error) => {
      throw error
    },
    { breaker },
  )
  const running: Fulfilment[] = []
  let made = 0

  async function look(orderId: OrderId): Promise<Look> {
    const [row] = await database.query<Look>(sql`
      select f.state, o.status, f.sends, i.delivered, f.parked_reason as parked, i.error_code as error,
             (select count(*) from order_codes c where c.order_id = f.order_id) as codes,
             (select h.state from holds h where h.order_id = f.order_id) as held,
             (select count(*) from events e where e.order_id = f.order_id) as events
      from fulfilments f join orders o on o.id = f.order_id join order_items i on i.order_id = f.order_id
      where f.order_id = ${orderId}`)
    if (row === undefined) throw new Error('There is no such fulfilment.')
    return row
  }

  return {
    book,
    async supplier(skuId, supplier, options = {}) {
      made += 1
      const code = `supplier-${made}`
      opened.set(code, supplier)
      const id = await database.inTransaction(async (tx) => {
        const supplierId = await createSupplier(tx, keyRing, {
          code,
          name: code,
          connector: 'test',
          settings: { name: code },
          currency: currency('USD'),
          priority: options.priority,
          concurrency: options.concurrency ?? 1_000,
          actor: 'test',
        })
        const { cost = 8n * unit, productCode = 'P' } = options
        await setSources(tx, [{ skuId, supplierId, productCode, cost }])
        return supplierId
      })
      await waitFor(async () => book.find(id) !== undefined)
      return id
    },
    start(options = {}) {
      const fulfilment = openFulfilment({
        database,
        keyRing,
        book,
        log: openLog('silent'),
        paces: quickPaces,
        pollMs: 25,
        ...options,
      })
      running.push(fulfilment)
      return fulfilment
    },
    look,
    async until(orderId, ...states) {
      let last: Look | undefined
      await waitFor(async () => {
        last = await look(orderId)
        return states.includes(last.state)
      })
      if (last === undefined) throw new Error('Nobody looked.')
      return last
    },
    async close() {
      await Promise.all(running.map((one) => one.stop()))
      await book.close()
    },
  }
}

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('It did not come about within 12 seconds.')
}
