import { beforeAll, describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import { freshNonce, signedHeaders } from '../../../../test/signed-call.ts'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { sql } from '../../../platform/database.ts'

let world: VendifyWorld
let reseller: VendifyClient

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  reseller = await world.reseller({ terms: { margin: 2n, discount: 5n } })
  for (const code of ['MTN-ANY', 'AIRTEL-ANY', 'PHEDC-PREPAID', 'DSTV-YANGA', 'DSTV-COMPACT'])
    await world.supply(code, 'sandbox')
  await world.supply('ESIM-1GB', 'esim-sandbox')
})

function refusalOf(answer: VendifyAnswer): unknown {
  return [answer.status, at(answer, 'response.errorCode')]
}

const airtime = (uniqueAccountId: string) => ({
  productId: world.id('MTN-ANY'),
  faceValue: 500,
  uniqueAccountId,
})
const wallet = 'NGN-1'

async function statusOf(made: VendifyAnswer): Promise<unknown> {
  const reference = String(at(made, 'response.transactionReference'))
  return at(await reseller.get(`/order/status?transactionReference=${reference}`), 'response.orderStatus')
}

describe('airtime', () => {
  test('goes to a phone in international form, and tells the operator’s reference', async () => {
    const answer = await reseller.post('/orders', airtime('+2348038030133'), { wallet })
    expect(at(answer, 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      uniqueAccountId: '+2348038030133',
      voucherCode: expect.stringMatching(/^SBX\d+$/),
      deliveryField: 'voucherCode',
      productCost: 475,
    })
  })

  test.each(['', '08038030133', 'phone', '+0123456789'])('is refused for the phone "%s"', async (phone) => {
    const answer = await reseller.post('/orders', airtime(phone), { wallet })
    expect(refusalOf(answer)).toEqual([400, 'INVALID_REQUEST'])
    expect(at(answer, 'response.fields.uniqueAccountId')).toEqual(expect.any(String))
  })

  test('is refused for a phone of another country than the operator’s', async () => {
    const answer = await reseller.post('/orders', airtime('+254722123456'), { wallet })
    expect(refusalOf(answer)).toEqual([400, 'INVALID_REQUEST'])
    expect(at(answer, 'response.fields.uniqueAccountId')).toBe(
      'This is no number of the country of the product.',
    )
  })

  test('goes to a number of another operator’s range, which may have been carried over', async () => {
    const answer = await reseller.post('/orders', airtime('+2348021234567'), { wallet })
    expect(at(answer, 'response.responseStatus')).toBe('SUCCESS')
  })

  test('that is pending is told so, and ends as the supplier says', async () => {
    const later = await reseller.post('/orders', airtime('+2348030000901'), { wallet })
    expect(at(later, 'response')).toMatchObject({ responseStatus: 'PENDING', voucherCode: '' })
    await expect.poll(() => statusOf(later), { timeout: 10_000 }).toBe('SUCCESS')
    const never = await reseller.post('/orders', airtime('+2348030000902'), { wallet })
    await expect.poll(() => statusOf(never), { timeout: 10_000 }).toBe('FAILED')
  })

  test('whose client hung up before the answer is found by its nonce', async () => {
    const nonce = freshNonce()
    const cut = AbortSignal.timeout(400)
    const lost = fetch(`${world.app.baseUrl}/vendify/api/v1/orders`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-wallet-id': wallet,
        ...signedHeaders(reseller.apiKey, reseller.privateKey, nonce),
      },
      body: JSON.stringify(airtime('+2348030000907')),
      signal: cut,
    })
    // The sandbox says at once that it will take for ever, so the answer may or may not have arrived by then.
    await lost.catch(() => undefined)
    const found = await reseller.get(`/order/status?x-nonce=${nonce}`)
    expect(at(found, 'response')).toMatchObject({ orderStatus: 'PENDING' })
  })

  test('that fails is a good answer with its money back', async () => {
    const before = at(await reseller.get('/Report/AccountBalance'), 'response')
    const answer = await reseller.post('/orders', airtime('+2348030000903'), { wallet })
    expect([answer.status, at(answer, 'requestStatus')]).toEqual([200, 'PROCESSED'])
    expect(at(answer, 'response')).toMatchObject({
      responseStatus: 'FAILED',
      responseMessage: 'The order failed and was not charged. The recipient is not valid.',
    })
    expect(at(await reseller.get('/Report/AccountBalance'), 'response')).toEqual(before)
  })
})

