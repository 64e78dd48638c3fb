import type { Database, Tx } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import { parseId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { listWallets } from '../ledger/list-wallets.ts'
import { createCredential } from '../partners/create-credential.ts'
import { selectSubject } from './demo.sql.ts'
import { houseId } from '../messages/message.ts'
import { ensureDemoPerson } from './ensure-demo-person.ts'
import { ensureDemoShop } from './ensure-demo-shop.ts'
import { issuerStep } from './create-demo-issuer.ts'
import { demoMerchants } from './data/merchants.ts'
import { merchantSteps } from './create-demo-merchant.ts'
import type { MerchantPlan } from './create-demo-merchant.ts'
import type { DemoWorld } from './world.ts'

/**
 * New keys for the demo's partner, beside those that it has: for a data directory that never got them, or lost them.
 * Throws if this database has no demo world.
 */
export async function issueDemoKeys(database: Database, keyRing: KeyRing): Promise<DemoWorld> {
  const partnerId = parseId<PartnerId>((await selectSubject(database, 'account')) ?? '')
  if (partnerId === undefined) throw new Error('This database has no demo world.')
  return database.inTransaction((tx) => issueKeys(tx, keyRing, partnerId))
}

/** A credential for each dialect that the demo opens. */
export async function issueKeys(tx: Tx, keyRing: KeyRing, partnerId: PartnerId): Promise<DemoWorld> {
  const { token, secret } = await createCredential(tx, keyRing, {
    partnerId,
    dialect: 'giftapi',
    label: 'Demo',
    withSecret: true,
  })
  if (secret === undefined) throw new Error('The credential was made without its secret.')
  return {
    iascroft: await issueSecretKeys(tx, keyRing),
    giftapi: { token, partnerSecret: secret },
    vendify: await issueKeyPair(tx, keyRing, partnerId),
    iwocapay: await issueAccessToken(tx, keyRing, partnerId),
    giftpesa: await issueEncryptedKey(tx, keyRing),
    partner: await ensureDemoPerson(tx, { partnerId, ...demoPeople.partner }),
    operator: await ensureDemoPerson(tx, { partnerId: houseId, ...demoPeople.operator }),
    secondOperator: await ensureDemoPerson(tx, { partnerId: houseId, ...demoPeople.secondOperator }),
  }
}

/** Two operators, since whoever asks for something cannot approve it. */
const demoPeople = {
  partner: { side: 'partner', email: 'partner@demo.example', name: 'Demo Owner', role: 'owner' },
  operator: { side: 'operator', email: 'operator@demo.example', name: 'Demo Operator', role: 'admin' },
  secondOperator: {
    side: 'operator',
    email: 'operator-2@demo.example',
    name: 'Demo Second Operator',
    role: 'admin',
  },
} as const

/** A key for each of the accounts on plans, which are there before the demo's partner is. */
async function issueSecretKeys(tx: Tx, keyRing: KeyRing): Promise<DemoWorld['iascroft']> {
  const issue = async (plan: MerchantPlan): Promise<string> => {
    const partnerId = parseId<PartnerId>((await selectSubject(tx, merchantSteps[plan])) ?? '')
    if (partnerId === undefined) throw new Error(`This database has no demo account on the plan ${plan}.`)
    const credential = {
      partnerId,
      dialect: 'iascroft',
      label: 'Demo',
      withSecret: false,
      tokenPrefix: 'sk_test_',
    }
    return (await createCredential(tx, keyRing, credential)).token
  }
  return {
    secretKey: await issue('merchant'),
    starterSecretKey: await issue('starter'),
    enterpriseSecretKey: await issue('enterprise'),
  }
}

/** A key of the company that issues vouchers, which is there before the demo's partner is. */
async function issueEncryptedKey(tx: Tx, keyRing: KeyRing): Promise<DemoWorld['giftpesa']> {
  const partnerId = parseId<PartnerId>((await selectSubject(tx, issuerStep)) ?? '')
  if (partnerId === undefined) throw new Error('This database has no demo account that issues vouchers.')
  const credential = {
    partnerId,
    dialect: 'giftpesa',
    label: 'Demo',
    withSecret: false,
    withEncryption: true,
    scopes: ['codes:read'],
  }
  const { token, username, encryptionKey } = await createCredential(tx, keyRing, credential)
  if (username === undefined || encryptionKey === undefined)
    throw new Error('The credential was made without its user name.')
  const tills = Object.fromEntries(demoMerchants.map(({ code, till }) => [code, till.number]))
  return { username, apiKey: token, publicKey: encryptionKey, tills }
}

async function issueKeyPair(tx: Tx, keyRing: KeyRing, partnerId: PartnerId): Promise<DemoWorld['vendify']> {
  const { token, privateKey, noncePrefix } = await createCredential(tx, keyRing, {
    partnerId,
    dialect: 'vendify',
    label: 'Demo',
    withSecret: false,
    withKeyPair: true,
    scopes: ['delivery:update'],
  })
  if (privateKey === undefined || noncePrefix === undefined)
    throw new Error('The credential was made without its key pair.')
  const wallets = (await listWallets(tx, partnerId)).filter(({ code }) => demoWallets.includes(code))
  const walletIds = Object.fromEntries(
    demoWallets.flatMap((code) =>
      wallets.filter((wallet) => wallet.code === code).map(({ currency }) => [currency, code]),
    ),
  )
  return { apiKey: token, privateKey, noncePrefix, walletIds }
}

async function issueAccessToken(
  tx: Tx,
  keyRing: KeyRing,
  partnerId: PartnerId,
): Promise<DemoWorld['iwocapay']> {
  const sellerId = await ensureDemoShop(tx, keyRing, partnerId)
  const { token } = await createCredential(tx, keyRing, {
    partnerId,
    dialect: 'iwocapay',
    label: 'Demo',
    withSecret: false,
    keepToken: true,
  })
  return { sellerId, accessToken: token }
}

const demoWallets: readonly string[] = ['NGN-1', 'GBP-1', 'USD-1']
