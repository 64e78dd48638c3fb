import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../test/app.ts'
import type { TestApp } from '../../../test/app.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { freshNonce, signedHeaders } from '../../../test/signed-call.ts'
import { at, makeReseller } from '../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient } from '../../../test/vendify-world.ts'
import { openKeyRing } from '../../core/keys/open-key-ring.ts'
import { openWallet } from '../../core/ledger/open-wallet.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import { currencyOf } from '../../../test/books.ts'
import { ExactNumber } from '../../values/json.ts'

const { database } = await createTestDatabase()
const keyRing = await openKeyRing(database, newSecretKey())
let app: TestApp
let other: TestApp
let reseller: VendifyClient

beforeAll(async () => {
  app = await startTestApp({ database, keyRing })
  other = await startTestApp({ database, keyRing })
  reseller = await makeReseller(app)
})

const balances = '/Report/AccountBalance'

function refusalOf(answer: VendifyAnswer): unknown {
  return [answer.status, at(answer, 'sysErr'), at(answer, 'authenticated'), at(answer, 'response.errorCode')]
}

const unauthenticated = [401, 401, false, 'UNAUTHENTICATED']

describe('a signed call', () => {
  test('is answered in the envelope, its sysId a number of 18 digits that begins with the time', async () => {
    const answer = await reseller.get(balances)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.json as object)).toEqual([
      'authenticated',
      'sysDate',
      'sysErr',
      'sysId',
      'sessionUid',
      'requestStatus',
      'message',
      'response',
    ])
    expect(answer.json).toMatchObject({
      authenticated: true,
      sysDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      sysErr: 200,
      sessionUid: expect.stringMatching(/^S:[A-Z]{25}$/),
      requestStatus: 'PROCESSED',
      message: 'REQUEST OK',
    })
    const digits = /"sysId":(\d+),/.exec(answer.text)?.[1] ?? ''
    expect(digits).toHaveLength(18)
    expect(digits.slice(0, 8)).toBe(String(at(answer, 'sysDate')).replaceAll(/\D/g, '').slice(2, 10))
    const parsed = at(answer, 'sysId')
    expect(parsed instanceof ExactNumber ? parsed.source : String(parsed)).toBe(digits)
  })

  test('lists the wallets, the default one first', async () => {
    expect(at(await reseller.get(balances), 'response')).toEqual([
      balance('USD-1', 230, 'USD'),
      balance('GBP-1', 229, 'GBP'),
      balance('NGN-1', 160, 'NGN'),
    ])
  })

  test.each([
    '/report/accountbalance',
    '/REPORT/ACCOUNTBALANCE',
    '/Report/AccountBalance/',
    '/report/accountBalance/?x=1',
  ])('finds its path as %s', async (path) => {
    expect((await reseller.get(path)).status).toBe(200)
  })

  test('is refused without one of its headers, or with a wrong one', async () => {
    const good = () => signedHeaders(reseller.apiKey, reseller.privateKey)
    const stranger = await makeReseller(app)
    const wrong = [
      { ...good(), 'x-api-key': '' },
      { ...good(), 'x-nonce': '' },
      { ...good(), 'x-signature': '' },
      { ...good(), 'x-api-key': 'scrip_nobody' },
      { ...good(), 'x-api-key': stranger.apiKey },
      { ...good(), 'x-nonce': freshNonce() },
      { ...good(), 'x-signature': 'AAAA' },
      { ...good(), 'x-signature': good()['x-signature'] ?? '' },
      signedHeaders(reseller.apiKey, stranger.privateKey),
      signedHeaders(reseller.apiKey, reseller.privateKey, 'short77'),
      signedHeaders(reseller.apiKey, reseller.privateKey, 'x'.repeat(65)),
      signedHeaders(reseller.apiKey, reseller.privateKey, 'with-a-sign-1'),
    ]
    for (const headers of wrong)
      expect(refusalOf(await reseller.get(balances, { headers })), JSON.stringify(headers)).toEqual(
        unauthenticated,
      )
  })
})

describe('a nonce', () => {
  test('is accepted once, by any server', async () => {
    const nonce = freshNonce()
    expect((await reseller.get(balances, { nonce })).status).toBe(200)
    expect(refusalOf(await reseller.get(balances, { nonce }))).toEqual(unauthenticated)
    expect(refusalOf(await reseller.at(other.baseUrl).get(balances, { nonce }))).toEqual(unauthenticated)
  })

  test('is accepted once when many send it to two servers at the same time', async () => {
    const nonce = freshNonce()
    const neighbour = reseller.at(other.baseUrl)
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, place) =>
        (place % 2 === 0 ? reseller : neighbour).get(balances, { nonce }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('is not used up by who cannot sign it, and is another’s to use', async () => {
    const nonce = freshNonce()
    const stranger = await makeReseller(app)
    const forged = signedHeaders(reseller.apiKey, stranger.privateKey, nonce)
    expect((await reseller.get(balances, { headers: forged })).status).toBe(401)
    expect((await stranger.get(balances, { nonce })).status).toBe(200)
    expect((await reseller.get(balances, { nonce })).status).toBe(200)
  })
})

describe('a wallet', () => {
  test.each([
    ['its id', { 'x-wallet-id': 'NGN-1' }],
    ['its id in small letters', { 'x-wallet-id': 'ngn-1' }],
    ['its currency', { 'x-currency-code': 'NGN' }],
    ['the number of its currency', { 'x-currency-id': '160' }],
    ['both of these', { 'x-currency-code': 'ngn', 'x-currency-id': '160' }],
    ['nothing', {}],
  ])('is chosen by %s', async (_, headers) => {
    expect((await reseller.get(balances, { headers })).status).toBe(200)
  })

  test.each([
    ['nobody’s', { 'x-wallet-id': 'NGN-2' }],
    ['in a currency that the account has not', { 'x-wallet-id': 'EUR-1' }],
    ['a word', { 'x-wallet-id': 'wallet' }],
    ['of another currency', { 'x-currency-code': 'EUR' }],
    ['of a number that is no currency', { 'x-currency-id': '7' }],
    ['of a code and a number that disagree', { 'x-currency-code': 'NGN', 'x-currency-id': '230' }],
  ])('that is %s is forbidden', async (_, headers) => {
    expect(refusalOf(await reseller.get(balances, { headers }))).toEqual([403, 403, true, 'FORBIDDEN'])
  })

  test('that was opened a moment ago can be named', async () => {
    const headers = { 'x-wallet-id': 'KES-1' }
    expect((await reseller.get(balances, { headers })).status).toBe(403)
    await database.inTransaction((tx) =>
      openWallet(tx, { partnerId: reseller.partnerId, currency: currencyOf('KES'), isDefault: false }),
    )
    await expect.poll(async () => (await reseller.get(balances, { headers })).status).toBe(200)
  })
})

function balance(walletId: string, currencyId: number, currencyCode: string) {
  const figures = { balance: 1_000_000, availableBalance: 1_000_000, reservedBalance: 0 }
  return { walletId, currencyId, currencyCode, ...figures, status: 1 }
}
