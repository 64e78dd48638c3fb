import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createSettlementWorld } from '../../../test/settlement-world.ts'
import { kes, shilling } from '../../../test/voucher-world.ts'
import { Failure } from '../../values/failure.ts'
import type { RedemptionId, SettlementId } from '../../values/ids.ts'
import { findSettlement } from './find-settlement.ts'
import { listOwed } from './list-owed.ts'
import { openStatement } from './open-statement.ts'
import { readStatement } from './read-statement.ts'

const { database } = await createTestDatabase()
const world = await createSettlementWorld(database)

/** One merchant that two issuers owe; small numbers meet each other often. */
type Step =
  | { readonly kind: 'redeem'; readonly issuer: 0 | 1; readonly amount: number }
  | { readonly kind: 'reverse'; readonly which: number }
  | { readonly kind: 'propose'; readonly issuer: 0 | 1; readonly amount: number; readonly name: number }
  | { readonly kind: 'approve' | 'reject'; readonly which: number }
  | { readonly kind: 'return'; readonly which: number; readonly name: number }

const issuer = fc.constantFrom(0 as const, 1 as const)
const which = fc.nat(9)
const name = fc.nat(12)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('redeem' as const),
      issuer,
      amount: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reverse' as const), which: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('propose' as const),
      issuer,
      amount: fc.integer({ min: 1, max: 7 }),
      name,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('approve' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reject' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), which, name }) },
)

type ModelSettlement = {
  readonly issuer: 0 | 1
  readonly amount: bigint
  readonly name: number
  /** Of a return: the payout's place. */
  readonly payout: number | undefined
  state: 'proposed' | 'approved' | 'rejected' | 'returned'
}

/** What should be, in whole shillings. Each step answers "done", "repeated" or the code of a failure. */
class Model {
  readonly owed: [bigint, bigint] = [0n, 0n]
  readonly redemptions: { readonly issuer: 0 | 1; readonly amount: bigint; isReversed: boolean }[] = []
  readonly settlements: ModelSettlement[] = []

  propose(issuerPlace: 0 | 1, amount: bigint, reference: number): string {
    const first = this.settlements.find((one) => one.issuer === issuerPlace && one.name === reference)
    if (first !== undefined)
      return first.payout === undefined && first.amount === amount ? 'repeated' : 'transfer_conflict'
    const waiting = this.settlements
      .filter((one) => one.issuer === issuerPlace && one.payout === undefined && one.state === 'proposed')
      .reduce((sum, one) => sum + one.amount, 0n)
    if (amount + waiting > this.owed[issuerPlace]) return 'insufficient_funds'
    this.settlements.push({
      issuer: issuerPlace,
      amount,
      name: reference,
      payout: undefined,
      state: 'proposed',
    })
    return 'done'
  }

  proposeReturn(place: number, payout: ModelSettlement, reference: number): string {
    const first = this.settlements.find((one) => one.issuer === payout.issuer && one.name === reference)
    if (first !== undefined) return first.payout === place ? 'repeated' : 'transfer_conflict'
    if (payout.payout !== undefined || payout.state !== 'approved') return 'decided_otherwise'
    if (this.settlements.some((one) => one.payout === place && one.state !== 'rejected'))
      return 'already_exists'
    const { issuer: issuerPlace, amount } = payout
    this.settlements.push({ issuer: issuerPlace, amount, name: reference, payout: place, state: 'proposed' })
    return 'done'
  }

  decide(one: ModelSettlement, state: 'approved' | 'rejected'): string {
    const decided = one.state === 'returned' ? 'approved' : one.state
    if (decided === state) return 'repeated'
    if (decided !== 'proposed') return 'decided_otherwise'
    if (state === 'approved' && one.payout === undefined) {
      if (one.amount > this.owed[one.issuer]) return 'insufficient_funds'
      this.owed[one.issuer] -= one.amount
    } else if (state === 'approved') {
      this.owed[one.issuer] += one.amount
      const payout = this.settlements[one.payout ?? -1]
      if (payout !== undefined) payout.state = 'returned'
    }
    one.state = state
    return 'done'
  }
}

