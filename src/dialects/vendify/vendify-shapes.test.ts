import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { differences, formatDifferences } from '../../../test/shapes.ts'
import { freshNonce } from '../../../test/signed-call.ts'
import { at, createVendifyWorld } from '../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../test/vendify-world.ts'

/**
 * The vendor's own exchanges (examples/*.json): a client that was written against them must find every key where it was, with a value of
 * the same type. The vendor's samples of one call differ in their keys; ours have all of them, and those beyond an example are listed here.
 */

let world: VendifyWorld
let reseller: VendifyClient
let gift: VendifyAnswer
let esim: VendifyAnswer
const today = new Date().toISOString().slice(0, 10)

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  reseller = await world.reseller({ scopes: ['delivery:update'] })
  await world.stock('AMZ-UK-5', [{ code: 'CODE-1013-LONG', expiresOn: '2099-12-09' }])
  await world.supply('MTN-ANY', 'sandbox')
  await world.supply('DSTV-YANGA', 'sandbox')
  await world.supply('DSTV-COMPACT', 'sandbox')
  await world.supply('PHEDC-PREPAID', 'sandbox')
  await world.supply('ESIM-1GB', 'esim-sandbox')
  gift = await reseller.post('/orders', {
    productId: world.id('AMZ-UK-5'),
    faceValue: 5,
    beneficiaryEmail: 'porter@example.com',
  })
  esim = await reseller.post(
    '/orders',
    { productId: world.id('ESIM-1GB'), faceValue: 7.2 },
    { wallet: 'GBP-1' },
  )
})

const reference = () => String(at(gift, 'response.transactionReference'))

const calls: Readonly<Record<string, () => Promise<VendifyAnswer>>> = {
  'fx-rate': () => reseller.get('/Report/FxRate', { wallet: 'NGN-1' }),
  'sub-categories': () => reseller.get('/Product/SubCategory/giftcard'),
  products: () => reseller.get('/Product/Category/giftcard', { wallet: 'NGN-1' }),
  'airtime-products': () => reseller.get('/Product/Category/airtime'),
  product: () => reseller.get(`/product/${world.id('AMZ-UK-5')}`),
  brands: () => reseller.get('/product/brands'),
  'brand-families': () => reseller.get('/product/brand-families'),
  providers: () => reseller.get('/reseller/providers'),
  validation: () =>
    reseller.post('/validations', { productId: world.id('DSTV-YANGA'), uniqueAccountId: '4111863979' }),
  order: () => Promise.resolve(esim),
  'airtime-order': () =>
    reseller.post('/orders', {
      productId: world.id('MTN-ANY'),
      faceValue: 500,
      uniqueAccountId: '+2348038030133',
    }),
  'order-status': () => reseller.post('/order/status', { transactionReference: reference() }),
  'voucher-details': () => reseller.get(`/Voucher/Details/${reference()}`),
  'update-delivery': () =>
    reseller.call('PATCH', '/Voucher/UpdateDelivery', {
      transactionReference: reference(),
      beneficiaryEmail: 'john@example.com',
    }),
  'transaction-history': () =>
    reseller.get(`/Report/Reseller/TransactionHistory?fromDate=${today}&toDate=${today}&status=all`),
  'transaction-summary': () =>
    reseller.get(`/Report/Reseller/TransactionSummary?fromDate=${today}&toDate=${today}`),
  'esim-details': () =>
    reseller.get(`/report/esim/details/${String(at(esim, 'response.voucherCode')).replaceAll(' ', '')}`),
}

/** Keys that an example has not, and another of the same call, or the vendor's table of attributes, has. */
const beyond: Readonly<Record<string, RegExp>> = {
  products: /(status|redeemableCountryCodes)$/,
  product: /(status|brandFamily)$/,
  'airtime-products': /(walletId|serviceCode|brandFamily|validity|fxRate|redeemableCountryCodes)$/,
  validation: /response\.productCode$/,
  order:
    /(redemptionInfo|targetValue|transactionTitle|transactionComment|androidInstallUrl|iosInstallUrl|eSimDataUsageUrl)$/,
  'airtime-order':
    /(customerReference|uniqueAccountId|redemptionInfo|redemptionUrl|qrCodeData|deliveryField|targetValue|walletId|transactionTitle|transactionComment|fxRate)$/,
  'order-status': /(customerReference|providerName)$/,
}