describe('a prepaid meter', () => {
  const bill = (more: object = {}) => ({
    productId: world.id('PHEDC-PREPAID'),
    productCode: 'phedc-prepaid',
    faceValue: 5_000,
    uniqueAccountId: '25112401374',
    accountTelephone: '+2348188090111',
    ...more,
  })

  test('gets a token', async () => {
    const answer = await reseller.post('/orders', bill(), { wallet })
    expect(at(answer, 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      voucherCode: expect.stringMatching(/^(\d{4} ){4}\d{4}$/),
    })
  })

  test.each([
    ['productCode', { productCode: '' }],
    ['uniqueAccountId', { uniqueAccountId: '12' }],
    ['accountTelephone', { accountTelephone: undefined }],
  ])('is refused without a good %s', async (field, more) => {
    const answer = await reseller.post('/orders', bill(more), { wallet })
    expect(refusalOf(answer)).toEqual([400, 'INVALID_REQUEST'])
    expect(at(answer, `response.fields.${field}`)).toEqual(expect.any(String))
  })
})

describe('a validation', () => {
  test('finds who holds an account, by service, brand and type', async () => {
    const body = {
      serviceCode: 'elect',
      uniqueAccountId: '25112401374',
      brandCode: 'PHEDC',
      serviceType: 'PREPAID',
    }
    expect(at(await reseller.post('/validations', body), 'response')).toEqual({
      productId: world.id('PHEDC-PREPAID'),
      providerId: expect.any(Number),
      productCode: 'PHEDC-PREPAID',
      status: '200',
      message: 'successful',
      accountName: 'Sandbox Customer 1374',
      uniqueAccountId: '25112401374',
      brandCode: 'phedc',
      productOptions: [],
      transactionReference: expect.stringMatching(/^\d{18}:S:[A-Z]{25}$/),
      validated: true,
    })
  })

  test('finds the operator of a phone by its number, where no brand is named', async () => {
    const ask = async (more: object) =>
      reseller.post('/validations', { serviceCode: 'AIRTIME', ...more }, { wallet })
    expect(at(await ask({ uniqueAccountId: '+2348031234567' }), 'response')).toMatchObject({
      productId: world.id('MTN-ANY'),
      brandCode: 'mtn-nigeria',
      message: 'successful',
      validated: true,
    })
    expect(at(await ask({ uniqueAccountId: '2348021234567' }), 'response')).toMatchObject({
      productId: world.id('AIRTEL-ANY'),
      brandCode: 'airtel-nigeria',
      validated: true,
    })
    // Glo is not sold, ranges of the United States are not published, and a local number says nothing.
    for (const uniqueAccountId of ['+2348051234567', '+12125550100', '08031234567'])
      expect(refusalOf(await ask({ uniqueAccountId }))).toEqual([404, 'NOT_FOUND'])
  })

  test('tells when a phone’s range was given to another operator, and finds no phone of another country', async () => {
    const ask = async (uniqueAccountId: string) =>
      reseller.post('/validations', { productId: world.id('MTN-ANY'), uniqueAccountId }, { wallet })
    expect(at(await ask('+2348021234567'), 'response')).toMatchObject({
      validated: true,
      message:
        'successful. The range of this number was given to Airtel Nigeria: make sure that it is now with MTN Nigeria.',
    })
    expect(at(await ask('+254722123456'), 'response')).toMatchObject({
      validated: false,
      message: 'There is no such account.',
    })
  })

  test('says so where there is no such account', async () => {
    const body = { productId: world.id('PHEDC-PREPAID'), uniqueAccountId: '25112401908' }
    const answer = await reseller.post('/validations', body)
    expect(answer.status).toBe(200)
    expect(at(answer, 'response')).toMatchObject({
      validated: false,
      message: 'There is no such account.',
      accountName: '',
    })
  })

  test.each([
    [{ uniqueAccountId: '25112401374' }, 400, 'INVALID_REQUEST'],
    [{ productId: 999_999, uniqueAccountId: '25112401374' }, 404, 'NOT_FOUND'],
    [
      { serviceCode: 'ELECT', brandCode: 'none', serviceType: 'PREPAID', uniqueAccountId: '1' },
      404,
      'NOT_FOUND',
    ],
    [{ productId: 1 }, 400, 'INVALID_REQUEST'],
  ])('is refused for %j', async (body, status, errorCode) => {
    expect(refusalOf(await reseller.post('/validations', body))).toEqual([status, errorCode])
  })

  test('of what needs no account, or of a number that is none, is refused', async () => {
    const gift = { productId: world.id('AMZ-UK-5'), uniqueAccountId: '25112401374' }
    expect(refusalOf(await reseller.post('/validations', gift))).toEqual([400, 'INVALID_REQUEST'])
    const short = { productId: world.id('PHEDC-PREPAID'), uniqueAccountId: '1' }
    expect(refusalOf(await reseller.post('/validations', short))).toEqual([400, 'INVALID_REQUEST'])
  })
})

