import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startReplayServer } from '../../../test/replay-server.ts'
import type { Exchange } from '../../../test/replay-server.ts'
import { currency } from '../../../test/world.ts'
import type { Purchase, Supplier } from '../../core/fulfilment/supplier.ts'
import { openHttpClient } from '../../platform/http.ts'
import { newKeyPair } from '../../platform/key-pairs.ts'
import { parseJson } from '../../values/json.ts'
import { giftpesa } from './supplier.ts'

/** The vendor's own answers, which the dialect keeps: what they mean to who buys. */

const http = openHttpClient({ allowLoopback: true })
afterAll(() => http.close())

const folder = join(import.meta.dirname, '../../dialects/giftpesa/examples')
const terms = { timeoutMs: 5_000, mayStillSend: () => true }
const { publicKey } = await newKeyPair()
const certificate = `-----BEGIN PUBLIC KEY-----\n${publicKey.toString('base64')}\n-----END PUBLIC KEY-----`

function read(name: string): Exchange {
  return parseJson(readFileSync(join(folder, `${name}.json`), 'utf8')) as Exchange // Files of ours.
}

const authorize = read('authorize').response
const reference = 'GOLD-1'
const queryPath = `/query/${reference}?page=1&limit=1000`

async function withAnswers<Value>(
  answers: readonly (readonly [method: string, path: string, response: Partial<Exchange['response']>])[],
  use: (supplier: Supplier) => Promise<Value>,
): Promise<{ readonly value: Value; readonly sent: readonly Exchange['request'][] }> {
  const server = await startReplayServer(
    answers.map(([method, path, { status = 200, body }]) => ({
      request: { method, path, headers: { username: '', authorization: '' } },
      response: { status, headers: { 'content-type': 'application/json' }, body },
    })),
  )
  const settings = { username: 'example', apiKey: 'example-key', certificate, notifies: 'no' }
  const supplier = giftpesa.open(
    { ...settings, baseUrl: server.baseUrl },
    { http, environment: 'sandbox', sandboxDelayMs: 0 },
  )
  try {
    return { value: await use(supplier), sent: server.received() }
  } finally {
    await server.close()
  }
}

function purchase(changes: Partial<Purchase> = {}): Purchase {
  return {
    reference,
    productCode: 'any',
    quantity: 1,
    faceValue: 100_000_000n,
    currency: currency('KES'),
    isOpenAmount: true,
    recipient: { phone: '0712345678', name: 'Jane Doe' },
    firstSentAtMs: 1_764_149_000_000,
    askedAtMs: 1_764_149_000_000,
    tries: 1,
    ...changes,
  }
}

/** The vendor's answer to a question, about one recipient. */
const one = {
  DisbursementID: reference,
  DisbursementTitle: 'XYZ Disbursement',
  Status: 'success',
  Amount: 100,
  RecipientsCount: 1,
  AmountDisbursed: 100,
  AmountRedeemed: 0,
  Cost: 22.5,
  CreatedAt: '2026-11-26T09:00:00.000Z',
  DateProcessed: '2026-11-26T09:00:02.000Z',
  TransactionCode: 'A9012333',
  Recipients: [
    {
      Name: 'Jane Doe',
      Phone: '+254712345678',
      Amount: 100,
      Status: 'success',
      VoucherCode: 'ABCDEFGHJK2',
      Balance: 100,
    },
  ],
}
const [recipient] = one.Recipients
const booked = { ...one, Status: 'pending' }

describe('what goes out', () => {
  test('is signed in, and has the fields of the page', async () => {
    const { value, sent } = await withAnswers(
      [
        ['GET', '/authorize', authorize],
        ['POST', '/disburse', { body: booked }],
        ['GET', queryPath, { body: one }],
      ],
      (supplier) => supplier.buy(purchase(), terms),
    )
    expect(value).toEqual({
      state: 'delivered',
      goods: [{ kind: 'code', code: 'ABCDEFGHJK2' }],
      cost: { amount: 122_500_000n, currency: 'KES' },
      supplierReference: 'A9012333',
    })
    const [signedIn, disburse, query] = sent
    expect(sent).toHaveLength(3)
    expect(signedIn?.headers).toEqual({
      username: 'example',
      authorization: expect.stringMatching(/^Basic [A-Za-z0-9+/]{342}==$/),
    })
    expect(disburse).toEqual({
      method: 'POST',
      path: '/disburse',
      headers: { username: 'undefined', authorization: 'Bearer access_sample' },
      body: {
        DisbursementID: reference,
        DisbursementTitle: `Order ${reference}`,
        Merchant: [],
        Recipients: [{ Name: 'Jane Doe', Phone: '0712345678', Amount: 100 }],
        SuppressNotifications: true,
      },
    })
    const documented = Object.keys(read('disburse').request.body as object) // An object, as the page has it.
    expect(documented).toEqual(
      expect.arrayContaining(['DisbursementID', 'DisbursementTitle', 'Merchant', 'Recipients']),
    )
    expect(query?.headers).toMatchObject({ authorization: 'Bearer access_sample' })
  })
})

