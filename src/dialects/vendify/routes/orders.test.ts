import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import { proveBooks } from '../../../../test/books.ts'
import { freshNonce } from '../../../../test/signed-call.ts'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { currency } from '../../../../test/world.ts'
import { storeRates } from '../../../core/catalogue/store-rates.ts'
import { bindNonce } from '../../../core/nonces/bind-nonce.ts'
import { sql } from '../../../platform/database.ts'

let world: VendifyWorld
let reseller: VendifyClient

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  reseller = await world.reseller({ terms: { margin: 2n, discount: 5n } })
  await world.stock('AMZ-UK-5', 50)
  await world.supply('AMZ-UK-ANY', 'sandbox')
  await world.stock('AMZ-US-10', 1)
  await world.stock('KEY-20', [
    { code: 'ABCDEFGHIJKLMNOP', pin: '1234', serial: 'S-1' },
    { code: 'WITH-A-LINK', url: 'https://example.com/x' },
  ])
})

const order = (more: Readonly<Record<string, unknown>>) => ({
  productId: world.id('AMZ-UK-5'),
  faceValue: 5,
  value: 0,
  ...more,
})

function refusalOf(answer: VendifyAnswer): unknown {
  return [answer.status, at(answer, 'response.errorCode')]
}

async function balanceOf(wallet: string, client = reseller): Promise<unknown> {
  const rows = at(await client.get('/Report/AccountBalance'), 'response') as { walletId: string }[]
  return rows.find(({ walletId }) => walletId === wallet)
}

