import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCheckoutWorld, onCredit } from '../../../test/checkout-world.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { proveBooks } from '../../../test/books.ts'
import { openLog } from '../../platform/log.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId } from '../../values/ids.ts'
import type { Agreement } from './agree-checkout.ts'
import { cancelCheckout } from './cancel-checkout.ts'
import { feeOf } from './seller.ts'
import type { Seller } from './seller.ts'
import { collectInstalment } from './collect-instalment.ts'
import { decideCheckout } from './decide-checkout.ts'
import { claimDue } from './decisions.sql.ts'
import { listInstalments } from './find-checkout.ts'
import type { Payer } from './payer.ts'
import { penny } from './schedule.ts'
import { proposeRefund } from './propose-refund.ts'
import { settleRefund } from './settle-refund.ts'
import { findPayer } from './create-payer.ts'
import { monthsOffered } from './schedule.ts'

/**
 * Whatever is done to orders, in whatever order: the books hold, the seller has what was paid out less what was given back, and nobody owes what
 * nobody was lent. A second, small telling of the rules in plain numbers is the judge.
 */

const { database } = await createTestDatabase()
let says: 'approved' | 'declined' = 'approved'
const payer: Payer = {
  timeoutMs: 1_000,
  apply: async () => (says === 'approved' ? { state: 'approved' } : { state: 'declined', detail: 'no' }),
  inquire: async () => (says === 'approved' ? { state: 'approved' } : { state: 'declined', detail: 'no' }),
}
const world = await createCheckoutWorld(database, new Map([['model', payer]]))
const { id: lenderId } = await findPayer(database, 'model')
const parts = {
  database,
  keyRing: world.keyRing,
  open: () => payer,
  log: openLog('silent'),
  onAnswer: () => undefined,
}

type Known = { status: 'open' | 'agreed' | 'paid' | 'over'; amount: bigint; refunded: bigint }

type Step =
  | { readonly do: 'order'; readonly pennies: bigint }
  | { readonly do: 'agree'; readonly at: number; readonly months: number }
  | { readonly do: 'decide'; readonly approves: boolean }
  | { readonly do: 'cancel'; readonly at: number }
  | { readonly do: 'collect'; readonly at: number; readonly number: number }
  | { readonly do: 'refund'; readonly at: number; readonly pennies: bigint }

const commands: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('order' as const), pennies: fc.bigInt(15_000n, 3_000_000n) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('agree' as const),
        at: fc.nat(9),
        months: fc.constantFrom(...monthsOffered),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('decide' as const), approves: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), at: fc.nat(9) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('collect' as const),
        at: fc.nat(9),
        number: fc.integer({ min: 1, max: 12 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('refund' as const),
        at: fc.nat(9),
        pennies: fc.bigInt(1n, 3_000_000n),
      }),
    },
  ),
  { minLength: 10, maxLength: 40 },
)

test('no sequence of orders, decisions, cancellations, payments and refunds makes or loses a penny', async () => {
  await fc.assert(
    fc.asyncProperty(
      commands,
      fc.constantFrom('seller' as const, 'buyer' as const),
      async (steps, feePayer) => {
        const seller = await world.seller({ lenderId, feePayer })
        const orders: { id: CheckoutId; known: Known }[] = []
        for (const step of steps) await take(step, seller, orders)
        let balance = 0n
        for (const { id, known } of orders) {
          const found = await world.find(id)
          expect(found.status === 'successful').toBe(known.status === 'paid')
          expect(found.refunded).toBe(known.refunded)
          if (known.status !== 'paid') continue
          const fee = feeOf(known.amount, seller.feePercent)
          balance += known.amount - (feePayer === 'seller' ? fee : 0n) - known.refunded
          const instalments = await listInstalments(database, id)
          const owed = instalments.reduce(
            (sum, one) => (one.state === 'paid' ? sum : sum + one.principal),
            0n,
          )
          const paid = instalments.reduce(
            (sum, one) => (one.state === 'paid' ? sum + one.principal : sum),
            0n,
          )
          const lent = known.amount + (feePayer === 'buyer' ? fee : 0n)
          // What was given back beyond what was owed was paid out to the buyer.
          const left = lent - paid - known.refunded
          expect(owed).toBe(left > 0n ? left : 0n)
        }
        expect(await world.balance(seller)).toBe(balance)
      },
    ),
    { numRuns: 40 },
  )
  await proveBooks(database)
}, 180_000)

async function take(
  step: Step,
  seller: Seller,
  orders: { readonly id: CheckoutId; readonly known: Known }[],
): Promise<void> {
  const chosen = 'at' in step ? orders[step.at % Math.max(orders.length, 1)] : undefined
  switch (step.do) {
    case 'order': {
      const amount = step.pennies * penny
      const { id } = await world.order(seller, { amount })
      orders.push({ id, known: { status: 'open', amount, refunded: 0n } })
      return
    }
    case 'decide': {
      says = step.approves ? 'approved' : 'declined'
      for (const decision of await claimDue(database, { limit: 100, leaseMs: 60_000 })) {
        await decideCheckout(parts, decision)
        const of = orders.find(({ id }) => id === decision.checkoutId)
        if (of !== undefined && of.known.status === 'agreed')
          of.known.status = step.approves ? 'paid' : 'over'
      }
      return
    }
    case 'agree':
      if (chosen === undefined) return
      if (
        await succeeds(() =>
          world.agree(chosen.id, { ...onCredit(), chosen: 'pay_later', months: step.months } as Agreement),
        )
      )
        if (chosen.known.status === 'open') chosen.known.status = 'agreed'
      return
    case 'cancel':
      if (chosen === undefined) return
      if (
        await succeeds(() =>
          database.inTransaction((tx) => cancelCheckout(tx, world.keyRing, chosen.id, 'model')),
        )
      )
        chosen.known.status = 'over'
      return
    case 'collect':
      if (chosen === undefined) return
      await succeeds(() =>
        database.inTransaction((tx) =>
          collectInstalment(tx, {
            checkoutId: chosen.id,
            number: step.number,
            note: 'model',
            actor: 'model',
          }),
        ),
      )
      return
    case 'refund': {
      if (chosen === undefined) return
      const amount = step.pennies * penny
      const isDone = await succeeds(async () => {
        const command = { checkoutId: chosen.id, amount, note: 'model', actor: 'one' }
        const { refundId } = await database.inTransaction((tx) => proposeRefund(tx, command))
        await database.inTransaction((tx) => settleRefund(tx, { refundId, actor: 'other' }))
      })
      if (isDone) chosen.known.refunded += amount
    }
  }
}

/** Whether something was done; a refusal changes nothing. */
async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