describe('an answer of the vendor’s', () => {
  const bought = (response: Partial<Exchange['response']>) =>
    withAnswers(
      [
        ['GET', '/authorize', authorize],
        ['POST', '/disburse', response],
      ],
      (supplier) => supplier.buy(purchase(), terms),
    )

  test('about a wrong telephone is a refusal', async () => {
    expect((await bought(read('disburse-invalid').response)).value).toMatchObject({
      state: 'refused',
      reason: 'invalid_recipient',
    })
  })

  test('that refuses a later try holds only where nothing is known under our reference', async () => {
    const refusal = read('disburse-invalid').response
    const again = async (question: Partial<Exchange['response']>) => {
      const { value } = await withAnswers(
        [
          ['GET', '/authorize', authorize],
          ['POST', '/disburse', refusal],
          ['GET', queryPath, question],
        ],
        (supplier) => supplier.buy(purchase({ tries: 2 }), terms),
      )
      return value.state
    }
    const missing = { Error: { Code: 404, Message: 'There is no such disbursement.' } }
    expect(await again({ body: one })).toBe('delivered')
    expect(await again({ body: { ...one, Status: 'pending' } })).toBe('pending')
    expect(await again({ status: 404, body: missing })).toBe('refused')
    expect(await again({ status: 404, body: {} })).toBe('unknown')
    expect(await again({ status: 503, body: missing })).toBe('unknown')
  })

  test('that nobody is signed in is busy, after one more try with another token', async () => {
    const { value, sent } = await bought(read('unauthorized').response)
    expect(value).toMatchObject({ state: 'busy' })
    expect(sent.map(({ path }) => path)).toEqual(['/authorize', '/disburse', '/authorize', '/disburse'])
  })

  test('that it is accepted is pending, whatever a question is answered', async () => {
    for (const answer of [{ status: 500 }, { status: 404 }, { body: { ...one, Status: 'processing' } }]) {
      const { value } = await withAnswers(
        [
          ['GET', '/authorize', authorize],
          ['POST', '/disburse', { body: booked }],
          ['GET', queryPath, answer],
        ],
        (supplier) => supplier.buy(purchase(), terms),
      )
      expect(value).toMatchObject({ state: 'pending' })
    }
  })

  test.each([
    { ...booked, DisbursementID: 'OTHER' },
    { ...booked, RecipientsCount: 2 },
    { ...booked, Amount: 101 },
  ])('%# about another disbursement is not believed', async (body) => {
    expect((await bought({ body })).value).toMatchObject({ state: 'unknown' })
  })

  test('lists merchants', async () => {
    const { value } = await withAnswers(
      [
        ['GET', '/authorize', authorize],
        ['GET', '/merchants', read('merchants').response],
      ],
      async (supplier) => supplier.listProducts?.(undefined, terms),
    )
    expect(value?.products.map(({ productCode }) => productCode)).toEqual([
      'any',
      'merchant:naivas',
      'merchant:pizza-inn',
    ])
  })
})

describe('an answer to a question', () => {
  const asked = async (body: unknown, changes: Partial<Purchase> = {}) => {
    const { value } = await withAnswers(
      [
        ['GET', '/authorize', authorize],
        ['GET', queryPath, { body }],
      ],
      async (supplier) => supplier.inquire?.(purchase(changes), terms),
    )
    return value
  }

  test('that a part was issued delivers that part, for what it cost', async () => {
    const part = {
      ...one,
      Status: 'partial',
      Amount: 200,
      RecipientsCount: 2,
      Recipients: [recipient, { ...recipient, Status: 'failed', VoucherCode: null, Balance: 0 }],
    }
    expect(await asked(part, { quantity: 2 })).toMatchObject({
      state: 'delivered',
      goods: [{ code: 'ABCDEFGHJK2' }],
      cost: { amount: 122_500_000n },
    })
  })

  test('that nothing could be issued is a refusal', async () => {
    const failed = { ...one, Status: 'failed', Recipients: [{ ...recipient, Status: 'failed' }] }
    expect(await asked(failed)).toMatchObject({ state: 'refused', reason: 'rejected' })
  })

  const two = { ...one, Amount: 200, RecipientsCount: 2, AmountDisbursed: 200 }
  test.each([
    ['is about another disbursement', { ...one, DisbursementID: 'GOLD-2' }, 1],
    ['is about another amount', { ...one, Recipients: [{ ...recipient, Amount: 99 }] }, 1],
    ['is about another telephone', { ...one, Recipients: [{ ...recipient, Phone: '+254712345679' }] }, 1],
    ['has no recipients', { ...one, Recipients: [] }, 1],
    ['has fewer recipients than were asked for', { ...two, Recipients: [recipient] }, 2],
    ['gives one code twice', { ...two, Recipients: [recipient, recipient] }, 2],
    ['has an empty code', { ...one, Recipients: [{ ...recipient, VoucherCode: '' }] }, 1],
    ['has no code', { ...one, Recipients: [{ ...recipient, VoucherCode: null }] }, 1],
    ['has half a code', { ...one, Recipients: [{ ...recipient, VoucherCode: '******GHJK2' }] }, 1],
    [
      'shows a part and says that it is whole',
      { ...two, Recipients: [recipient, { ...recipient, Status: 'pending', VoucherCode: null }] },
      2,
    ],
    ['says that it is a part and shows the whole', { ...one, Status: 'partial' }, 1],
    ['has issued another amount', { ...one, AmountDisbursed: 50 }, 1],
    ['has no readable cost', { ...one, Cost: 'much' }, 1],
    ['pays us for buying', { ...one, Cost: -1 }, 1],
    ['has a word that is not documented', { ...one, Status: 'perhaps' }, 1],
    ['is no disbursement', { Status: 'success' }, 1],
  ])('that %s is not believed', async (_name, body, quantity) => {
    expect(await asked(body, { quantity })).toMatchObject({ state: 'unknown' })
  })
})