describe('an order', () => {
  test('is charged what its answer says, at the rate that it says, to the last digit', async () => {
    const client = await world.reseller({ terms: { margin: 2n, discount: 5n } })
    const listed = at(await client.get(`/Product/${world.id('AMZ-UK-5')}`, { wallet: 'NGN-1' }), 'response')
    const answer = await client.post(
      '/orders',
      order({ walletId: 'NGN-1', beneficiaryEmail: 'a@example.com' }),
      {
        wallet: 'NGN-1',
      },
    )
    expect(answer.status, answer.text).toBe(200)
    const reference = `${/"sysId":(\d{18})/.exec(answer.text)?.[1]}:${String(at(answer, 'sessionUid'))}`
    expect(at(answer, 'response')).toEqual({
      responseStatus: 'SUCCESS',
      responseMessage: 'Product purchased successfully. Email receipt sent.',
      customerReference: '',
      transactionReference: reference,
      uniqueAccountId: '',
      voucherCode: expect.stringMatching(/^CODE\d{12}$/),
      redemptionUrl: '#',
      qrCodeData: '',
      deliveryField: 'voucherCode',
      redemptionInfo: '',
      productId: world.id('AMZ-UK-5'),
      productCode: 'AMZ-UK-5',
      providerId: expect.any(Number),
      providerName: 'Amazon UK',
      name: 'AMZ-UK-5 card',
      description: '',
      productMoreInfoUrl: '#',
      expirationDate: '',
      value: 5,
      valueCurrencyId: 229,
      valueCurrencyCode: 'GBP',
      targetValue: 9_562.5,
      walletId: 'NGN-1',
      productCost: 9_084.375,
      productCostCurrencyCode: 'NGN',
      productCostCurrencyId: 160,
      transactionTitle: '',
      transactionComment: '',
      sysComment: 'Cost converted from base(GBP) to NGN at a rate of 1912.5',
      fxRate: { rate: 1_912.5, currencyCode: 'NGN' },
    })
    expect(listed).toMatchObject({ productCost: 9_084.375, targetValue: 9_562.5 })
    expect(await balanceOf('NGN-1', client)).toMatchObject({ balance: 990_915.625, reservedBalance: 0 })
    const [mail] = await world.app.services.database.query<{ recipient: string; subject: string }>(
      sql`select recipient, subject from messages where partner_id = ${client.partnerId}`,
    )
    expect(mail).toMatchObject({ recipient: 'a@example.com', subject: expect.stringContaining(reference) })
  })

  test('keeps its rate when the rate moves', async () => {
    const nonce = freshNonce()
    const first = await reseller.post('/orders', order({ customerReference: 'RATE' }), {
      nonce,
      wallet: 'USD-1',
    })
    const { database, catalogue } = world.app.services
    const setRate = async (rate: bigint) => {
      const pound = { base: currency('GBP'), quote: currency('USD'), rate, source: 'test' }
      await database.inTransaction((tx) => storeRates(tx, [pound]))
      await catalogue.refresh()
    }
    await setRate(15_000_000_000n)
    const again = await reseller.post('/orders', order({ customerReference: 'RATE' }), { wallet: 'USD-1' })
    expect(at(again, 'response')).toEqual(at(first, 'response'))
    expect(at(again, 'sessionUid')).not.toBe(at(first, 'sessionUid'))
    await setRate(12_500_000_000n)
  })

  test('by value pays for that value, of a range and of one face value', async () => {
    const any = { productId: world.id('AMZ-UK-ANY'), value: 19_125 }
    expect(at(await reseller.post('/orders', any, { wallet: 'NGN-1' }), 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      value: 10,
      targetValue: 19_125,
      productCost: 18_168.75,
    })
    const odd = at(await reseller.post('/orders', { ...any, value: '5000' }, { wallet: 'NGN-1' }), 'response')
    expect(odd).toMatchObject({ value: 2.614379, targetValue: 5_000, productCost: 4_750 })
    const fixed = order({ faceValue: 0, value: 9_562.5 })
    expect((await reseller.post('/orders', fixed, { wallet: 'NGN-1' })).status).toBe(200)
    expect(
      refusalOf(await reseller.post('/orders', { ...fixed, value: 9_562 }, { wallet: 'NGN-1' })),
    ).toEqual([400, 'INVALID_AMOUNT'])
  })

  test('tells a PIN and a link where the code has them', async () => {
    const key = { productId: world.id('KEY-20'), faceValue: 20 }
    expect(at(await reseller.post('/orders', key), 'response')).toMatchObject({
      voucherCode: 'ABCDEFGHIJKLMNOP',
      redemptionUrl: 'https://example.com/redeem?code=ABCDEFGHIJKLMNOP',
      deliveryField: 'voucherCode',
      redemptionInfo: 'PIN: 1234. Serial number: S-1',
    })
    expect(at(await reseller.post('/orders', key), 'response')).toMatchObject({
      redemptionUrl: 'https://example.com/x',
      deliveryField: 'redemptionUrl',
    })
  })

  test.each([
    ['both amounts', { faceValue: 5, value: 5 }, 400, 'VALUE_AND_FACEVALUE'],
    ['neither amount', { faceValue: 0 }, 400, 'VALUE_AND_FACEVALUE'],
    ['null amounts', { faceValue: null, value: null }, 400, 'VALUE_AND_FACEVALUE'],
    ['a negative amount', { faceValue: -5 }, 400, 'INVALID_AMOUNT'],
    ['too many digits', { faceValue: '5.0000001' }, 400, 'INVALID_AMOUNT'],
    ['an amount that is no number', { faceValue: 'five' }, 400, 'INVALID_AMOUNT'],
    ['another face value', { faceValue: 6 }, 400, 'INVALID_AMOUNT'],
    ['an amount beyond all bounds', { faceValue: '1e300' }, 400, 'INVALID_AMOUNT'],
    ['an unknown product', { productId: 999_999 }, 404, 'NOT_FOUND'],
    ['a product that is no number', { productId: 'x' }, 404, 'NOT_FOUND'],
    ['a product that is a list', { productId: [] }, 400, 'INVALID_REQUEST'],
    ['another provider', { providerId: 999 }, 400, 'INVALID_REQUEST'],
    ['another code', { productCode: 'AMZ-US-10' }, 400, 'INVALID_REQUEST'],
    ['a reference that is too long', { customerReference: 'x'.repeat(51) }, 400, 'INVALID_REQUEST'],
    ['a bad address for the receipt', { beneficiaryEmail: 'nobody' }, 400, 'INVALID_REQUEST'],
    ['a wallet that is nobody’s', { walletId: 'EUR-1' }, 403, 'FORBIDDEN'],
  ])('with %s is refused', async (_, more, status, errorCode) => {
    const before = await balanceOf('USD-1')
    expect(refusalOf(await reseller.post('/orders', order(more)))).toEqual([status, errorCode])
    expect(await balanceOf('USD-1')).toEqual(before)
  })

  test('must name the wallet of the call, where the call names one', async () => {
    const other = await reseller.post('/orders', order({ walletId: 'NGN-1' }), { wallet: 'GBP-1' })
    expect(refusalOf(other)).toEqual([400, 'WALLET_MISMATCH'])
    const byBody = await reseller.post('/orders', order({ walletId: 'GBP-1' }))
    expect(at(byBody, 'response')).toMatchObject({ walletId: 'GBP-1', productCost: 4.75 })
  })

  test('is refused without funds, and without stock', async () => {
    const poor = await world.reseller({ funds: 1_000n })
    expect(refusalOf(await poor.post('/orders', order({})))).toEqual([402, 'INSUFFICIENT_FUNDS'])
    const card = { productId: world.id('AMZ-US-10'), faceValue: 10 }
    expect((await reseller.post('/orders', card)).status).toBe(200)
    expect(refusalOf(await reseller.post('/orders', card))).toEqual([409, 'OUT_OF_STOCK'])
  })
})

