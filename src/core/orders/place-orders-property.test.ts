import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld, unit } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { Failure } from '../../values/failure.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { openOrderDesk } from './open-order-desk.ts'
import { placeOrder } from './place-order.ts'

let world: World

beforeAll(async () => {
  const { database } = await createTestDatabase()
  world = await createWorld(database)
})

type Wish = { wallet: number; sku: number; quantity: number; price: number; allowPartial: boolean }

const wish: fc.Arbitrary<Wish> = fc.record({
  wallet: fc.nat(2),
  sku: fc.nat(2),
  quantity: fc.integer({ min: 1, max: 4 }),
  price: fc.nat(6),
  allowPartial: fc.boolean(),
})

it('a batch does what the same orders one after the other would do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(30), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat(12), { minLength: 3, maxLength: 3 }),
      // Fewer than would open a second lane: one batch, in the order in which they were submitted.
      fc.array(wish, { minLength: 1, maxLength: 30 }),
      async (funds, stocks, wishes) => {
        const partners = await Promise.all(funds.map((amount) => world.partner(BigInt(amount) * unit)))
        const skuIds = await Promise.all(stocks.map(() => world.sku()))
        await Promise.all(
          stocks.map(async (count, place) => {
            if (count > 0) await world.stock(at(skuIds, place), count)
          }),
        )
        const desk = openOrderDesk(world)
        const results = await Promise.all(
          wishes.map(async ({ wallet, sku, quantity, price, allowPartial }) => {
            const command = world.order(at(partners, wallet), at(skuIds, sku), {
              quantity,
              unitPrice: BigInt(price) * unit,
              allowPartial,
            })
            return placeOrder(desk, command).then(
              ({ order }) => `delivered ${order.items[0]?.codes.length}`,
              (error: unknown) => (error instanceof Failure ? error.code : String(error)),
            )
          }),
        )
        const model = oneByOne(funds, stocks, wishes)
        expect(results).toEqual(model.results)
        const wallets = await Promise.all(
          partners.map((partner) => findWallet(world.database, partner.partnerId, partner.walletId)),
        )
        expect(wallets.map((one) => one.balance)).toEqual(model.funds.map((amount) => BigInt(amount) * unit))
      },
    ),
    {
      numRuns: Number(process.env['SCRIP_PROPERTY_RUNS'] ?? '40'),
      seed: Number(process.env['SCRIP_PROPERTY_SEED'] ?? '7'),
    },
  )
}, 120_000)

function oneByOne(
  fundsBefore: readonly number[],
  stocksBefore: readonly number[],
  wishes: readonly Wish[],
): { results: string[]; funds: number[] } {
  const [funds, stocks] = [[...fundsBefore], [...stocksBefore]]
  const results = wishes.map(({ wallet, sku, quantity, price, allowPartial }) => {
    const given = Math.min(quantity, at(stocks, sku))
    if (quantity * price > at(funds, wallet)) return 'insufficient_funds'
    if (given === 0 || (given < quantity && !allowPartial)) return 'out_of_stock'
    funds[wallet] = at(funds, wallet) - given * price
    stocks[sku] = at(stocks, sku) - given
    return `delivered ${given}`
  })
  return { results, funds }
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place]
  if (found === undefined) throw new Error(`There is no element ${place}.`)
  return found
}
