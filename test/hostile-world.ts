import { createSupplier } from '../src/core/fulfilment/create-supplier.ts'
import { openSupplierBook } from '../src/core/fulfilment/open-supplier-book.ts'
import type { SupplierBook } from '../src/core/fulfilment/book.ts'
import type { Paces } from '../src/core/fulfilment/policy.ts'
import { setSources } from '../src/core/fulfilment/set-sources.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openOrderDesk } from '../src/core/orders/open-order-desk.ts'
import type { OrderDesk } from '../src/core/orders/desk.ts'
import { placeOrder } from '../src/core/orders/place-order.ts'
import type { Database } from '../src/platform/database.ts'
import { openHttpClient } from '../src/platform/http.ts'
import type { OrderId, SkuId } from '../src/values/ids.ts'
import { hostileConnector, hostileProfiles } from './hostile-connector.ts'
import { hostileBehaviours, startHostileSupplier } from './hostile-supplier.ts'
import type { HostileBehaviour, HostileEntry, HostileSupplier } from './hostile-supplier.ts'
import { currency, unit } from './world.ts'
import type { World } from './world.ts'

/** Hostile suppliers of all four kinds, each with a SKU for every behaviour, and orders for them. */
export type HostileWorld = {
  readonly desk: OrderDesk
  /** Places an order for every behaviour of every supplier. */
  placeAll(): Promise<PlacedOrder[]>
  place(kind: HostileKind, behaviour: HostileBehaviour): Promise<PlacedOrder>
  /** The books of all of the suppliers, by reference. */
  books(): ReadonlyMap<string, HostileEntry>
  close(): Promise<void>
}

export type PlacedOrder = {
  readonly orderId: OrderId
  readonly kind: HostileKind
  readonly behaviour: HostileBehaviour
  readonly quantity: number
}

/** What a supplier makes of our reference: recognises it, tells what became of it. */
export type HostileKind = 'dedup-status' | 'dedup-no-status' | 'no-dedup-status' | 'no-dedup-no-status'

/** How long a call and an arrival may take. Generous: a machine that is slow must not be taken for a supplier that is. */
export type HostileTerms = { readonly timeoutMs: number; readonly settleWindowMs: number }

export const hostileTerms: HostileTerms = { timeoutMs: 5_000, settleWindowMs: 8_000 }
export const lateMs = 600
const slowMs = 8_000

export const hostilePaces: Paces = {
  askAfterMs: [50, 100, 200, 400],
  busyAfterMs: [50, 100, 200, 400, 800, 1_600],
}

/** Opens the suppliers of a hostile world for this process. No breaker: a supplier of whom nearly every call fails would keep it open. */
export async function openHostileBook(
  database: Database,
  keyRing: KeyRing,
  terms: HostileTerms,
): Promise<{ readonly book: SupplierBook; close(): Promise<void> }> {
  const http = openHttpClient({ allowLoopback: true, connectionsPerHost: 256 })
  const connectors = hostileProfiles.map((profile) => hostileConnector({ ...profile, ...terms }))
  const book = await openSupplierBook(
    database,
    keyRing,
    (name, settings) =>
      connectors
        .find((one) => one.name === name)
        ?.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 }),
    (error) => {
      throw error
    },
    { breaker: { failures: 1_000_000, restMs: 1 } },
  )
  return {
    book,
    async close() {
      await book.close()
      await http.close()
    },
  }
}

export async function createHostileWorld(
  world: World,
  options: { readonly lateMs?: number } = {},
): Promise<HostileWorld> {
  const desk = openOrderDesk(world)
  const partner = await world.partner(1_000_000n * unit)
  const suppliers = new Map<HostileKind, HostileSupplier>()
  const skus = new Map<string, SkuId>()
  for (const profile of hostileProfiles) {
    const kind = kindOf(profile)
    const supplier = await startHostileSupplier({ lateMs, slowMs, ...profile, ...options })
    suppliers.set(kind, supplier)
    for (const [behaviour, skuId] of await createAccount(world, kind, supplier.account))
      skus.set(`${kind} ${behaviour}`, skuId)
  }
  let made = 0

  async function place(kind: HostileKind, behaviour: HostileBehaviour): Promise<PlacedOrder> {
    made += 1
    const quantity = 1 + (made % 3)
    const skuId = skus.get(`${kind} ${behaviour}`)
    if (skuId === undefined) throw new Error(`There is no SKU for ${behaviour}.`)
    const command = world.order(partner, skuId, { canBeSupplied: true, quantity })
    const { order } = await placeOrder(desk, command)
    return { orderId: order.id, kind, behaviour, quantity }
  }

  return {
    desk,
    place,
    placeAll: () =>
      Promise.all([...suppliers.keys()].flatMap((kind) => hostileBehaviours.map((one) => place(kind, one)))),
    books: () =>
      new Map(
        [...suppliers.values()].flatMap((one) => one.log().map((entry) => [entry.reference, entry] as const)),
      ),
    async close() {
      await desk.drain()
      for (const supplier of suppliers.values()) await supplier.close()
    },
  }
}

async function createAccount(
  world: World,
  kind: HostileKind,
  settings: HostileSupplier['account'],
): Promise<readonly (readonly [HostileBehaviour, SkuId])[]> {
  const skus: (readonly [HostileBehaviour, SkuId])[] = []
  for (const behaviour of hostileBehaviours) skus.push([behaviour, await world.sku()])
  const code = `hostile-${kind}`
  await world.database.inTransaction(async (tx) => {
    const supplierId = await createSupplier(tx, world.keyRing, {
      code,
      name: code,
      connector: code,
      settings,
      currency: currency('USD'),
      concurrency: 1_000,
      actor: 'test',
    })
    const cost = 10n * unit
    await setSources(
      tx,
      skus.map(([productCode, skuId]) => ({ skuId, supplierId, productCode, cost })),
    )
  })
  return skus
}

function kindOf(profile: (typeof hostileProfiles)[number]): HostileKind {
  return `${profile.dedupsByReference ? 'dedup' : 'no-dedup'}-${profile.statusByReference ? 'status' : 'no-status'}`
}