test('whatever is redeemed, reversed, paid out and sent back in whatever order, a merchant is owed what the model says', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const run = await startRun(seen)
      for (const one of steps) await run.take(one)
      await run.compare()
    }),
    { numRuns: 40 },
  )
  // Else the steps would miss what they are for.
  for (const end of ['done', 'repeated', 'insufficient_funds', 'transfer_conflict', 'decided_otherwise'])
    expect([...seen]).toContain(end)
  await proveBooks(database)
}, 240_000)

async function startRun(seen: Set<string>) {
  const begun = new Date()
  const issuers = [await world.company(1_000n), await world.company(1_000n)] as const
  const merchant = await world.merchantWithBank()
  const model = new Model()
  const redemptions: RedemptionId[] = []
  const ids: SettlementId[] = []

  async function endOf(work: Promise<{ readonly repeated: boolean }>): Promise<string> {
    const end = await work.catch((error: unknown) => error)
    if (end instanceof Failure) return end.code
    if (end instanceof Error) throw end
    return (end as { readonly repeated: boolean }).repeated ? 'repeated' : 'done' // It was fulfilled.
  }

  async function proposed(work: Promise<Awaited<ReturnType<typeof world.propose>>>): Promise<string> {
    return endOf(
      work.then(({ settlement, repeated }) => {
        if (!repeated) ids.push(settlement.id)
        return { repeated }
      }),
    )
  }

  async function settle(
    one: Exclude<Step, { kind: 'redeem' | 'reverse' }>,
  ): Promise<readonly [string, string]> {
    if (one.kind === 'propose') {
      const right = model.propose(one.issuer, BigInt(one.amount), one.name)
      const changes = { reference: `name ${one.name}` }
      const work = world.propose(issuers[one.issuer], merchant, BigInt(one.amount), changes)
      return [await proposed(work), right]
    }
    const [id, settlement] = [ids[one.which], model.settlements[one.which]]
    if (id === undefined || settlement === undefined) return ['nothing', 'nothing']
    if (one.kind === 'return') {
      const right = model.proposeReturn(one.which, settlement, one.name)
      return [await proposed(world.proposeReturn(id, `name ${one.name}`)), right]
    }
    const right = model.decide(settlement, one.kind === 'approve' ? 'approved' : 'rejected')
    return [await endOf(one.kind === 'approve' ? world.approve(id) : world.reject(id)), right]
  }

  return {
    async take(one: Step): Promise<void> {
      if (one.kind === 'redeem') {
        const amount = BigInt(one.amount)
        redemptions.push(await world.redeem(issuers[one.issuer], merchant, amount))
        model.redemptions.push({ issuer: one.issuer, amount, isReversed: false })
        model.owed[one.issuer] += amount
      } else if (one.kind === 'reverse') {
        const [id, redemption] = [redemptions[one.which], model.redemptions[one.which]]
        if (id === undefined || redemption === undefined || redemption.isReversed) return
        await world.reverse(issuers[redemption.issuer], id)
        redemption.isReversed = true
        model.owed[redemption.issuer] -= redemption.amount
      } else {
        const [end, right] = await settle(one)
        expect([one, end]).toEqual([one, right])
        seen.add(end)
      }
    },
    async compare(): Promise<void> {
      const { rows } = await listOwed(database, { merchant: merchant.code }, { limit: 10 })
      for (const [place, { partnerId }] of issuers.entries()) {
        const right = model.owed[place] ?? 0n
        const owed = rows.find((row) => row.partnerId === partnerId)?.owed ?? 0n
        expect(owed).toBe(right * shilling)
        const statement = await openStatement(database, {
          merchant: merchant.code,
          partnerId,
          currency: kes,
          from: begun,
          to: undefined,
        })
        let balance = statement.opening
        for await (const line of readStatement(database, statement, 3)) {
          balance += line.amount
          expect(line.balanceAfter).toBe(balance)
        }
        expect([balance, statement.closing]).toEqual([right * shilling, right * shilling])
      }
      const states = await Promise.all(ids.map(async (id) => (await findSettlement(database, id)).state))
      expect(states).toEqual(model.settlements.map(({ state }) => state))
    },
  }
}