describe('an answer has the keys and types of the vendor’s example', () => {
  test.each(Object.keys(calls))('%s', async (name) => {
    const { response } = readExample(name)
    const answer = await calls[name]?.()
    expect(answer?.status, answer?.text).toBe(response.status)
    const allowed = beyond[name]
    const found = differences(JSON.parse(answer?.text ?? ''), response.body).filter(
      (line) => !(line.endsWith(' is not in the example') && allowed?.test(line.replace(/ is not .*/, ''))),
    )
    expect(found).toEqual([])
    expect(formatDifferences(JSON.parse(answer?.text ?? ''), response.body)).toEqual([])
    expect(answer?.text).toMatch(/"sysErr":200,"sysId":\d{18},"sessionUid":"S:[A-Z]{25}"/)
  })
})

/** The vendor's own requests, with our ids in the places of the vendor's. */
describe('the vendor’s sample request is taken as it stands', () => {
  const wallet = { walletId: 'NGN-1' }
  const place = async (name: string, ids: object): Promise<VendifyAnswer> =>
    reseller.post('/orders', { ...readExample(name).request?.body, ...wallet, ...ids }, { wallet: 'NGN-1' })
  const idsOf = async (code: string) => {
    const answer = await reseller.get(`/Product/${world.id(code)}`)
    return { productId: world.id(code), providerId: at(answer, 'response.providerId') }
  }

  test('to validate an account, and to order a package of it by its code', async () => {
    const account = { uniqueAccountId: '4222863979' }
    const { body } = readExample('validation').request ?? {}
    const ids = await idsOf('DSTV-YANGA')
    const asked = await reseller.post('/validations', { ...body, ...account, productId: ids.productId })
    expect(at(asked, 'response')).toMatchObject({ validated: true, productOptions: [{}, {}] })
    const made = await place('order', { ...ids, ...account, productCode: 'DSTV-COMPACT' })
    expect(at(made, 'response')).toMatchObject({ responseStatus: 'SUCCESS', productCost: 17_450 })
  })

  test('to order airtime, whose receipt is mailed', async () => {
    expect(at(await place('airtime-order', await idsOf('MTN-ANY')), 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      responseMessage: 'Product purchased successfully. Email receipt sent.',
    })
  })

  test('to validate a meter and to pay for electricity, with a field that no table names', async () => {
    const asked = await reseller.post('/validations', readExample('electricity-validation').request?.body)
    expect(at(asked, 'response.validated')).toBe(true)
    expect(at(await place('electricity-order', await idsOf('PHEDC-PREPAID')), 'response')).toMatchObject({
      responseStatus: 'SUCCESS',
      voucherCode: expect.stringMatching(/^(\d{4} ){4}\d{4}$/),
    })
  })

  test('to ask for an order by its reference and by its nonce, in both methods', async () => {
    const nonce = freshNonce()
    const order = { productId: world.id('MTN-ANY'), faceValue: 500, uniqueAccountId: '+2348038030133' }
    const made = await reseller.post('/orders', order, { nonce })
    const transactionReference = String(at(made, 'response.transactionReference'))
    for (const answer of [
      await reseller.post('/order/status', { transactionReference }),
      await reseller.post('/order/status', { 'x-nonce': nonce }),
      await reseller.get(`/order/status?transactionReference=${transactionReference}`),
      await reseller.get(`/order/status?x-nonce=${nonce}`),
    ]) {
      expect(differences(JSON.parse(answer.text), readExample('order-status').response.body)).toEqual([
        'response.customerReference is not in the example',
        'response.providerName is not in the example',
      ])
      expect(at(answer, 'response.transactionReference')).toBe(transactionReference)
    }
  })

  test('to send a voucher elsewhere', async () => {
    const body = { ...readExample('update-delivery').request?.body, transactionReference: reference() }
    expect((await reseller.call('PATCH', '/Voucher/UpdateDelivery', body)).status).toBe(200)
  })
})

type Example = {
  readonly request?: { readonly body?: object }
  readonly response: { readonly status: number; readonly body: unknown }
}

function readExample(name: string): Example {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Example // Files of ours.
}
