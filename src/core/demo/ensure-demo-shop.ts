import type { Db, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { parseId } from '../../values/ids.ts'
import type { PartnerId, PayerId, SellerId } from '../../values/ids.ts'
import { createPayer, findPayer } from '../checkout/create-payer.ts'
import { createSeller } from '../checkout/create-seller.ts'
import { listSellers } from '../checkout/find-seller.ts'
import type { KeyRing } from '../keys/ring.ts'
import { listWallets } from '../ledger/list-wallets.ts'
import { findSigningSecret } from '../partners/find-signing-secret.ts'
import { selectSubject } from './demo.sql.ts'
import { micros } from './local-values.ts'

/** The demo partner's shop, made with its simulated lender and bank where it is missing. */
export async function ensureDemoShop(tx: Tx, keyRing: KeyRing, partnerId: PartnerId): Promise<SellerId> {
  const [known] = (await listSellers(tx, partnerId, { limit: 1 })).rows
  if (known !== undefined) return known.id
  const wallet = (await listWallets(tx, partnerId)).find(({ currency }) => currency === 'GBP')
  if (wallet === undefined) throw new Error("The demo's partner has a wallet in pounds.")
  return createSeller(tx, {
    partnerId,
    name: 'Bright Tools',
    walletId: wallet.id,
    lenderId: await ensurePayer(tx, keyRing, 'sandbox-lender', 'lender'),
    bankId: await ensurePayer(tx, keyRing, 'sandbox-bank', 'bank'),
    leastAmount: micros(150),
    mostAmount: micros(30_000),
    // 2.9 %, and 3.33 % for 30 days.
    feePercent: 2_900_000n,
    feePayer: 'seller',
    rate: 333_000_000n,
    redirectUrl: 'https://shop.example/thanks',
    actor: 'system',
  })
}

/** Simulated payers have no settings; the account is named after its connector. */
async function ensurePayer(
  tx: Tx,
  keyRing: KeyRing,
  code: string,
  kind: 'lender' | 'bank',
): Promise<PayerId> {
  try {
    return (await findPayer(tx, code)).id
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const payer = { code, name: `Sandbox ${kind}`, kind, connector: code, settings: {}, actor: 'system' }
    return createPayer(tx, keyRing, payer)
  }
}

/**
 * The demo partner's shop with the newest access token of a dialect, for a page that plays its part. Undefined: this database has no demo
 * world, or the shop no token.
 */
export async function findDemoShop(
  db: Db,
  keyRing: KeyRing,
  dialect: string,
): Promise<{ readonly sellerId: SellerId; readonly accessToken: string } | undefined> {
  const partnerId = parseId<PartnerId>((await selectSubject(db, 'account')) ?? '')
  if (partnerId === undefined) return undefined
  const [seller] = (await listSellers(db, partnerId, { limit: 1 })).rows
  const accessToken = await findSigningSecret(db, keyRing, partnerId, dialect)
  return seller === undefined || accessToken === undefined ? undefined : { sellerId: seller.id, accessToken }
}
