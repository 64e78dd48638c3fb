import { afterAll } from 'vitest'
import { agreeCheckout } from '../src/core/checkout/agree-checkout.ts'
import type { Agreement } from '../src/core/checkout/agree-checkout.ts'
import type { Checkout } from '../src/core/checkout/checkout.ts'
import { createCheckout } from '../src/core/checkout/create-checkout.ts'
import type { CreateCheckout } from '../src/core/checkout/create-checkout.ts'
import { createPayer } from '../src/core/checkout/create-payer.ts'
import { createSeller } from '../src/core/checkout/create-seller.ts'
import type { CreateSeller } from '../src/core/checkout/create-seller.ts'
import { findCheckout } from '../src/core/checkout/find-checkout.ts'
import { findSeller } from '../src/core/checkout/find-seller.ts'
import { openDecisions } from '../src/core/checkout/open-decisions.ts'
import type { Decisions, DecisionsOptions } from '../src/core/checkout/open-decisions.ts'
import type { OpenPayer, Payer } from '../src/core/checkout/payer.ts'
import type { Seller } from '../src/core/checkout/seller.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { findWallet } from '../src/core/ledger/find-wallet.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import type { Database } from '../src/platform/database.ts'
import { openHttpClient } from '../src/platform/http.ts'
import { openLog } from '../src/platform/log.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { CheckoutId, PartnerId } from '../src/values/ids.ts'
import type { Micros } from '../src/values/money.ts'
import { payerConnectors } from '../src/payers/all.ts'
import { currency, unit } from './world.ts'

/** Shops whose buyers pay now or later, for tests of the core: nothing of HTTP. */
export type CheckoutWorld = {
  readonly database: Database
  readonly keyRing: KeyRing
  /** A shop of a new partner, with the simulated lender and bank unless others are given by their codes. */
  seller(changes?: Partial<CreateSeller>): Promise<Seller>
  order(seller: Seller, changes?: Partial<CreateCheckout>): Promise<Checkout>
  agree(id: CheckoutId, agreement?: Agreement): Promise<{ readonly isRepeat: boolean }>
  find(id: CheckoutId): Promise<Checkout>
  balance(seller: Seller): Promise<Micros>
  /** A process that asks payers, until it is stopped or the test file ends. */
  start(options?: Partial<DecisionsOptions>): Decisions
}

/** Buyers' addresses are never twice the same. */
export function onCredit(
  changes: Partial<Extract<Agreement, { chosen: 'pay_later' }>['buyer']> = {},
): Agreement {
  made += 1
  const buyer = {
    company: 'Corner Café Ltd',
    email: `buyer-${made}@example.com`,
    turnover: 120_000n * unit,
    ...changes,
  }
  return { chosen: 'pay_later', months: 3, buyer, day: new Date().toISOString().slice(0, 10) }
}

const callbacksAnywhere = { requireHttps: false, allowLoopback: true }

let made = 0

/** @param scripted payers by the names of connectors that are not there */
export async function createCheckoutWorld(
  database: Database,
  scripted: ReadonlyMap<string, Payer> = new Map(),
  givenKeys?: KeyRing,
): Promise<CheckoutWorld> {
  const keyRing = givenKeys ?? (await openKeyRing(database, newSecretKey()))
  const open = payerOpener(scripted)
  const payers = await database.inTransaction(async (tx) => {
    const make = (code: string, kind: 'lender' | 'bank') =>
      createPayer(tx, keyRing, { code, name: code, kind, connector: code, settings: {}, actor: 'test' })
    for (const name of scripted.keys()) await make(name, 'lender')
    return { lenderId: await make('sandbox-lender', 'lender'), bankId: await make('sandbox-bank', 'bank') }
  })
  const world: CheckoutWorld = {
    database,
    keyRing,
    async seller(changes = {}) {
      const { partnerId, id } = await makeSeller(database, { ...payers, ...changes })
      return findSeller(database, partnerId, id)
    },
    async order(seller, changes = {}) {
      const command = {
        seller,
        dialect: 'test',
        amount: 1_000n * unit,
        reference: '#1',
        pageUrl: 'http://127.0.0.1/pay',
        ...changes,
      }
      const created = await database.inTransaction((tx) => createCheckout(tx, callbacksAnywhere, command))
      return created.checkout
    },
    agree: (id, agreement = onCredit()) =>
      database.inTransaction((tx) => agreeCheckout(tx, keyRing, id, agreement)),
    find: (id) => findCheckout(database, id),
    balance: async ({ partnerId, walletId }) => (await findWallet(database, partnerId, walletId)).balance,
    start(options = {}) {
      const parts = { database, keyRing, open, log: openLog('silent'), onAnswer: () => undefined, pollMs: 25 }
      const decisions = openDecisions({ ...parts, ...options })
      afterAll(() => decisions.stop())
      return decisions
    },
  }
  return world
}

/** Opens the real connectors, and scripted ones by name. */
export function payerOpener(scripted: ReadonlyMap<string, Payer> = new Map()): OpenPayer {
  const http = openHttpClient({ allowLoopback: true })
  afterAll(() => http.close())
  return (name, settings) =>
    scripted.get(name) ??
    payerConnectors.find((one) => one.name === name)?.open(settings, { http, environment: 'sandbox' })
}

async function makeSeller(database: Database, changes: Partial<CreateSeller>) {
  made += 1
  return database.inTransaction(async (tx) => {
    const partner = await createPartner(tx, { name: `Shop ${made}`, email: `shop-${made}@example.com` })
    const partnerId: PartnerId = partner.id
    const wallet = await openWallet(tx, { partnerId, currency: currency('GBP'), isDefault: true })
    const id = await createSeller(tx, {
      partnerId,
      name: 'Bright Tools',
      walletId: wallet.id,
      lenderId: undefined,
      bankId: undefined,
      leastAmount: 150n * unit,
      mostAmount: 30_000n * unit,
      feePercent: 3n * unit,
      feePayer: 'seller',
      rate: 300_000_000n,
      redirectUrl: 'https://shop.example/thanks',
      actor: 'test',
      ...changes,
    })
    return { partnerId, id }
  })
}
