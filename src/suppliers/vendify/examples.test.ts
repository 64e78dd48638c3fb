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
import { vendify } from './supplier.ts'

/** The vendor's own answers, which the dialect keeps: what they mean to who buys. */

const http = openHttpClient({ allowLoopback: true })
afterAll(() => http.close())

const { privateKey } = await newKeyPair()
const folder = join(import.meta.dirname, '../../dialects/vendify/examples')
const terms = { timeoutMs: 5_000, mayStillSend: () => true }
const headers = { 'content-type': 'application/json' }

function read(name: string): Exchange['response'] {
  const { response } = parseJson(readFileSync(join(folder, `${name}.json`), 'utf8')) as Exchange // Files of ours.
  return { ...response, headers }
}

async function withAnswer<Value>(
  [method, path, response]: readonly [string, string, Exchange['response']],
  use: (supplier: Supplier) => Promise<Value>,
  wallet: readonly [walletId: string, currency: string] = ['NGN-456', 'NGN'],
): Promise<{ readonly value: Value; readonly sent: readonly Exchange['request'][] }> {
  const request = { method, path, headers: { 'x-api-key': '', 'x-wallet-id': '' } }
  const server = await startReplayServer([{ request, response }])
  const settings = { apiKey: 'example-key', privateKey, walletId: wallet[0], currency: wallet[1] }
  const supplier = vendify.open(
    { ...settings, baseUrl: server.baseUrl },
    { http, environment: 'sandbox', sandboxDelayMs: 0 },
  )
  try {
    return { value: await use(supplier), sent: server.received() }
  } finally {
    await server.close()
  }
}

