import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, kes, liabilityOf, owedTo, shilling } from '../../../test/voucher-world.ts'
import { sql } from '../../platform/database.ts'
import { openLog } from '../../platform/log.ts'
import { openRenderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { ProposalId, RedemptionId, VoucherId } from '../../values/ids.ts'
import { bookDisbursement } from '../disbursements/book-disbursement.ts'
import { setFees } from '../disbursements/set-fees.ts'
import { openIssuing } from '../disbursements/open-issuing.ts'
import { expireVouchers } from '../vouchers/expire-vouchers.ts'
import { approveReversal } from './approve-reversal.ts'
import { proposeReversal } from './propose-reversal.ts'
import { redeemAtTill } from './redeem-at-till.ts'

const { database } = await createTestDatabase()
const world = await createVoucherWorld(database)
const parts = { database, keyRing: world.keyRing, renderer: openRenderer() }

/** Vouchers of two telephones at two merchants; small numbers meet each other often. */
type Step =
  | {
      readonly kind: 'disburse'
      readonly phone: 0 | 1
      readonly amount: number
      readonly lock: 0 | 1 | 2
      readonly days: number
    }
  | { readonly kind: 'redeem'; readonly phone: 0 | 1; readonly amount: number; readonly till: 0 | 1 }
  | { readonly kind: 'reverse'; readonly which: number }
  | { readonly kind: 'expire'; readonly which: number }

const phone = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('disburse' as const),
    phone,
    amount: fc.integer({ min: 1, max: 9 }),
    lock: fc.constantFrom(0 as const, 1 as const, 2 as const),
    days: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    kind: fc.constant('redeem' as const),
    phone,
    amount: fc.integer({ min: 1, max: 12 }),
    till: phone,
  }),
  fc.record({ kind: fc.constant('reverse' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('expire' as const), which: fc.nat(5) }),
)

type ModelVoucher = {
  phone: 0 | 1
  lock: 0 | 1 | 2
  days: number
  order: number
  balance: bigint
  isOver: boolean
}

/** What should be, in whole shillings. */
class Model {
  wallet = 1_000n
  readonly owed: [bigint, bigint] = [0n, 0n]
  readonly vouchers: ModelVoucher[] = []
  readonly redemptions: { till: 0 | 1; shares: (readonly [number, bigint])[]; isReversed: boolean }[] = []

  disburse({ phone: to, amount, lock, days }: Extract<Step, { kind: 'disburse' }>): boolean {
    if (this.wallet < BigInt(amount)) return false
    this.wallet -= BigInt(amount)
    this.vouchers.push({
      phone: to,
      lock,
      days,
      order: this.vouchers.length,
      balance: BigInt(amount),
      isOver: false,
    })
    return true
  }

  redeem({ phone: from, amount, till }: Extract<Step, { kind: 'redeem' }>): boolean {
    const spendable = this.vouchers
      .map((voucher, place) => ({ voucher, place }))
      .filter(({ voucher }) => voucher.phone === from && !voucher.isOver && voucher.balance > 0n)
      .filter(({ voucher }) => voucher.lock === 0 || voucher.lock === till + 1)
      .toSorted(
        (a, b) =>
          Number(a.voucher.lock === 0) - Number(b.voucher.lock === 0) ||
          a.voucher.days - b.voucher.days ||
          a.voucher.order - b.voucher.order,
      )
    let rest = BigInt(amount)
    if (spendable.reduce((sum, { voucher }) => sum + voucher.balance, 0n) < rest) return false
    const shares: (readonly [number, bigint])[] = []
    for (const { voucher, place } of spendable) {
      const taken = voucher.balance < rest ? voucher.balance : rest
      if (taken === 0n) break
      voucher.balance -= taken
      rest -= taken
      shares.push([place, taken])
    }
    this.owed[till] += BigInt(amount)
    this.redemptions.push({ till, shares, isReversed: false })
    return true
  }

  reverse(place: number): boolean {
    const redemption = this.redemptions[place]
    if (redemption === undefined || redemption.isReversed) return false
    redemption.isReversed = true
    for (const [voucher, amount] of redemption.shares) {
      const one = this.vouchers[voucher]
      if (one !== undefined) one.balance += amount
      this.owed[redemption.till] -= amount
    }
    return true
  }

  /** Ends a voucher, and gives back what is left of all that have ended. */
  expire(place: number): void {
    const ended = this.vouchers[place]
    if (ended !== undefined) ended.isOver = true
    for (const voucher of this.vouchers.filter(({ isOver }) => isOver)) {
      this.wallet += voucher.balance
      voucher.balance = 0n
    }
  }
}

test('whatever is disbursed, redeemed, reversed and ended in whatever order, everybody has what the model says', async () => {
  const issuing = openIssuing({ ...parts, log: openLog('silent'), pollMs: 20 })
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const run = await startRun()
        for (const one of steps) await run.take(one)
        await run.compare()
      }),
      { numRuns: 25 },
    )
    await proveBooks(database)
  } finally {
    await issuing.stop()
  }
}, 240_000)

