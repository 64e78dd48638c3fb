import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { differences } from '../../../test/shapes.ts'
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
    expect(answer?.text).toMatch(/"sysErr":200,"sysId":\d{18},"sessionUid":"S:[A-Z]{25}"/)
  })
})

type Example = { readonly response: { readonly status: number; readonly body: unknown } }

function readExample(name: string): Example {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'examples', `${name}.json`), 'utf8')) as Example // Files of ours.
}
