import { createPublicKey } from 'node:crypto'
import type { ConnectorSettings, Purchase } from '../src/core/fulfilment/supplier.ts'
import type { IssuedCredential } from '../src/core/partners/credential.ts'
import { sql } from '../src/platform/database.ts'
import { newKeyPair } from '../src/platform/key-pairs.ts'
import { startHostileSupplier } from './hostile-supplier.ts'
import { createGiftpesaWorld } from './giftpesa-world.ts'
import { createIascroftWorld } from './iascroft-world.ts'
import { createVendifyWorld } from './vendify-world.ts'
import { currency } from './world.ts'

const { privateKey, publicKey } = await newKeyPair()

export const abilities = [
  'inquire',
  'validate',
  'listProducts',
  'balance',
  'topUpEsim',
  'esimStatus',
  'readNotice',
] as const

type Ability = (typeof abilities)[number]

/** What the suite must know of a connector: all else it finds out. */
export type Subject = {
  readonly name: string
  /** Abilities that it has not, and why. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>
  readonly settings: ConnectorSettings
  /** Settings that reach a server at an address; undefined for a supplier without a network. */
  readonly settingsAt: ((origin: string) => ConnectorSettings) | undefined
  /** A far end that sells; absent for a supplier without a network. */
  readonly startFarEnd?: () => Promise<FarEnd>
  /** Bought at once. */
  readonly productCode: string
  /** What else a purchase must have to be sent at all. */
  readonly purchase?: Partial<Purchase>
  /** Where its far end is signed in to before any call, and what is answered there; absent: every call has all that it needs. */
  readonly signIn?: { readonly path: string; readonly reply: object }
  /** Why it may not be opened in a live installation, where that is so. */
  readonly notLive: string | undefined
}

/** The best of all far ends. */
export type FarEnd = {
  readonly settings: ConnectorSettings
  readonly productCode: string
  /** Purchases that it has heard of. */
  heard(): Promise<number>
  close(): Promise<void>
}

const vouchers = { currency: currency('KES'), recipient: { phone: '0712345678', name: 'Jane Doe' } }

const simulated = { settings: {}, settingsAt: undefined, notLive: 'what it delivers has no value' }

/** Every connector, as the suite for all of them has to know it. */
export const subjects: readonly Subject[] = [
  {
    ...simulated,
    name: 'sandbox',
    lacks: {
      topUpEsim: 'eSIMs are another supplier’s',
      esimStatus: 'eSIMs are another supplier’s',
      readNotice: 'it has no memory of what it could tell',
    },
    productCode: 'GC-APPLE-US-25',
  },
  {
    ...simulated,
    name: 'esim-sandbox',
    lacks: {
      validate: 'an eSIM has no account',
      readNotice: 'it has no memory of what it could tell',
    },
    productCode: 'ES-EUROPE-10GB-30D',
  },
  {
    name: 'giftpesa',
    lacks: {
      balance: 'the wire has no such call',
      validate: 'the wire has no such call',
      topUpEsim: 'the wire sells no eSIMs',
      esimStatus: 'the wire sells no eSIMs',
      readNotice: 'the secret of a callback is made there, when the first one is sent',
    },
    settings: companySettings('https://scrip.example'),
    settingsAt: companySettings,
    startFarEnd: startCompany,
    productCode: 'any',
    purchase: vouchers,
    signIn: {
      path: '/giftpesa/authorize',
      reply: { Token: 'token', access_token: 'token', ExpiresIn: 3_600, TokenType: 'Bearer' },
    },
    notLive: undefined,
  },
  {
    name: 'iascroft',
    lacks: {
      validate: 'the wire has no such call',
      topUpEsim: 'the wire sells no eSIMs',
      esimStatus: 'the wire sells no eSIMs',
      readNotice: 'the secret of an endpoint is made there, after our account here',
    },
    settings: merchantSettings('https://scrip.example'),
    settingsAt: merchantSettings,
    startFarEnd: startMerchant,
    productCode: 'giftcard:AMZ-US-10',
    notLive: undefined,
  },
  {
    name: 'scrip',
    lacks: { validate: 'the wire has no such call' },
    settings: scripSettings('https://scrip.example'),
    settingsAt: scripSettings,
    startFarEnd: async () => {
      const farEnd = await startHostileSupplier()
      return {
        settings: scripSettings(new URL(farEnd.baseUrl).origin),
        productCode: 'at-once',
        heard: () => Promise.resolve(farEnd.log().length),
        close: () => farEnd.close(),
      }
    },
    productCode: 'at-once',
    notLive: undefined,
  },
  {
    name: 'vendify',
    lacks: {
      topUpEsim: 'the wire has no such call',
      readNotice: 'the other side tells nothing by itself',
    },
    settings: vendifySettings('https://scrip.example'),
    settingsAt: vendifySettings,
    startFarEnd: startReseller,
    productCode: '1:USD',
    notLive: undefined,
  },
]