describe('a subscription', () => {
  const card = '4222863979'
  const buy = (more: object = {}) => ({
    productId: world.id('DSTV-YANGA'),
    productCode: 'DSTV-COMPACT',
    value: 17_450,
    uniqueAccountId: card,
    ...more,
  })

  test('is sold only shortly after its account was validated, under a code that was told then', async () => {
    expect(refusalOf(await reseller.post('/orders', buy(), { wallet }))).toEqual([400, 'VALIDATION_REQUIRED'])
    const asked = { productId: world.id('DSTV-YANGA'), uniqueAccountId: card }
    const answer = await reseller.post('/validations', asked, { wallet })
    expect(at(answer, 'response')).toMatchObject({
      productCode: 'USE_VALIDATION_PRODUCT_CODE',
      validated: true,
      productOptions: [
        { productName: 'DSTV-YANGA card', productCode: 'DSTV-YANGA', noOfMonths: 1, value: 5_100 },
        { productName: 'DSTV-COMPACT card', productCode: 'DSTV-COMPACT', noOfMonths: 1, value: 17_450 },
      ],
    })
    expect(at(await reseller.post('/orders', buy(), { wallet }), 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      productCode: 'DSTV-COMPACT',
      productCost: 16_577.5,
    })
    const refusals = [
      [buy({ productCode: 'USE_VALIDATION_PRODUCT_CODE' }), 'VALIDATION_REQUIRED'],
      [buy({ productCode: '' }), 'VALIDATION_REQUIRED'],
      [buy({ uniqueAccountId: '4222863970' }), 'VALIDATION_REQUIRED'],
      [buy({ value: 5_100 }), 'INVALID_AMOUNT'],
    ] as const
    for (const [body, errorCode] of refusals)
      expect(refusalOf(await reseller.post('/orders', body, { wallet }))).toEqual([400, errorCode])
    const stranger = await world.reseller()
    expect(refusalOf(await stranger.post('/orders', buy(), { wallet }))).toEqual([400, 'VALIDATION_REQUIRED'])
    await world.app.services.database.query(
      sql`update account_validations set validated_at = now() - interval '31 minutes'`,
    )
    expect(refusalOf(await reseller.post('/orders', buy(), { wallet }))).toEqual([400, 'VALIDATION_REQUIRED'])
  })
})

describe('an eSIM', () => {
  test('is delivered as a QR code with links, and its data can be watched', async () => {
    const answer = await reseller.post('/orders', { productId: world.id('ESIM-1GB'), faceValue: 7.2 })
    const delivered = at(answer, 'response')
    expect(delivered).toMatchObject({
      responseStatus: 'SUCCESS',
      deliveryField: 'qrCodeData',
      qrCodeData: expect.stringMatching(/^LPA:1\$/),
      voucherCode: expect.stringMatching(/^(\d{4} )+\d{1,4}$/),
      iosInstallUrl: expect.stringMatching(/^https:\/\/esimsetup\.apple\.com\/.*carddata=LPA:1\$/),
      androidInstallUrl: expect.stringContaining('LPA%3A1%24'),
      eSimDataUsageUrl: expect.stringMatching(/iccid=\d{18,22}&/),
    })
    const iccid = String(at(answer, 'response.voucherCode')).replaceAll(' ', '')
    const setup = await fetch(String(at(answer, 'response.androidInstallUrl')))
    expect([setup.status, setup.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await setup.text()).toContain(String(at(answer, 'response.qrCodeData')))
    const usageUrl = String(at(answer, 'response.eSimDataUsageUrl'))
    expect(await (await fetch(usageUrl)).text()).toContain('of 1.00 GB')
    expect((await fetch(usageUrl.replace(/key=.{8}/, 'key=00000000'))).status).toBe(404)
    expect((await fetch(usageUrl.replace(/&key=.*/, ''))).status).toBe(400)
    const details = await reseller.get(`/report/esim/details/${iccid}`)
    expect(at(details, 'response')).toEqual({
      id: expect.any(Number),
      iccid,
      planName: '1GB Two countries',
      status: expect.stringMatching(/^(Pending Activation|Data started)$/),
      lastUpdated: expect.stringMatching(/Z$/),
      validityInDays: 7,
      totalDataAllowanceGb: '1.00',
      remainingDataGb: expect.stringMatching(/^\d\.\d\d$/),
      message: 'Esim Details',
    })
    const stranger = await world.reseller()
    for (const answerOfNone of [
      await stranger.get(`/Report/Esim/Details/${iccid}`),
      await reseller.get('/Report/Esim/Details/8943108165011804478'),
      await reseller.get('/Report/Esim/Details/abc'),
    ])
      expect(refusalOf(answerOfNone)).toEqual([404, 'NOT_FOUND'])
  })
})

test('the books balance after all of this', async () => {
  await proveBooks(world.app.services.database)
})
