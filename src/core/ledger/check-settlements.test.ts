import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createSettlementWorld } from '../../../test/settlement-world.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Statement, Tx } from '../../platform/database.ts'
import { checkLedger } from './check-ledger.ts'
import type { LedgerReport } from './check-ledger.ts'
import type { settlementOffenders } from './check-settlements.sql.ts'

const { database, url } = await createTestDatabase()
/** The database's owner, whom no privilege stops. */
const owner = openDatabase({ url, poolSize: 4 })
const world = await createSettlementWorld(database)

const issuer = await world.company(1_000n)
const merchant = await world.merchantWithBank()
const redemption = await world.redeem(issuer, merchant, 100n)
await world.reverse(issuer, await world.redeem(issuer, merchant, 10n))
const paid = await world.pay(issuer, merchant, 30n)
const returned = await world.pay(issuer, merchant, 20n)
const back = (await world.proposeReturn(returned, 'back')).settlement.id
await world.approve(back)
const proposed = (await world.propose(issuer, merchant, 5n)).settlement.id
const rejected = (await world.propose(issuer, merchant, 6n)).settlement.id
await world.reject(rejected)

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

const payable = sql`account like 'merchant_payable:%'`
const decided = sql`decided_by = 'x', decided_at = now()`

const defects: Record<keyof typeof settlementOffenders, readonly (readonly Statement[])[]> = {
  merchants_are_settled: [
    [sql`update running_accounts set balance = balance + 1 where ${payable}`],
    [sql`update entries set amount = amount + 1 where transfer_id = ${paid} and ${payable}`],
    [sql`delete from entries where transfer_id = ${back} and ${payable}`],
    [sql`update settlements set amount = amount + 1 where id = ${paid}`],
    [sql`update settlements set state = 'approved', ${decided} where id = ${proposed}`],
    [sql`update redemption_parts set amount = amount - 1 where redemption_id = ${redemption}`],
    // A payout that is booked as something else is still owed less, and one that nobody knows of is seen.
    [
      sql`insert into transfers (partner_id, id, kind) values (${issuer.partnerId}, ${proposed}, 'adjustment')`,
      sql`insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
          select partner_id, ${proposed}::uuid, account, currency, -1, entry_count + 1, balance - 1 from running_accounts where ${payable}`,
      sql`update running_accounts set balance = balance - 1, entry_count = entry_count + 1 where ${payable}`,
    ],
  ],
  settlements_are_booked: [
    [sql`update settlements set state = 'proposed', decided_by = null, decided_at = null where id = ${paid}`],
    [sql`update settlements set state = 'rejected' where id = ${paid}`],
    [sql`update settlements set state = 'approved' where id = ${rejected}`],
    [sql`update settlements set state = 'approved' where id = ${returned}`],
    [sql`update settlements set state = 'returned' where id = ${paid}`],
    [sql`update settlements set payout_id = ${paid} where id = ${back}`],
    [sql`update transfers set kind = 'adjustment' where id = ${paid}`],
    [sql`update transfers set kind = 'merchant_payout' where id = ${back}`],
    [sql`update entries set amount = amount - 1 where transfer_id = ${paid} and ${payable}`],
    [sql`update entries set amount = amount - 1 where transfer_id = ${paid} and account = 'cash:KES'`],
    [sql`delete from settlements where id = ${paid}`],
  ],
}

test('books of merchants that were paid are right', async () => {
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