function merchantSettings(origin: string): ConnectorSettings {
  return { baseUrl: `${origin}/iascroft/v1`, secretKey: 'sk_test_example', currency: 'USD' }
}

/** Another Scrip, which has the goods. */
async function startMerchant(): Promise<FarEnd> {
  const world = await createIascroftWorld()
  await world.stock('AMZ-US-10', 20)
  const { secretKey } = await world.merchant()
  return {
    settings: { ...merchantSettings(world.app.baseUrl), secretKey },
    productCode: 'giftcard:AMZ-US-10',
    heard: async () => {
      const rows = await world.app.services.database.query(sql`select id from orders`)
      return rows.length
    },
    close: () => world.app.close(),
  }
}

function companySettings(origin: string): ConnectorSettings {
  return {
    baseUrl: `${origin}/giftpesa`,
    username: 'example',
    apiKey: 'example-api-key',
    certificate: createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
      .export({ format: 'pem', type: 'spki' })
      .toString(),
    notifies: 'yes',
  }
}

/** Another Scrip, whose worker issues vouchers. */
async function startCompany(): Promise<FarEnd> {
  const world = await createGiftpesaWorld()
  const { credential } = await world.company(10_000n, ['codes:read'])
  return {
    settings: settingsOfCompany(world.app.baseUrl, credential),
    productCode: 'any',
    heard: async () => {
      const rows = await world.app.services.database.query(sql`select id from disbursements`)
      return rows.length
    },
    close: () => world.app.close(),
  }
}

/** What an operator types who was given a key of the giftpesa format. */
export function settingsOfCompany(
  origin: string,
  { username = '', token, encryptionKey = '' }: IssuedCredential,
): ConnectorSettings {
  return { ...companySettings(origin), username, apiKey: token, certificate: encryptionKey }
}

function vendifySettings(origin: string): ConnectorSettings {
  return {
    baseUrl: `${origin}/vendify`,
    apiKey: 'example-api-key',
    privateKey,
    walletId: 'USD-1',
    currency: 'USD',
  }
}

/** Another Scrip, which has the goods. */
async function startReseller(): Promise<FarEnd> {
  const world = await createVendifyWorld()
  await world.stock('AMZ-US-10', 20)
  const client = await world.reseller()
  return {
    settings: {
      ...vendifySettings(world.app.baseUrl),
      apiKey: client.apiKey,
      privateKey: client.privateKey,
    },
    productCode: `${world.id('AMZ-US-10')}:USD`,
    heard: async () => {
      const rows = await world.app.services.database.query(sql`select id from orders`)
      return rows.length
    },
    close: () => world.app.close(),
  }
}

function scripSettings(origin: string): ConnectorSettings {
  return {
    baseUrl: `${origin}/giftapi/v1/partner`,
    token: 'hostile-token',
    partnerSecret: 'hostile-partner-secret',
    currency: 'USD',
  }
}
