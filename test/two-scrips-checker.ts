import { findOrder } from '../src/core/orders/find-order.ts'
import { sql } from '../src/platform/database.ts'
import type { OrderId, PartnerId } from '../src/values/ids.ts'
import type { SoldGoods, TwoScrips } from './two-scrips.ts'
import type { World } from './world.ts'

/** What a client was told when its order was acknowledged. */
export type Acknowledged = {
  readonly externalId: string
  readonly orderId: string
  readonly goods: SoldGoods
}

type Sale = {
  readonly partnerId: PartnerId
  readonly orderId: OrderId
  readonly externalId: string
  readonly status: string
  /** Micro-units. */
  readonly amount: bigint
  readonly codes: readonly string[]
}

type SaleAtB = Sale & { readonly state: string; readonly held: string; readonly breaks: readonly string[] }

/** All that a side has sold to one partner, or to all of them, with its codes. */
async function readSales(world: World, partnerId: PartnerId | null): Promise<Sale[]> {
  const rows = await world.database.query<Omit<Sale, 'codes'>>(sql`
    select partner_id as "partnerId", id as "orderId", external_id as "externalId", status, total_amount as amount
    from orders where ${partnerId}::uuid is null or partner_id = ${partnerId}`)
  const sales: Sale[] = []
  for (const row of rows) {
    const { items } = await findOrder(world.database, world.keyRing, row.partnerId, row.orderId)
    sales.push({ ...row, codes: items.flatMap(({ codes }) => codes.map(({ code }) => code)) })
  }
  return sales
}

/** A wire that sells one unit at a time makes several orders of one purchase: "vendify:ref:<reference>/1" and so on. They count as one. */
function joinUnits(sales: readonly Sale[]): Sale[] {
  const unit = /^vendify:ref:([^/]+)\/(\d+)$/
  const placeOf = ({ externalId }: Sale): number => Number(unit.exec(externalId)?.[2] ?? 1)
  const groups = Map.groupBy(sales, ({ externalId }) => unit.exec(externalId)?.[1] ?? externalId)
  return [...groups].flatMap(([externalId, units]) => {
    const inOrder = units.toSorted((a, b) => placeOf(a) - placeOf(b))
    const first = inOrder.find(isCharged) ?? inOrder[0]
    if (first === undefined) return []
    const charged = inOrder.filter(isCharged)
    const amount = charged.reduce((sum, one) => sum + one.amount, 0n)
    return [{ ...first, externalId, amount, codes: inOrder.flatMap(({ codes }) => codes) }]
  })
}

async function readSalesOfB(world: World): Promise<SaleAtB[]> {
  const sales = await readSales(world, null)
  const rows = await world.database.query<{ id: OrderId; state: string; held: string; breaks: string[] }>(sql`
    select f.order_id as id, f.state, h.state as held,
           array(select kind from breaks b where b.order_id = f.order_id) as breaks
    from fulfilments f join holds h on h.partner_id = f.partner_id and h.order_id = f.order_id`)
  const states = new Map(rows.map((row) => [row.id, row]))
  return sales.map((sale) => {
    const { state = 'none', held = 'none', breaks = [] } = states.get(sale.orderId) ?? {}
    return { ...sale, state, held, breaks }
  })
}

/**
 * Compares what the client was told, what B's database says and what A's says.
 *
 * @returns figures to print, and a sentence for each promise that was broken
 */
export async function compareBooks(
  { a, b, partnerAtA }: TwoScrips,
  acknowledged: readonly Acknowledged[],
): Promise<{ readonly figures: Readonly<Record<string, number>>; readonly broken: readonly string[] }> {
  const atA = joinUnits(await a.look((world) => readSales(world, partnerAtA)))
  const atB = await b.look(readSalesOfB)
  const booked = await b.look(readPayable)
  const byReference = new Map(atA.map((sale) => [sale.externalId, sale]))
  const byId = new Map<string, SaleAtB>(atB.map((sale) => [sale.orderId, sale]))
  const broken: string[] = []
  for (const { externalId, orderId, goods } of acknowledged) {
    const sale = byId.get(orderId)
    if (sale?.externalId !== externalId) broken.push(`${externalId}: the order is lost at B`)
    else if (sale.state !== goods.end)
      broken.push(`${goods.name} ${orderId}: ${sale.state} at B, ${byReference.get(orderId)?.status} at A`)
  }
  for (const sale of atB)
    for (const sentence of compare(sale, byReference.get(sale.orderId)))
      broken.push(`${sale.orderId} (${sale.state}): ${sentence}`)
  for (const sale of atA)
    if (!byId.has(sale.externalId)) broken.push(`${sale.orderId}: A sold what B never ordered`)
  const given = atB.flatMap(({ codes }) => codes)
  if (new Set(given).size < given.length) broken.push('B gave a code twice')
  const owed = atA.filter(isCharged).reduce((sum, { amount }) => sum + amount, 0n)
  if (owed !== booked) broken.push(`A charged ${owed}, and B has booked ${booked}`)
  const count = (states: readonly string[], state: string) => states.filter((one) => one === state).length
  const states = atB.map(({ state }) => state)
  const figures = {
    acknowledged: acknowledged.length,
    'orders at B': atB.length,
    'orders at A': atA.length,
    'charged at A': atA.filter(isCharged).length,
    'completed at B': count(states, 'completed'),
    'failed at B': count(states, 'failed'),
    'pending at B': count(states, 'pending'),
    'codes given': given.length,
  }
  return { figures, broken }
}

function isCharged({ status }: Sale): boolean {
  return status === 'completed' || status === 'partially_completed'
}

function* compare(ours: SaleAtB, theirs: Sale | undefined): Generator<string> {
  const wasCharged = theirs !== undefined && isCharged(theirs)
  if (ours.state === 'completed') {
    if (!wasCharged) yield `A has it as ${theirs?.status ?? 'nothing'}`
    if (ours.codes.join() !== (theirs?.codes ?? []).join()) yield 'it has other codes than A delivered'
    if (ours.codes.length === 0 || ours.held !== 'settled')
      yield 'it is delivered without codes, or not paid for'
    return
  }
  if (ours.codes.length > 0) yield 'it gave codes without being completed'
  if (ours.state === 'failed') {
    if (ours.held !== 'released') yield 'its money is not back'
    if (wasCharged && !ours.breaks.includes('late_success')) yield 'A charged for it, and nobody is told'
  } else if (ours.held !== 'open') yield `it is open and its hold is ${ours.held}`
}

/** What B owes A by its own books, in micro-units. */
async function readPayable({ database }: World): Promise<bigint> {
  const [row] = await database.query<{ sum: bigint }>(
    sql`select coalesce(sum(amount), 0)::bigint as sum from entries where account = 'supplier_payable:a:USD'`,
  )
  return row?.sum ?? 0n
}

/** How A's notices to B fared: each try's answer, and how often it was given; 0 for none. */
export async function readNotices({ a }: TwoScrips): Promise<ReadonlyMap<number, number>> {
  const rows = await a.look(({ database }) =>
    database.query<{ status: number; count: bigint }>(
      sql`select coalesce(status, 0) as status, count(*) from webhook_attempts group by 1`,
    ),
  )
  return new Map(rows.map(({ status, count }) => [status, Number(count)]))
}