function purchase(changes: Partial<Purchase>): Purchase {
  return {
    reference: '0199a1b2-0000-7000-8000-000000000001',
    productCode: '9418:NGN',
    quantity: 1,
    faceValue: 500_000_000n,
    currency: currency('NGN'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: 1_764_149_000_000,
    askedAtMs: 1_764_149_000_000,
    tries: 1,
    ...changes,
  }
}

describe('an answer of the vendor’s', () => {
  test('to an order for airtime is a receipt with the operator’s reference', async () => {
    const bought = purchase({ isOpenAmount: true, recipient: { phone: '+2348038030133' } })
    const { value, sent } = await withAnswer(['POST', '/api/v1/orders', read('airtime-order')], (supplier) =>
      supplier.buy(bought, terms),
    )
    expect(value).toMatchObject({
      state: 'delivered',
      goods: [
        {
          kind: 'receipt',
          operatorReference: 'AIRT 2501 2911 5711 0544 38:S :BAX PCID RKCC QDUH EFAY MWKV OD',
        },
      ],
      cost: { amount: 500_000_000n, currency: 'NGN' },
      supplierReference: '250129115711054438:S:BAXPCIDRKCCQDUHEFAYMWKVOD',
    })
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/api/v1/orders',
        headers: { 'x-api-key': 'example-key', 'x-wallet-id': 'NGN-456' },
        body: {
          productId: 9418,
          faceValue: 500,
          value: 0,
          walletId: 'NGN-456',
          uniqueAccountId: '+2348038030133',
          customerReference: '0199a1b2-0000-7000-8000-000000000001/1',
        },
      },
    ])
  })

  test('to an order for an eSIM is its ICCID and its activation code', async () => {
    const bought = purchase({ productCode: '5906:USD', faceValue: 7_200_000n, currency: currency('USD') })
    const { value } = await withAnswer(
      ['POST', '/api/v1/orders', read('order')],
      (supplier) => supplier.buy(bought, terms),
      ['GBP-104', 'GBP'],
    )
    expect(value).toMatchObject({
      state: 'delivered',
      goods: [{ kind: 'esim', iccid: '8943108161000326169', lpa: 'LPA:1$rsp.truphone.com$JQ-1PKHOV-3C8K4V' }],
      cost: { amount: 5_904_000n, currency: 'GBP' },
    })
  })

  test('to a question is a code with its link, though it names no reference of ours', async () => {
    const bought = purchase({ productCode: '9431:GBP', currency: currency('GBP') })
    const { value, sent } = await withAnswer(
      ['POST', '/api/v1/order/status', read('order-status')],
      async (supplier) => supplier.inquire?.(bought, terms),
      ['GBP-104', 'GBP'],
    )
    expect(value).toMatchObject({
      state: 'delivered',
      goods: [{ kind: 'code', code: 'CODE-1013', url: 'https://trailexample.com' }],
      cost: { amount: 110_000_000n },
    })
    expect(sent[0]?.body).toEqual({ 'x-nonce': '0199a1b2000070008000000000000001Z1Zmifsrk8wZ1' })
  })

  test('about another product or another currency is not believed', async () => {
    const exchange = ['POST', '/api/v1/orders', read('airtime-order')] as const
    for (const changes of [{ productCode: '9419:NGN' }, { productCode: '9418:NGN' }]) {
      const wallet = changes.productCode === '9418:NGN' ? (['USD-1', 'USD'] as const) : undefined
      const { value } = await withAnswer(
        exchange,
        (supplier) => supplier.buy(purchase(changes), terms),
        wallet,
      )
      expect(value).toMatchObject({ state: 'unknown' })
    }
  })

  test('that refuses a part is believed once an earlier try cannot arrive any more, which the database’s clock decides', async () => {
    const request = { method: 'POST', path: '/api/v1/orders', headers: {} }
    const response = { errorCode: 'OUT_OF_STOCK' }
    const body = { requestStatus: 'FAILED', message: 'Out of stock', response }
    const refusal = { status: 409, headers, body }
    const exchanges = [read('airtime-order'), refusal].map((answer) => ({ request, response: answer }))
    const bought = purchase({ quantity: 2, isOpenAmount: true, tries: 2 })
    const answerAfter = async (ms: number, clockIsWrongByMs: number) => {
      const server = await startReplayServer(exchanges)
      const settings = { apiKey: 'k', privateKey, walletId: 'NGN-456', currency: 'NGN' }
      const now = () => bought.firstSentAtMs + ms + clockIsWrongByMs
      const supplier = vendify.open(
        { ...settings, baseUrl: server.baseUrl },
        { http, environment: 'sandbox', sandboxDelayMs: 0, now },
      )
      const answer = await supplier.buy({ ...bought, askedAtMs: bought.firstSentAtMs + ms }, terms)
      await server.close()
      return answer.state
    }
    for (const wrongByMs of [-300_000, 0, 300_000]) {
      expect(await answerAfter(59_000, wrongByMs)).toBe('unknown')
      expect(await answerAfter(61_000, wrongByMs)).toBe('delivered')
    }
  })

  test('of a category is what it costs, with every digit', async () => {
    const server = await startReplayServer([
      {
        request: { method: 'GET', path: '/api/v1/Product/Categories', headers: {} },
        response: {
          status: 200,
          headers,
          body: { requestStatus: 'PROCESSED', response: [{ categoryCode: 'giftcard' }] },
        },
      },
      {
        request: { method: 'GET', path: '/api/v1/Product/Category/giftcard', headers: {} },
        response: read('products'),
      },
    ])
    const settings = { baseUrl: server.baseUrl, apiKey: 'k', privateKey, walletId: 'NGN-59', currency: 'NGN' }
    const supplier = vendify.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
    const list = await supplier.listProducts?.(undefined, terms)
    await server.close()
    expect(list).toEqual({
      nextCursor: undefined,
      products: [
        expect.objectContaining({ productCode: '4299:GBP', cost: undefined, costRate: '2197.635' }),
        expect.objectContaining({ productCode: '4300:GBP', cost: 10_988_175_000n, costRate: undefined }),
      ],
    })
  })

  test('about an account tells its holder', async () => {
    const { value } = await withAnswer(
      ['POST', '/api/v1/validations', read('validation')],
      async (supplier) =>
        supplier.validate?.({ productCode: '9422:NGN', recipient: { account: '4111ZZZZ863979' } }, terms),
    )
    expect(value).toEqual({ state: 'valid', name: 'Test User' })
  })

  test('about an eSIM tells its plan', async () => {
    const iccid = '8943108165011804478'
    const { value } = await withAnswer(
      ['GET', `/api/v1/Report/Esim/Details/${iccid}`, read('esim-details')],
      async (supplier) =>
        supplier.esimStatus?.({ iccid, supplierReference: undefined, packages: [], coverage: [] }, terms),
    )
    expect(value).toMatchObject({
      status: 'Active',
      packages: [{ id: '4528', name: 'Demo eSim Plan 1GB', totalBytes: 1_020_000_000n, status: 'active' }],
    })
  })
})
