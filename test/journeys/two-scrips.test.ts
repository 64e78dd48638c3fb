import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { sql } from '../../src/platform/database.ts'
import { proveBooks } from '../books.ts'
import { readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiAnswer } from '../giftapi-client.ts'
import { killAllScrip } from '../scrip-process.ts'
import { compareBooks, readNotices } from '../two-scrips-checker.ts'
import type { Acknowledged } from '../two-scrips-checker.ts'
import { openTwoScrips } from '../two-scrips.ts'
import type { Side, SoldGoods, TwoScrips } from '../two-scrips.ts'

const ordersAtMost = Number(process.env['SCRIP_JOURNEY_ORDERS'] ?? '150')
/** Each is of one side, in turn; a long run has more. */
const killsCount = 4 + Math.floor(ordersAtMost / 250)
const clientsCount = 16

const opened: TwoScrips[] = []
afterAll(async () => {
  await Promise.all(opened.flatMap(({ a, b }) => [a.stop(), b.stop()]))
  killAllScrip()
  await Promise.all(opened.flatMap(({ a, b }) => [a.remove(), b.remove()]))
}, 60_000)

it.each([
  { wire: 'scrip', ordersCount: ordersAtMost },
  { wire: 'vendify', ordersCount: Math.ceil(ordersAtMost / 3) },
] as const)(
  `$ordersCount orders through two Scrips over the $wire wire that are killed ${killsCount} times: each ends as it must at both, with the same codes, and both books are exact`,
  async ({ wire, ordersCount }) => {
    const both = await openTwoScrips(ordersCount, wire)
    opened.push(both)
    const acknowledged = await loadAndKill(both, ordersCount)
    expect(acknowledged).toHaveLength(ordersCount)
    await untilAllEnded(both)
    const { figures, broken } = await compareBooks(both, acknowledged)
    const notices = await readNotices(both)
    console.log({ wire, kills: killsCount, ...figures, notices: Object.fromEntries(notices) })
    expect(broken).toEqual([])
    // Notices came through, where the wire has any, and B took none of them for somebody else's; nobody answered (0) while B was down.
    if (wire === 'scrip') expect(notices.get(204)).toBeGreaterThan(0)
    else expect(notices.size).toBe(0)
    expect([...notices.keys()].filter((status) => ![0, 204, 503].includes(status))).toEqual([])
    await proveReads(both, acknowledged)
    for (const side of [both.a, both.b]) {
      expect(await side.command('ledger', 'check')).toMatchObject({ ok: true })
      await side.look(({ database }) => proveBooks(database))
    }
    await Promise.all([both.a.stop(), both.b.stop()])
  },
  1_800_000,
)

/** Clients buy, and repeat what had no answer, while one side after the other is killed and started again. */
async function loadAndKill(both: TwoScrips, ordersCount: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = []
  let next = 0
  const client = async (): Promise<void> => {
    while (next < ordersCount) {
      const place = next
      next += 1
      const goods = both.goods[place % both.goods.length] as SoldGoods // The rest of a division by its length.
      acknowledged.push(await buy(both, `order-${place}`, goods))
    }
  }
  let isOver = false
  const clients = Promise.all(Array.from({ length: clientsCount }, client)).finally(() => (isOver = true))
  const killing = async (): Promise<void> => {
    for (let kill = 0; kill < killsCount; kill += 1) {
      // None at the end: what a kill leaves behind is free only after its lease.
      const after = (ordersCount * 0.7 * (kill + 1)) / killsCount
      while (acknowledged.length < after && !isOver) await pause(20)
      // A client that failed has ended the test: nobody may be started behind its back.
      if (acknowledged.length < after) return
      await killAndStart(kill % 2 === 0 ? both.b : both.a)
    }
  }
  const [load, kills] = await Promise.allSettled([clients, killing()])
  for (const one of [load, kills]) if (one.status === 'rejected') throw one.reason
  return acknowledged
}

async function killAndStart(side: Side): Promise<void> {
  await side.kill()
  await side.start()
}

/** As a client does it: without an answer, the same order goes out again, and a repeat is answered with the same order. */
async function buy({ b, client }: TwoScrips, externalId: string, goods: SoldGoods): Promise<Acknowledged> {
  const send = (): Promise<GiftapiAnswer | undefined> =>
    sendOrder(b.baseUrl, client, externalId, goods.skuId, goods.quantity).catch(() => undefined)
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await send()
    const orderId = answer?.body.data?.id
    if (answer !== undefined && [200, 201].includes(answer.status) && orderId !== undefined) {
      const again = externalId.endsWith('7') ? await send() : undefined
      if (again?.status === 200) expect(again.body.data?.id).toBe(orderId)
      return { externalId, orderId, goods }
    }
    if (answer !== undefined && answer.status < 500)
      throw new Error(`${externalId} was answered ${answer.status} ${JSON.stringify(answer.body)}.`)
    await pause(100)
  }
  throw new Error(`${externalId} found nobody for a minute.`)
}

/** Until nothing is on its way but what stays so for ever; it is for the checker to say what is wrong after ten minutes. */
async function untilAllEnded({ b, goods }: TwoScrips): Promise<void> {
  const lasting = goods.flatMap(({ end, skuId }) => (end === 'pending' ? [skuId] : []))
  for (let tries = 0; tries < 600; tries += 1) {
    const open = await b.look(async ({ database }) => {
      const rows = await database.query<{ count: bigint }>(sql`
        select count(*) from fulfilments f join order_items i on i.partner_id = f.partner_id and i.order_id = f.order_id and i.item = f.item
        where f.state not in ('completed', 'failed', 'parked') and not (f.state = 'pending' and i.sku_id = any (${lasting}::uuid[]))`)
      return rows[0]?.count
    })
    if (open === 0n) return
    await pause(1_000)
  }
}

/** Every acknowledged order can be read, and one that was completed shows its codes. */
async function proveReads({ b, client }: TwoScrips, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (let start = 0; start < acknowledged.length; start += clientsCount) {
    await Promise.all(
      acknowledged.slice(start, start + clientsCount).map(async ({ orderId, externalId, goods }) => {
        const { status, body } = await readOrder(b.baseUrl, client, orderId)
        expect([status, body.data?.external_id]).toEqual([200, externalId])
        const codes = body.data?.items[0]?.delivery_data ?? []
        expect(codes.length > 0).toBe(goods.end === 'completed')
      }),
    )
  }
}
