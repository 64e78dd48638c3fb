import { createSeller } from '../src/core/checkout/create-seller.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import type { Services } from '../src/dialects/dialect.ts'
import type { CredentialId, PartnerId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import { signInTo } from './giftpesa-sign-in.ts'
import { signedHeaders } from './signed-call.ts'

export type Headers = Readonly<Record<string, string>>

/** A partner that may call one dialect. */
export type Account = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  readonly headers: Headers
  /** What stands for {sellerId} in its paths, where a dialect has such. */
  readonly sellerId?: string
}

/** What the suite must know of a dialect: all else it finds out. */
export type Subject = {
  readonly name: string
  /** Makes a partner with a credential, and the headers that a good call carries. */
  makeAccount(services: Omit<Services, 'formats'>): Promise<Account>
  readonly wrongHeaders: Headers
  /** A GET that reads the database at each call. */
  readonly read: string
  /** A POST that takes JSON, whose body must hold something. */
  readonly write: string
  /** Statuses where dialects differ; the usual ones are in the suite. */
  readonly statuses?: { readonly [kind in keyof typeof usual]?: number }
  /** The type of a failure's body; JSON, where it is absent. */
  readonly failureType?: string
  /** Whether a body is the dialect's failure. */
  isFailure(body: unknown, status: number): boolean
}

export const usual = {
  unknownRoute: 404,
  wrongMethod: 405,
  malformed: 400,
  wrongType: 415,
  tooLarge: 413,
  noCredential: 401,
  wrongCredential: 401,
  inactive: 403,
  limited: 429,
  away: 503,
}

export const subjects: readonly Subject[] = [
  {
    name: 'giftapi',
    makeAccount: (services) =>
      makeAccount(services, 'giftapi', (token) => ({ authorization: `Bearer ${token}` })),
    wrongHeaders: { authorization: 'Bearer scrip_nobody' },
    read: '/balance',
    write: '/orders',
    isFailure: (body) =>
      isObject(body) && body['success'] === false && isText(body['message']) && isText(body['error']),
  },
  {
    name: 'giftpesa',
    makeAccount: makeSignedInAccount,
    wrongHeaders: { authorization: 'Bearer access_nobody' },
    read: '/merchants',
    write: '/disburse',
    // The vendor's list of statuses is closed.
    statuses: { wrongType: 406, tooLarge: 400 },
    isFailure: (body, status) =>
      isObject(body) &&
      isObject(body['Error']) &&
      body['Error']['Code'] === status &&
      isText(body['Error']['Message']),
  },
  {
    name: 'house',
    makeAccount: (services) =>
      makeAccount(services, 'house', (token) => ({ authorization: `Bearer ${token}` }), ['write']),
    wrongHeaders: { authorization: 'Bearer scrip_nobody' },
    read: '/wallets',
    write: '/orders',
    failureType: 'application/problem+json; charset=utf-8',
    isFailure: (body, status) =>
      isObject(body) && body['status'] === status && isText(body['code']) && isText(body['detail']),
  },
  {
    name: 'iascroft',
    makeAccount: (services) =>
      makeAccount(services, 'iascroft', (token) => ({ authorization: `Bearer ${token}` })),
    wrongHeaders: { authorization: 'Bearer sk_test_nobody' },
    read: '/wallet/balance',
    write: '/giftcard/purchase',
    isFailure: (body, status) =>
      isObject(body) &&
      body['status'] === 'error' &&
      isObject(body['error']) &&
      isText(body['error']['code']) &&
      isText(body['error']['message']) &&
      body['error']['http_status'] === status,
  },
  {
    name: 'iwocapay',
    makeAccount: makeSellingAccount,
    wrongHeaders: { authorization: 'Bearer scrip_nobody' },
    read: '/api/iwocapay/ecommerce/seller/{sellerId}/connection_check',
    write: '/api/iwocapay/seller/integrations/{sellerId}/events',
    isFailure: (body) =>
      isObject(body) &&
      Array.isArray(body['errors']) &&
      body['errors'].length > 0 &&
      body['errors'].every((one) => isObject(one) && isText(one['detail']) && isText(one['code'])),
  },
  {
    name: 'vendify',
    makeAccount: makeSigningAccount,
    wrongHeaders: { 'x-api-key': 'scrip_nobody', 'x-nonce': '12345678', 'x-signature': 'none' },
    read: '/api/v1/Report/AccountBalance',
    write: '/api/v1/orders',
    isFailure: (body) =>
      isObject(body) &&
      body['requestStatus'] === 'FAILED' &&
      isText(body['message']) &&
      isObject(body['response']) &&
      isText(body['response']['errorCode']),
  },
]

