import { describe, expect, test } from 'vitest'
import { fundedWallet, insertOrder, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { openDatabase, rawStatement, sql } from '../../platform/database.ts'
import type { Statement, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { HoldId, OrderId, PartnerId } from '../../values/ids.ts'
import { checkLedger } from './check-ledger.ts'
import type { LedgerReport } from './check-ledger.ts'
import { bankOffenders } from './check-bank.sql.ts'
import { settlementOffenders } from './check-settlements.sql.ts'
import { voucherOffenders } from './check-vouchers.sql.ts'
import { correctCost } from './correct-cost.ts'
import { holdFunds } from './hold-funds.ts'
import type { Wallet } from './ledger.ts'
import { openWallet } from './open-wallet.ts'
import { postTransfer } from './post-transfer.ts'
import { rollUpAccounts } from './roll-up-accounts.ts'
import { settleHold } from './settle-hold.ts'

const { database, url } = await createTestDatabase()
/** The database's owner, whom no privilege stops. */
const owner = openDatabase({ url, poolSize: 4 })

const books = await makeBooks()

/** A partner with every kind of thing that the checks look at, all of it right; and another, so that "all" is more than one. */
async function makeBooks() {
  const wallet = await fundedWallet(database, 1_000n, 100n)
  const { partnerId, id: walletId } = wallet
  await fundedWallet(database, 1_000n)
  const second = await database.inTransaction((tx) =>
    openWallet(tx, { partnerId, currency: usd, isDefault: false }),
  )
  await transfer(wallet, 'withdrawal', -10n)
  await transfer(second, 'topup', 10n)
  const completed = await order(wallet, 'completed', 200n)
  await order(wallet, 'partially_completed', 50n)
  const processing = newId<OrderId>()
  await database.inTransaction(async (tx) => {
    await holdFunds(tx, { partnerId, walletId, holdId: newId<HoldId>(), amount: 30n, orderId: processing })
    await insertOrder(tx, { wallet, id: processing, status: 'processing', total: 30n })
  })
  await correct(wallet, completed, 9n)
  await rollUpAccounts(database)
  await correct(wallet, completed, -4n)
  await transfer(wallet, 'adjustment', 5n)
  return { wallet, second, completed, processing }
}

async function transfer(
  { partnerId, id: walletId }: Wallet,
  kind: 'withdrawal' | 'topup' | 'adjustment',
  amount: bigint,
): Promise<void> {
  const command = {
    partnerId,
    walletId,
    kind,
    amount,
    reference: `${walletId} ${kind}`,
    actor: 'test',
  } as const
  await database.inTransaction((tx) => postTransfer(tx, command))
}

async function correct({ partnerId }: Wallet, orderId: OrderId, amount: bigint): Promise<void> {
  const cost = { supplier: 'far', currency: usd, amount }
  const words = { reference: `${orderId} ${amount}`, description: '', actor: 'test' }
  await database.inTransaction((tx) => correctCost(tx, { partnerId, orderId, ...cost, ...words }))
}

async function order(wallet: Wallet, status: string, total: bigint): Promise<OrderId> {
  const orderId = newId<OrderId>()
  const { partnerId, id: walletId } = wallet
  await database.inTransaction(async (tx) => {
    const holdId = newId<HoldId>()
    await holdFunds(tx, { partnerId, walletId, holdId, amount: total + 1n, orderId })
    await settleHold(tx, { partnerId, holdId, amount: total })
    await insertOrder(tx, { wallet, id: orderId, status, total })
  })
  return orderId
}

/** What the checks say while the defect is there; it is gone afterwards. */
async function reportWith(...defect: readonly Statement[]): Promise<LedgerReport> {
  const gone = new Error('taken back')
  let report: LedgerReport | undefined
  await owner
    .inTransaction(async (tx) => {
      await plant(tx, defect)
      report = await checkLedger(tx)
      throw gone
    })
    .catch((error: unknown) => {
      if (error !== gone) throw error
    })
  if (report === undefined) throw new Error('There is no report.')
  return report
}

/** Each statement of a defect must change something, or it is no defect. */
async function plant(tx: Tx, defect: readonly Statement[]): Promise<void> {
  for (const statement of defect) {
    const text = statement.sql.trimStart()
    if (text.startsWith('alter')) await tx.query(statement)
    else
      expect(
        await tx.query(sql`with defect as (${statement} returning 1) select 1 from defect`),
        text,
      ).not.toEqual([])
  }
}

const { wallet, second, completed, processing } = books
const { partnerId, id: walletId } = wallet
const stranger = newId<PartnerId>()
const chargeEntry = sql`partner_id = ${partnerId} and transfer_id = ${completed} and number is not null`
const salesEntry = sql`partner_id = ${partnerId} and transfer_id = ${completed} and number is null`
const thisWallet = sql`partner_id = ${partnerId} and id = ${walletId}`

/** A refund of the completed order, right in itself, as the journal's writers would make it. */
function refund(amount: bigint, orderId: OrderId = completed): Statement[] {
  const id = newId<never>()
  return [
    sql`insert into transfers (partner_id, id, kind, order_id) values (${partnerId}, ${id}, 'refund', ${orderId})`,
    sql`update wallets set balance = balance + ${amount}, entry_count = entry_count + 1 where ${thisWallet}`,
    sql`insert into entries (partner_id, transfer_id, account, currency, amount, number, balance_after)
        select partner_id, ${id}, account, currency, ${amount}::bigint, entry_count, balance from wallets where ${thisWallet}`,
    sql`insert into entries (partner_id, transfer_id, account, currency, amount)
        values (${partnerId}, ${id}, 'sales:USD', 'USD', ${-amount}::bigint)`,
  ]
}

/** Those of vouchers and of banks have tests of their own, with rows to plant defects in. */
const defects: Record<
  Exclude<
    LedgerReport['checks'][number]['name'],
    keyof typeof voucherOffenders | keyof typeof bankOffenders | keyof typeof settlementOffenders
  >,
  readonly (readonly Statement[])[]
> = {
  transfers_sum_to_zero: [
    [sql`update entries set amount = amount + 1 where ${salesEntry}`],
    [sql`delete from entries where ${salesEntry}`],
    // The same sum in another currency.
    [sql`update entries set currency = 'EUR' where ${salesEntry}`],
  ],
  transfers_have_two_entries: [
    [sql`delete from entries where ${salesEntry}`],
    [sql`insert into transfers (partner_id, id, kind) values (${partnerId}, ${newId<never>()}, 'topup')`],
  ],
  transfers_are_numbered: [
    [sql`update entries set number = null, balance_after = null where ${chargeEntry}`],
  ],
  entries_belong: [
    [sql`delete from transfers where partner_id = ${partnerId} and id = ${completed}`],
    [sql`update entries set account = 'sales:XXX' where ${salesEntry}`],
    [sql`update entries set partner_id = ${stranger} where ${salesEntry}`],
  ],
  currencies_agree: [
    [sql`update entries set currency = 'EUR' where partner_id = ${partnerId} and transfer_id = ${completed}`],
    [sql`update wallets set currency = 'EUR' where partner_id = ${partnerId} and id = ${second.id}`],
    [sql`update ledger_accounts set kind = 'cash' where partner_id = ${partnerId} and code = 'wallet:USD-2'`],
    [sql`update orders set currency = 'EUR' where partner_id = ${partnerId} and id = ${completed}`],
    [
      sql`update ledger_accounts set kind = 'fees' where partner_id = ${partnerId} and code = 'corrections:USD'`,
    ],
  ],
  numbered_balances: [
    [sql`update wallets set balance = balance + 1 where ${thisWallet}`],
    [sql`update entries set amount = amount + 1 where ${chargeEntry}`],
    [sql`update corrections set balance = balance + 1 where partner_id = ${partnerId}`],
    // The sum is right and the last balance is not.
    [
      sql`update entries set balance_after = balance_after + 1 where partner_id = ${partnerId} and account = 'wallet:USD-2'`,
    ],
  ],
  numbered_chains: [
    [sql`update entries set number = 1000 where ${chargeEntry}`],
    [sql`update entries set balance_after = balance_after + 1 where ${chargeEntry}`],
    [sql`update entries set balance_after = 7, number = 1 where ${salesEntry}`],
    [sql`update wallets set entry_count = entry_count + 1 where ${thisWallet}`],
    [sql`update corrections set entry_count = entry_count + 1 where partner_id = ${partnerId}`],
    [
      sql`update entries set balance_after = 0 where partner_id = ${partnerId} and account = 'corrections:USD' and number = 1`,
    ],
    [sql`delete from entries where partner_id = ${partnerId} and account = 'wallet:USD-2'`],
    [
      sql`update entries set number = null, balance_after = null where partner_id = ${partnerId} and account = 'wallet:USD-2'`,
    ],
  ],
  wallets_reserved: [
    [sql`update wallets set reserved = reserved + 1 where ${thisWallet}`],
    [sql`update holds set state = 'released' where partner_id = ${partnerId} and state = 'open'`],
    [sql`update holds set amount = amount + 1 where partner_id = ${partnerId} and state = 'open'`],
  ],
  wallets_not_overdrawn: [
    [
      rawStatement('alter table wallets drop constraint wallets_not_overdrawn'),
      sql`update wallets set balance = -101 + reserved where ${thisWallet}`,
    ],
    [
      rawStatement('alter table wallets drop constraint wallets_not_overdrawn'),
      sql`update wallets set balance = -1, reserved = 0, allow_overdraft = false where ${thisWallet}`,
    ],
  ],
  corrections_are_alone: [
    [sql`update transfers set kind = 'correction' where partner_id = ${partnerId} and kind = 'topup'`],
    [sql`update transfers set kind = 'adjustment' where partner_id = ${partnerId} and kind = 'correction'`],
  ],
  holds_settled: [
    [
      sql`update holds set settled_amount = settled_amount - 1 where partner_id = ${partnerId} and order_id = ${completed}`,
    ],
    [sql`update holds set order_id = null where partner_id = ${partnerId} and order_id = ${completed}`],
    [sql`update holds set settled_amount = 1 where partner_id = ${partnerId} and state = 'open'`],
  ],
  orders_have_charges: [
    [sql`update orders set status = 'completed' where partner_id = ${partnerId} and id = ${processing}`],
    [sql`update transfers set kind = 'adjustment' where partner_id = ${partnerId} and id = ${completed}`],
  ],
  charges_have_orders: [
    [sql`delete from orders where partner_id = ${partnerId} and id = ${completed}`],
    [sql`update transfers set order_id = null where partner_id = ${partnerId} and id = ${completed}`],
    [sql`update transfers set kind = 'charge' where partner_id = ${partnerId} and kind = 'adjustment'`],
    refund(10n, newId<OrderId>()),
  ],
  charges_are_totals: [
    [
      sql`update orders set total_amount = total_amount + 1 where partner_id = ${partnerId} and id = ${completed}`,
    ],
    [sql`update orders set wallet_id = ${second.id} where partner_id = ${partnerId} and id = ${completed}`],
  ],
  orders_net: [
    [
      sql`update orders set total_amount = total_amount - 1 where partner_id = ${partnerId} and id = ${completed}`,
    ],
    [sql`update orders set status = 'failed' where partner_id = ${partnerId} and id = ${completed}`],
    refund(10n),
    [...refund(200n), ...refund(200n)],
  ],
  orders_are_held: [
    [sql`update holds set state = 'released' where partner_id = ${partnerId} and state = 'open'`],
    [sql`update holds set amount = amount - 1 where partner_id = ${partnerId} and state = 'open'`],
    [sql`update orders set status = 'failed' where partner_id = ${partnerId} and id = ${processing}`],
  ],
  orders_belong: [
    [
      sql`update orders set wallet_id = ${newId<never>()} where partner_id = ${partnerId} and id = ${completed}`,
    ],
    [sql`delete from order_items where partner_id = ${partnerId} and order_id = ${completed}`],
    [
      sql`update order_items set order_id = ${newId<never>()} where partner_id = ${partnerId} and order_id = ${completed}`,
    ],
    [
      sql`insert into order_codes (partner_id, order_id, item, position, code_id, data_key_id, ciphertext, expires_on)
          values (${partnerId}, ${completed}, 2, 1, ${newId<never>()}, ${newId<never>()}, '', 'infinity')`,
    ],
  ],
  account_totals: [
    [
      sql`update account_totals set total = total + 1 where partner_id = ${partnerId} and account = 'sales:USD'`,
    ],
    [
      sql`update account_totals set total = total + 1 where partner_id = ${partnerId} and account = 'wallet:USD-1'`,
    ],
    [
      sql`update account_totals set entry_number = entry_number - 1 where partner_id = ${partnerId} and account = 'wallet:USD-1'`,
    ],
    [
      sql`update account_totals set entry_number = 1000 where partner_id = ${partnerId} and account = 'wallet:USD-1'`,
    ],
    [sql`delete from account_totals where partner_id = ${partnerId} and account = 'cash:USD'`],
    [
      sql`update account_totals set entry_number = 2 where partner_id = ${partnerId} and account = 'corrections:USD'`,
    ],
    [
      sql`update account_totals set account = 'fees:USD' where partner_id = ${partnerId} and account = 'cash:USD'`,
    ],
  ],
}

test('right books pass every check', async () => {
  const report = await checkLedger(database)
  expect(report.checks.map(({ name }) => name)).toEqual([
    ...Object.keys(defects),
    ...Object.keys(voucherOffenders),
    ...Object.keys(bankOffenders),
    ...Object.keys(settlementOffenders),
  ])
  expect(report.checks.filter(({ ok, offenders }) => !ok || offenders.length > 0)).toEqual([])
  expect(report.ok).toBe(true)
})

test('an order that was paid back in full is right', async () => {
  const report = await reportWith(...refund(200n))
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
})

describe.each(Object.entries(defects))('%s', (name, planted) => {
  test.each(planted.map((defect, place) => [place + 1, defect] as const))(
    'sees defect %i and says where it is',
    async (_, defect) => {
      const report = await reportWith(...defect)
      const found = report.checks.find((check) => check.name === name)
      expect(report.ok).toBe(false)
      expect(found).toMatchObject({ ok: false })
      expect(found?.offenders.length).toBeGreaterThan(0)
      for (const offender of found?.offenders ?? []) {
        expect(offender).toMatch(new RegExp(`^(${partnerId}|${stranger})/`))
        expect(found?.detail).toContain(offender)
      }
    },
  )
})

test('a report names 20 offenders and says that there are more', async () => {
  const lone = Array.from(
    { length: 25 },
    () => sql`
    insert into transfers (partner_id, id, kind) values (${partnerId}, ${newId<never>()}, 'topup')`,
  )
  const found = (await reportWith(...lone)).checks.find(({ name }) => name === 'transfers_have_two_entries')
  expect(found?.offenders).toHaveLength(20)
  expect(found?.detail).toMatch(/ and more\.$/)
})

test('nothing of a planted defect stays', async () => {
  expect((await checkLedger(database)).ok).toBe(true)
  await owner.close()
})