let runs = 0

async function startRun() {
  runs += 1
  const wallet = await world.company(1_000n)
  const { partnerId, id: walletId } = wallet
  const free = { partnerId, each: 0n, percent: 0n, actor: 'test' }
  await database.inTransaction((tx) => setFees(tx, free))
  const merchants = [await world.merchant(), await world.merchant()] as const
  const phones = [`+2547${30_000_000 + runs * 2}`, `+2547${30_000_001 + runs * 2}`] as const
  const model = new Model()
  const redemptions: RedemptionId[] = []
  let made = 0

  async function vouchers(): Promise<{ id: VoucherId; balance: bigint }[]> {
    return database.query(sql`
      select v.id, v.balance from vouchers v join disbursements d on d.partner_id = v.partner_id and d.id = v.disbursement_id
      where v.partner_id = ${partnerId} order by d.id`)
  }

  async function disburse(one: Extract<Step, { kind: 'disburse' }>): Promise<void> {
    made += 1
    const externalId = `D-${made}`
    const recipients = [
      { name: 'A', phone: phones[one.phone], amount: BigInt(one.amount) * shilling, extra: undefined },
    ]
    const endsOn = new Date(Date.now() + one.days * 86_400_000).toISOString().slice(0, 10)
    const locked = one.lock === 0 ? [] : [merchants[one.lock === 1 ? 0 : 1].code]
    await bookDisbursement(database, {
      partnerId,
      externalId,
      walletId,
      recipients,
      endsOn,
      currency: kes,
      dialect: 'test',
      title: 'T',
      startsOn: undefined,
      timeZone: 'UTC',
      merchants: locked,
      isExternal: false,
      isSilent: true,
      callbackUrl: undefined,
      revealsCodes: false,
      requestKey: externalId,
      actor: 'test',
    })
    await expect
      .poll(async () => (await vouchers()).length, { interval: 10, timeout: 10_000 })
      .toBe(model.vouchers.length)
  }

  async function redeem(one: Extract<Step, { kind: 'redeem' }>, isRight: boolean): Promise<void> {
    made += 1
    const command = {
      partnerId,
      issuerId: partnerId,
      mode: 'api',
      transactionId: `T-${made}`,
      phone: phones[one.phone],
      name: 'A',
      amount: BigInt(one.amount) * shilling,
      currency: kes,
      tillNumber: merchants[one.till].tills[0] ?? '',
      remarks: '',
      requestKey: `${made}`,
      actor: 'test',
    } as const
    const end = await redeemAtTill(parts, command).catch((error: unknown) => error)
    if (end instanceof Failure) {
      expect([isRight, end.code]).toEqual([false, 'voucher_balance_insufficient'])
      // Ten of them would lock the telephone, which is another test's.
      await database.query(sql`delete from redemption_failures`)
    } else if (end instanceof Error) throw end
    else {
      expect(isRight).toBe(true)
      redemptions.push((end as Awaited<ReturnType<typeof redeemAtTill>>).redemption.id)
    }
  }

  async function reverse(redemptionId: RedemptionId): Promise<void> {
    const proposalId: ProposalId = await database.inTransaction((tx) =>
      proposeReversal(tx, { partnerId, redemptionId, note: 'test', actor: 'ada' }),
    )
    await database.inTransaction((tx) => approveReversal(tx, { proposalId, actor: 'bob' }))
  }

  return {
    async take(one: Step): Promise<void> {
      if (one.kind === 'disburse') {
        if (model.disburse(one)) await disburse(one)
      } else if (one.kind === 'redeem') await redeem(one, model.redeem(one))
      else if (one.kind === 'reverse') {
        const id = redemptions[one.which]
        if (model.reverse(one.which) && id !== undefined) await reverse(id)
      } else {
        const voucher = (await vouchers())[one.which]
        model.expire(one.which)
        if (voucher !== undefined)
          await database.query(
            sql`update vouchers set ends_at = now() - interval '1 second' where partner_id = ${partnerId} and id = ${voucher.id}`,
          )
        await expireVouchers(database)
      }
    },
    async compare(): Promise<void> {
      const balances = (await vouchers()).map(({ balance }) => balance / shilling)
      expect(balances).toEqual(model.vouchers.map(({ balance }) => balance))
      expect(await world.balanceOf(wallet)).toBe(model.wallet * shilling)
      expect(await liabilityOf(database, partnerId)).toBe(
        balances.reduce((sum, balance) => sum + balance, 0n) * shilling,
      )
      for (const [place, { code }] of merchants.entries())
        expect(await owedTo(database, code)).toBe((model.owed[place] ?? 0n) * shilling)
    },
  }
}
