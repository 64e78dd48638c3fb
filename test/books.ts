import { expect } from 'vitest'
import { checkCheckouts } from '../src/core/checkout/check-checkouts.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import type { Wallet } from '../src/core/ledger/ledger.ts'
import { checkLedger } from '../src/core/ledger/check-ledger.ts'
import { checkStock } from '../src/core/stock/check-stock.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import type { Partner } from '../src/core/partners/partner.ts'
import { sql } from '../src/platform/database.ts'
import type { Database, Tx } from '../src/platform/database.ts'
import type { OrderId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { Currency, Micros } from '../src/values/money.ts'

/** Partners and money for tests that need nothing else of the world. */

export const usd = currencyOf('USD')

export function currencyOf(code: string): Currency {
  const currency = parseCurrency(code)
  if (currency === undefined) throw new Error(`${code} is no currency.`)
  return currency
}

/** Every proof of the ledger, of the stock and of what buyers owe holds. */
export async function proveBooks(database: Database): Promise<void> {
  const checks = [
    ...(await checkLedger(database)).checks,
    ...(await checkStock(database)).checks,
    ...(await checkCheckouts(database)).checks,
  ]
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
}

let made = 0

export async function newPartner(database: Database): Promise<Partner> {
  made += 1
  const name = `Partner ${made}`
  return database.inTransaction((tx) =>
    createPartner(tx, { name, email: `partner-${process.pid}-${made}@example.com` }),
  )
}

/** A default wallet in dollars of a new partner, with so many micros in it. */
export async function fundedWallet(
  database: Database,
  funds: Micros,
  overdraft: Micros = 0n,
): Promise<Wallet> {
  const { id: partnerId } = await newPartner(database)
  return database.inTransaction(async (tx) => {
    const limits = { allowOverdraft: overdraft > 0n, overdraftLimit: overdraft }
    const wallet = await openWallet(tx, { partnerId, currency: usd, isDefault: true, ...limits })
    if (funds > 0n) {
      const topup = {
        kind: 'topup',
        amount: funds,
        reference: `opening of ${wallet.id}`,
        actor: 'test',
      } as const
      await postTransfer(tx, { partnerId, walletId: wallet.id, ...topup })
    }
    return { ...wallet, balance: funds }
  })
}

/** The order that a hold was settled for, as the order path would have left it. */
export async function insertOrder(
  tx: Tx,
  order: { readonly wallet: Wallet; readonly id: OrderId; readonly status: string; readonly total: Micros },
): Promise<void> {
  const { wallet, id, status, total } = order
  await tx.query(sql`
    insert into orders (partner_id, id, external_id, request_hash, dialect, wallet_id, status, currency, total_amount)
    values (${wallet.partnerId}, ${id}, ${id}, ${id}, 'test', ${wallet.id}, ${status}, ${wallet.currency}, ${total})`)
  await tx.query(sql`
    insert into order_items (partner_id, order_id, item, sku_id, sku_name, quantity, unit_price, face_value, face_currency, status)
    values (${wallet.partnerId}, ${id}, 1, ${id}, 'Test', 1, ${total}, ${total}, ${wallet.currency}, ${status})`)
}
