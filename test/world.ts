import { storeCatalogue } from '../src/core/catalogue/store-catalogue.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import type { PlaceOrder } from '../src/core/orders/order.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { addCodes } from '../src/core/stock/add-codes.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { PartnerId, SkuId, WalletId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { Currency, Micros } from '../src/values/money.ts'

/** One major unit in micros. */
export const unit = 1_000_000n

const usd: Currency = currency('USD')

export function currency(code: string): Currency {
  const parsed = parseCurrency(code)
  if (parsed === undefined) throw new Error(`${code} is no currency.`)
  return parsed
}

export type TestPartner = { readonly partnerId: PartnerId; readonly walletId: WalletId }

/** A small world for tests of the core: SKUs of ten dollars' face value, partners with a funded wallet, codes that tell their SKU and number. */
export type World = {
  readonly database: Database
  readonly keyRing: KeyRing
  partner(funds: bigint, overdraft?: bigint): Promise<TestPartner>
  /** @param faceValue of its one denomination; 10 dollars by default */
  sku(faceValue?: Micros): Promise<SkuId>
  stock(skuId: SkuId, count: number, expiresOn?: string): Promise<void>
  order(partner: TestPartner, skuId: SkuId, changes?: Partial<PlaceOrder>): PlaceOrder
}

let made = 0

export async function createWorld(database: Database, keyRing?: KeyRing): Promise<World> {
  const ring = keyRing ?? (await openKeyRing(database, newSecretKey()))
  return {
    database,
    keyRing: ring,
    partner: (funds, overdraft) => makePartner(database, funds, overdraft),
    sku: (faceValue) => makeSku(database, faceValue),
    async stock(skuId, count, expiresOn) {
      made += 1
      const codes = Array.from({ length: count }, (_, place) => ({
        code: `CODE-${made}-${place + 1}`,
        ...(expiresOn === undefined ? {} : { expiresOn }),
      }))
      await database.inTransaction((tx) => addCodes(tx, ring, { skuId, codes, actor: 'test' }))
    },
    order: (partner, skuId, changes) => makeOrder(partner, skuId, changes),
  }
}

async function makePartner(database: Database, funds: bigint, overdraft = 0n): Promise<TestPartner> {
  made += 1
  return database.inTransaction(async (tx) => {
    const partner = await createPartner(tx, { name: `Partner ${made}`, email: `partner-${made}@example.com` })
    const wallet = await openWallet(tx, {
      partnerId: partner.id,
      currency: usd,
      isDefault: true,
      allowOverdraft: overdraft > 0n,
      overdraftLimit: overdraft,
    })
    if (funds > 0n) {
      await postTransfer(tx, {
        partnerId: partner.id,
        walletId: wallet.id,
        kind: 'topup',
        amount: funds,
        reference: 'opening',
        actor: 'test',
      })
    }
    return { partnerId: partner.id, walletId: wallet.id }
  })
}

async function makeSku(database: Database, faceValue: Micros = 10n * unit): Promise<SkuId> {
  made += 1
  const code = `TEST-${made}`
  const names = { en: `Test card ${made}` }
  await database.inTransaction((tx) =>
    storeCatalogue(tx, {
      currencies: [{ code: usd, numericCode: 840, decimals: 2, names: { en: 'US dollar' } }],
      categories: [{ code: 'giftcard', names: { en: 'Gift cards' } }],
      brands: [{ code: 'test', names: { en: 'Test' } }],
      products: [{ code, category: 'giftcard', brand: 'test', type: 'voucher', names }],
      skus: [
        {
          code,
          product: code,
          names,
          currency: usd,
          denomination: { kind: 'fixed', value: faceValue },
          maxPerOrder: 100,
        },
      ],
    }),
  )
  const [row] = await database.query<{ id: SkuId }>(sql`select id from skus where code = ${code}`)
  if (row === undefined) throw new Error('The SKU was not stored.')
  return row.id
}

function makeOrder(partner: TestPartner, skuId: SkuId, changes: Partial<PlaceOrder> = {}): PlaceOrder {
  made += 1
  return {
    ...partner,
    currency: usd,
    dialect: 'test',
    externalId: `order-${made}`,
    requestKey: `${skuId}/1`,
    skuId,
    skuName: 'Test card',
    quantity: 1,
    unitPrice: 11n * unit,
    faceValue: 10n * unit,
    faceCurrency: usd,
    allowPartial: true,
    canBeSupplied: false,
    customerData: undefined,
    metadata: undefined,
    ...changes,
  }
}
