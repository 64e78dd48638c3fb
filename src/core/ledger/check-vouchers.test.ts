import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, kes, shilling } from '../../../test/voucher-world.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Statement, Tx } from '../../platform/database.ts'
import { openRenderer } from '../../platform/templates.ts'
import { redeemAtTill } from '../redemptions/redeem-at-till.ts'
import { redeemCode } from '../redemptions/redeem-code.ts'
import { checkLedger } from './check-ledger.ts'
import type { LedgerReport } from './check-ledger.ts'
import type { voucherOffenders } from './check-vouchers.sql.ts'

const { database, url } = await createTestDatabase()
/** The database's owner, whom no privilege stops. */
const owner = openDatabase({ url, poolSize: 4 })
const world = await createVoucherWorld(database)

const issuer = await world.company(1_000n)
const shop = await world.company(0n)
const { tills } = await world.merchant()
const spent = await world.voucher(issuer, 100n)
const whole = await world.voucher(issuer, 50n, { phone: '+254712345679' })
await redeemCode(database, world.keyRing, {
  partnerId: shop.partnerId,
  code: whole.code,
  dialect: 'test',
  actor: 'test',
})
const { redemption } = await redeemAtTill(
  { database, keyRing: world.keyRing, renderer: openRenderer() },
  {
    partnerId: issuer.partnerId,
    issuerId: issuer.partnerId,
    mode: 'api',
    transactionId: 'T-1',
    phone: '+254712345678',
    name: 'A',
    amount: 30n * shilling,
    currency: kes,
    tillNumber: tills[0] ?? '',
    remarks: '',
    requestKey: '',
    actor: 'test',
  },
)
const disbursementId = spent.voucher.disbursementId ?? ''

/** The report with something wrong in the tables, which is taken back. */
async function reportWith(...defect: readonly Statement[]): Promise<LedgerReport> {
  let report: LedgerReport | undefined
  const undo = new Error('undo')
  await owner
    .inTransaction(async (tx: Tx) => {
      for (const statement of defect) await tx.query(statement)
      report = await checkLedger(tx)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  if (report === undefined) throw new Error('There is no report.')
  return report
}

const entry = sql`transfer_id = ${redemption.id} and account like 'merchant_payable:%'`

const defects: Record<keyof typeof voucherOffenders, readonly (readonly Statement[])[]> = {
  vouchers_are_owed: [
    [sql`update vouchers set balance = balance - 1, redeemed = redeemed + 1 where id = ${spent.id}`],
    [sql`update vouchers set balance = 0, expired = balance where id = ${spent.id}`],
    [
      sql`update disbursements set state = 'processing', due_at = now(), issued_amount = issued_amount - 1 where id = ${disbursementId}`,
    ],
  ],
  vouchers_were_spent: [
    [sql`update vouchers set balance = balance - 1, redeemed = redeemed + 1 where id = ${spent.id}`],
    [sql`delete from redemption_parts where redemption_id = ${redemption.id}`],
    [
      sql`update redemptions set reversed_at = now(), reversed_by = 'b', proposed_by = 'a', proposal_id = id, reversal_id = id where id = ${redemption.id}`,
    ],
  ],
  redemptions_are_shared: [
    [sql`update redemptions set amount = amount + 1 where id = ${redemption.id}`],
    [sql`update redemption_parts set amount = amount - 1 where redemption_id = ${redemption.id}`],
  ],
  redemptions_are_booked: [
    [sql`delete from entries where transfer_id = ${redemption.id}`],
    [
      sql`update entries set amount = amount - 1 where transfer_id = ${redemption.id} and account = 'voucher_liability:KES'`,
    ],
  ],
  merchants_are_owed: [
    [sql`update entries set amount = amount + 1 where ${entry}`],
    [sql`update transfers set kind = 'adjustment' where id = ${redemption.id}`],
    [sql`delete from redemption_parts where redemption_id = ${redemption.id}`],
  ],
  disbursements_are_booked: [
    [sql`update disbursements set fee = fee + 1 where id = ${disbursementId}`],
    [sql`update transfers set kind = 'adjustment' where id = ${disbursementId}`],
    [sql`delete from disbursements where id = ${disbursementId}`],
  ],
  disbursements_are_issued: [
    [sql`delete from vouchers where id = ${spent.id}`],
    [sql`update vouchers set position = 2 where id = ${spent.id}`],
    [sql`delete from disbursement_recipients where disbursement_id = ${disbursementId}`],
  ],
  clearing_is_even: [
    [sql`update entries set amount = amount + 1 where account = 'clearing:KES' and amount > 0`],
  ],
}

test('books of vouchers that are right pass', async () => {
  expect((await checkLedger(database)).checks.filter(({ ok }) => !ok)).toEqual([])
})

describe.each(Object.entries(defects))('%s', (name, planted) => {
  test.each(planted.map((defect, place) => [place + 1, defect] as const))(
    'sees defect %i',
    async (_, defect) => {
      const found = (await reportWith(...defect)).checks.find((check) => check.name === name)
      expect(found).toMatchObject({ ok: false })
      expect(found?.offenders.length).toBeGreaterThan(0)
    },
  )
})

test('nothing of a planted defect stays', async () => {
  expect((await checkLedger(database)).ok).toBe(true)
  await owner.close()
})
