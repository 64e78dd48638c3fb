import type { OrderDesk } from '../src/core/orders/desk.ts'
import { placeOrder } from '../src/core/orders/place-order.ts'
import type { SkuId } from '../src/values/ids.ts'
import { pick, summarise } from './figures.ts'
import type { Figures } from './figures.ts'
import { usd } from './world.ts'
import type { BenchPartner } from './world.ts'

/** Clients that each place one order after the other at a desk of this process, for some seconds. */
export async function inProcessLoad(
  desk: OrderDesk,
  partners: readonly BenchPartner[],
  skuIds: readonly SkuId[],
  clients: number,
  seconds: number,
): Promise<Figures> {
  const latencies: number[] = []
  const end = performance.now() + seconds * 1000
  let number = 0
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      number += 1
      const startedAt = performance.now()
      await buyOne(desk, pick(partners), pick(skuIds), `${clients}-${startedAt}-${number}`)
      latencies.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return summarise(latencies, seconds)
}

async function buyOne(
  desk: OrderDesk,
  partner: BenchPartner,
  skuId: SkuId,
  externalId: string,
): Promise<void> {
  const { order } = await placeOrder(desk, {
    partnerId: partner.partnerId,
    walletId: partner.walletId,
    currency: usd,
    dialect: 'bench',
    externalId,
    requestKey: skuId,
    skuId,
    skuName: 'Bench card',
    quantity: 1,
    unitPrice: 10_000_000n,
    faceValue: 10_000_000n,
    faceCurrency: usd,
    allowPartial: true,
    canBeSupplied: false,
    customerData: undefined,
    metadata: undefined,
  })
  if (order.items[0]?.codes.length !== 1) throw new Error('An order came without its code.')
}