describe('a customer reference', () => {
  test('returns the first order again, and no other order', async () => {
    const body = order({ customerReference: 'REF-1' })
    const first = await reseller.post('/orders', body)
    const before = await balanceOf('USD-1')
    const second = await reseller.post('/orders', { ...body, faceValue: '5.00' })
    expect(at(second, 'response')).toEqual(at(first, 'response'))
    expect(await balanceOf('USD-1')).toEqual(before)
    const other = { productId: world.id('AMZ-UK-ANY'), faceValue: 5, customerReference: 'REF-1' }
    expect(refusalOf(await reseller.post('/orders', other))).toEqual([409, 'DUPLICATE_REFERENCE'])
    const fromElsewhere = await reseller.post('/orders', body, { wallet: 'GBP-1' })
    expect(refusalOf(fromElsewhere)).toEqual([409, 'DUPLICATE_REFERENCE'])
    const neighbour = await world.reseller()
    expect(at(await neighbour.post('/orders', body), 'response.voucherCode')).not.toBe(
      at(first, 'response.voucherCode'),
    )
  })

  test('buys once, however many send it at the same time', async () => {
    const client = await world.reseller()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => client.post('/orders', order({ customerReference: 'MANY' }))),
    )
    const codes = new Set(answers.map((answer) => at(answer, 'response.voucherCode')))
    expect([codes.size, ...new Set(answers.map(({ status }) => status))]).toEqual([1, 200])
  })
})

describe('two servers', () => {
  test('place one order under one reference, and each finds it by the nonce that the other took', async () => {
    const { database, keyRing } = world.app.services
    const second = await startTestApp({ database, keyRing })
    const nonces = Array.from({ length: 8 }, () => freshNonce())
    const neighbour = reseller.at(second.baseUrl)
    const answers = await Promise.all(
      nonces.map((nonce, place) =>
        (place % 2 === 0 ? reseller : neighbour).post('/orders', order({ customerReference: 'TWO' }), {
          nonce,
        }),
      ),
    )
    const references = new Set(answers.map((answer) => at(answer, 'response.transactionReference')))
    expect([references.size, ...new Set(answers.map(({ status }) => status))]).toEqual([1, 200])
    for (const [place, nonce] of nonces.entries()) {
      const found = await (place % 2 === 0 ? neighbour : reseller).get(`/order/status?x-nonce=${nonce}`)
      expect(references).toContain(at(found, 'response.transactionReference'))
    }
    await second.close()
  })
})

