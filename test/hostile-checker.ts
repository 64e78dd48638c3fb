import { sql } from '../src/platform/database.ts'
import type { OrderId } from '../src/values/ids.ts'
import type { HostileEntry } from './hostile-supplier.ts'
import type { HostileWorld, PlacedOrder } from './hostile-world.ts'
import type { World } from './world.ts'

/** What our database says of an order that a supplier fills. */
export type Filled = {
  readonly orderId: OrderId
  readonly state: string
  readonly status: string
  readonly held: string
  readonly breaks: readonly string[]
}

export async function readFilled(world: World, orders: readonly PlacedOrder[]): Promise<Filled[]> {
  return world.database.query<Filled>(sql`
    select f.order_id as "orderId", f.state, o.status, h.state as held,
           array(select kind from breaks b where b.order_id = f.order_id order by kind) as breaks
    from unnest(${orders.map(({ orderId }) => orderId)}::uuid[]) with ordinality as k (order_id, place)
    join fulfilments f on f.order_id = k.order_id
    join orders o on o.partner_id = f.partner_id and o.id = f.order_id
    join holds h on h.partner_id = f.partner_id and h.order_id = f.order_id
    order by k.place`)
}

/**
 * Compares what customers were told and what our database says with the suppliers' own books, and knows nothing of how it came about.
 *
 * @returns a sentence for each promise that was broken
 */
export async function findBrokenPromises(
  world: World,
  { desk, books }: HostileWorld,
  orders: readonly PlacedOrder[],
): Promise<string[]> {
  const log = books()
  const filled = new Map((await readFilled(world, orders)).map((one) => [one.orderId, one]))
  const broken: string[] = []
  const given: string[] = []
  for (const order of orders) {
    const ours = filled.get(order.orderId)
    if (ours === undefined) {
      broken.push(`${nameOf(order)}: the order is lost`)
      continue
    }
    const told = await tellCodes(desk, world, order.orderId)
    given.push(...told)
    const say = (sentence: string) =>
      broken.push(`${nameOf(order)} (${ours.state}, ${ours.held}): ${sentence}`)
    for (const sentence of compare(order, ours, told, log.get(order.orderId))) say(sentence)
  }
  if (new Set(given).size < given.length) broken.push('a code was given twice')
  const known = new Set<string>(orders.map(({ orderId }) => orderId))
  for (const { reference, charges } of log.values())
    if (!known.has(reference) && charges > 0) broken.push(`${reference} was charged and is no order`)
  return broken
}

function* compare(
  { quantity }: PlacedOrder,
  { state, status, held, breaks }: Filled,
  told: readonly string[],
  theirs: HostileEntry | undefined,
): Generator<string> {
  const { charges = 0, refunds = 0, codes = [] } = theirs ?? {}
  const isWhole = `${state} ${status} ${held}`
  const sound = [
    'completed completed settled',
    'failed failed released',
    'unknown processing open',
    'dispatching processing open',
    'pending processing open',
    'parked processing open',
  ]
  if (charges > 1) yield `it was charged ${charges} times`
  if (!sound.includes(isWhole)) yield `it stands at "${isWhole}"`
  if (held === 'released' && charges > refunds && !breaks.includes('late_success'))
    yield 'it was paid back, the supplier has the money, and nobody is told'
  if (state !== 'completed' && told.length > 0) yield 'codes were given though it did not end well'
  if (state !== 'completed') return
  if (charges !== 1) yield `it was delivered and charged ${charges} times`
  if (told.length !== quantity) yield `${told.length} of ${quantity} codes were given`
  for (const code of told)
    if (!codes.includes(code)) yield `a code was given that the supplier did not deliver for it`
}

/** The codes as a client reads them. */
async function tellCodes(desk: HostileWorld['desk'], world: World, orderId: OrderId): Promise<string[]> {
  const [row] = await world.database.query<{ partnerId: Parameters<typeof desk.orderOf>[0] }>(
    sql`select partner_id as "partnerId" from orders where id = ${orderId}`,
  )
  if (row === undefined) return []
  const order = await desk.orderOf(row.partnerId, orderId)
  return order.items.flatMap(({ codes }) => codes.map(({ code }) => code))
}

export function nameOf({ kind, behaviour, orderId }: PlacedOrder): string {
  return `${kind} ${behaviour} ${orderId}`
}