/** Whose paths name a shop of the account. */
async function makeSellingAccount(services: Omit<Services, 'formats'>): Promise<Account> {
  const account = await makeAccount(services, 'iwocapay', (token) => ({ authorization: `Bearer ${token}` }))
  const { partnerId } = account
  const sellerId = await services.database.inTransaction(async (tx) => {
    const pounds = parseCurrency('GBP')
    if (pounds === undefined) throw new Error('GBP is a currency.')
    const wallet = await openWallet(tx, { partnerId, currency: pounds, isDefault: false })
    return createSeller(tx, {
      partnerId,
      name: 'Conformance',
      walletId: wallet.id,
      lenderId: undefined,
      bankId: undefined,
      leastAmount: 150_000_000n,
      mostAmount: 30_000_000_000n,
      feePercent: 0n,
      feePayer: 'seller',
      rate: 0n,
      redirectUrl: 'https://shop.example/thanks',
      actor: 'test',
    })
  })
  return { ...account, sellerId }
}

/** Whose headers are fresh each time they are looked at: a nonce is accepted once. */
async function makeSigningAccount(services: Omit<Services, 'formats'>): Promise<Account> {
  const { partnerId, credential } = await makePartner(services, 'vendify', { withKeyPair: true })
  const { credentialId, token, privateKey } = credential
  return {
    partnerId,
    credentialId,
    get headers() {
      return signedHeaders(token, privateKey ?? '')
    },
  }
}

/** Whose token is one that it has signed in for. */
async function makeSignedInAccount(services: Omit<Services, 'formats'>): Promise<Account> {
  const { partnerId, credential } = await makePartner(services, 'giftpesa', { withEncryption: true })
  const { token } = await signInTo(services, credential)
  return {
    partnerId,
    credentialId: credential.credentialId,
    headers: { authorization: `Bearer ${token}` },
  }
}

async function makeAccount(
  services: Omit<Services, 'formats'>,
  dialect: string,
  headersOf: (token: string) => Headers,
  scopes: readonly string[] = [],
): Promise<Account> {
  const { partnerId, credential } = await makePartner(services, dialect, { withSecret: true, scopes })
  return { partnerId, credentialId: credential.credentialId, headers: headersOf(credential.token) }
}

async function makePartner(
  services: Omit<Services, 'formats'>,
  dialect: string,
  {
    withSecret = false,
    withKeyPair = false,
    withEncryption = false,
    scopes = [],
  }: {
    readonly withSecret?: boolean
    readonly withKeyPair?: boolean
    readonly withEncryption?: boolean
    readonly scopes?: readonly string[]
  },
) {
  return services.database.inTransaction(async (tx) => {
    const { id: partnerId } = await createPartner(tx, {
      name: 'Conformance',
      email: 'conformance@example.com',
    })
    const currency = parseCurrency('USD')
    if (currency === undefined) throw new Error('USD is a currency.')
    await openWallet(tx, { partnerId, currency, isDefault: true })
    const credential = await createCredential(tx, services.keyRing, {
      partnerId,
      dialect,
      label: 'test',
      withSecret,
      withKeyPair,
      withEncryption,
      scopes,
    })
    return { partnerId, credential }
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