describe('the status of an order', () => {
  test('is found by its reference and by its nonce, by GET and by POST', async () => {
    const nonce = freshNonce()
    const made = await reseller.post('/orders', order({ customerReference: 'REF-2' }), { nonce })
    const reference = String(at(made, 'response.transactionReference'))
    const answers = [
      await reseller.get(`/order/status?transactionReference=${reference}`),
      await reseller.get(`/Order/Status?x-nonce=${nonce}`),
      await reseller.post('/order/status', { transactionReference: reference }),
      await reseller.post('/order/status', { 'x-nonce': nonce }),
      await reseller.get(`/order/status?x-nonce=${nonce}&transactionReference=`),
    ]
    for (const answer of answers) {
      expect(at(answer, 'response')).toEqual({
        responseStatus: 'SUCCESS',
        responseMessage: 'Transaction completed successfully',
        orderStatus: 'SUCCESS',
        customerReference: 'REF-2',
        transactionReference: reference,
        name: 'AMZ-UK-5 card',
        productId: world.id('AMZ-UK-5'),
        providerName: 'Amazon UK',
        productCost: 6.05625,
        productCostCurrencyCode: 'USD',
        voucherCode: at(made, 'response.voucherCode'),
        redemptionInfo: '',
        redemptionUrl: '#',
        qrCodeData: '',
        deliveryField: 'voucherCode',
        transactionDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00$/),
        transactionTime: expect.stringMatching(/^\d\d:\d\d:\d\d$/),
        requestComment: 'Transaction record retrieved',
      })
    }
  })

  test('is found by the nonce of a repeat, too, and not by that of a refused order', async () => {
    const [repeat, refused] = [freshNonce(), freshNonce()]
    const broke = await world.reseller({ funds: 0n })
    const body = order({ customerReference: 'REF-3' })
    expect((await broke.post('/orders', body, { nonce: refused })).status).toBe(402)
    expect((await broke.get(`/order/status?x-nonce=${refused}`)).status).toBe(404)
    const first = await reseller.post('/orders', body)
    await reseller.post('/orders', body, { nonce: repeat })
    const found = await reseller.get(`/order/status?x-nonce=${repeat}`)
    expect(at(found, 'response.transactionReference')).toBe(at(first, 'response.transactionReference'))
  })

  test('is found by the nonce of an order whose process died between the commit and the answer', async () => {
    const { database, keyRing } = world.app.services
    const dying = await startTestApp({ database, keyRing, drainMs: 100 })
    const { orders } = dying.services
    const submit = orders.submit.bind(orders)
    const committed = Promise.withResolvers<void>()
    orders.submit = async (command) => {
      await submit(command)
      committed.resolve()
      return new Promise(() => undefined)
    }
    const nonce = freshNonce()
    const lost = reseller.at(dying.baseUrl).post('/orders', order({}), { nonce })
    const outcome = expect(lost).rejects.toThrow()
    await committed.promise
    await dying.close()
    await outcome
    const found = await reseller.get(`/order/status?x-nonce=${nonce}`)
    expect(at(found, 'response')).toMatchObject({
      orderStatus: 'SUCCESS',
      voucherCode: expect.stringMatching(/^CODE\d{12}$/),
    })
    expect((await reseller.post('/orders', order({}), { nonce })).status).toBe(401)
  })

  test('repeated with an address for the receipt mails nothing there: the first said where the goods go', async () => {
    const body = order({ customerReference: `REF-${freshNonce()}` })
    const first = await reseller.post('/orders', body)
    const again = await reseller.post('/orders', { ...body, beneficiaryEmail: 'thief@example.com' })
    expect(at(again, 'response.transactionReference')).toBe(at(first, 'response.transactionReference'))
    await reseller.get(
      `/order/status?transactionReference=${String(at(first, 'response.transactionReference'))}`,
    )
    const { database } = world.app.services
    for (const table of [sql`order_mails`, sql`messages`])
      expect(await database.query(sql`select from ${table} where recipient = 'thief@example.com'`)).toEqual(
        [],
      )
  })

  test('is not found for an order whose process died before it was placed', async () => {
    const nonce = freshNonce()
    await reseller.get('/Report/AccountBalance', { nonce })
    const { partnerId, credentialId } = reseller
    const names = { externalId: 'vendify:ref:DIED', reference: 'DIED:S:X' }
    const { database } = world.app.services
    const status = () => reseller.get(`/order/status?x-nonce=${nonce}`)
    // Whether bound to an order or not yet: a process that stands still may place it, until a minute is over.
    expect(refusalOf(await status())).toEqual([503, 'UNAVAILABLE'])
    await bindNonce(database, { partnerId, credentialId, nonce }, names)
    const early = await status()
    expect([refusalOf(early), early.headers.get('retry-after')]).toEqual([[503, 'UNAVAILABLE'], '5'])
    await database.query(
      sql`update nonces set used_at = now() - interval '61 seconds' where nonce = ${nonce}`,
    )
    expect(refusalOf(await status())).toEqual([404, 'NOT_FOUND'])
  })

  test('of another’s order is that of none', async () => {
    const nonce = freshNonce()
    const made = await reseller.post('/orders', order({}), { nonce })
    const stranger = await world.reseller()
    const reference = String(at(made, 'response.transactionReference'))
    for (const query of [`x-nonce=${nonce}`, `transactionReference=${reference}`])
      expect(refusalOf(await stranger.get(`/order/status?${query}`))).toEqual([404, 'NOT_FOUND'])
  })

  test('is asked for by one of both', async () => {
    const answers = [
      await reseller.get('/order/status'),
      await reseller.get('/order/status?x-nonce=12345678&transactionReference=1'),
      await reseller.post('/order/status', {}),
    ]
    for (const answer of answers) expect(refusalOf(answer)).toEqual([400, 'INVALID_REQUEST'])
    expect(refusalOf(await reseller.get('/order/status?x-nonce=12345678'))).toEqual([404, 'NOT_FOUND'])
  })
})

test('the books balance after all of this', async () => {
  await proveBooks(world.app.services.database)
})
