import { beforeAll, describe, expect, test } from 'vitest'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { showMessage } from '../../../core/messages/show-message.ts'
import { sql } from '../../../platform/database.ts'
import type { MessageId } from '../../../values/ids.ts'

let world: VendifyWorld
let reseller: VendifyClient
let bought: VendifyAnswer
let reference: string
const today = new Date().toISOString().slice(0, 10)

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  reseller = await world.reseller({ scopes: ['delivery:update'] })
  await world.stock('AMZ-UK-5', [
    { code: 'XCJ-SECRET-UYV', pin: '4321', expiresOn: '2099-04-03' },
    { code: 'GEJ-SECRET-KDB' },
  ])
  await world.supply('MTN-ANY', 'sandbox')
  const body = {
    productId: world.id('AMZ-UK-5'),
    faceValue: 5,
    beneficiaryEmail: 'porter@example.com',
    beneficiaryTelephone: '+2348038030177',
  }
  bought = await reseller.post('/orders', body, { wallet: 'NGN-1' })
  reference = String(at(bought, 'response.transactionReference'))
  await reseller.post('/orders', { productId: world.id('AMZ-UK-5'), faceValue: 5 })
  const airtime = { productId: world.id('MTN-ANY'), faceValue: 500 }
  await reseller.post('/orders', { ...airtime, uniqueAccountId: '+2348038030133' }, { wallet: 'NGN-1' })
  await reseller.post('/orders', { ...airtime, uniqueAccountId: '+2348038030903' }, { wallet: 'NGN-1' })
})

function refusalOf(answer: VendifyAnswer): unknown {
  return [answer.status, at(answer, 'response.errorCode')]
}

async function messages(like: string): Promise<unknown[]> {
  return world.app.services.database.query(sql`
    select channel, recipient, template from messages where partner_id = ${reseller.partnerId} and reference like ${like}
    order by reference`)
}

const history = (status: string, fromDate = today, toDate = today) =>
  reseller.get(`/Report/Reseller/TransactionHistory?fromDate=${fromDate}&toDate=${toDate}&status=${status}`)

describe('the history', () => {
  test('has what was sold, newest first, without a code or an address in clear', async () => {
    const answer = await history('all')
    const rows = at(answer, 'response') as Readonly<Record<string, unknown>>[]
    expect(rows).toHaveLength(3)
    expect(rows[2]).toEqual({
      transactionReference: reference,
      transactionDate: today.replaceAll('-', '/'),
      voucher: 'XCJ*********UYV',
      currency: 'GBP',
      voucherValue: '5.00',
      transactedCurrency: 'NGN',
      transactedValue: '9,375.00',
      redeemedStatus: 'Not Redeemed',
      buyerFirstname: '',
      buyerLastname: '',
      buyerTelephone: '',
      buyerEmail: '',
      beneficiaryTelephone: '+**********77',
      beneficiaryEmail: 'po**************com',
    })
    expect(answer.text).not.toMatch(/SECRET|porter|803803/)
  })

  test('is split into what is known to be used and what is not', async () => {
    expect(at(await history('used'), 'response')).toMatchObject([
      { currency: 'NGN', redeemedStatus: 'Redeemed' },
    ])
    expect(at(await history('unused'), 'response')).toHaveLength(2)
    expect(at(await history('all', '2020-01-01', '2020-02-01'), 'response')).toEqual([])
  })

  test('is one’s own', async () => {
    const stranger = await world.reseller()
    const path = `/Report/Reseller/TransactionHistory?fromDate=${today}&toDate=${today}&status=all`
    expect(at(await stranger.get(path), 'response')).toEqual([])
  })

  test('covers two months at the most, in days, and one of three states', async () => {
    expect(refusalOf(await history('all', '2021-01-01', '2021-03-02'))).toEqual([400, 'DATE_RANGE_TOO_WIDE'])
    for (const answer of [
      await history('all', '2021-13-01'),
      await history('none'),
      await reseller.get('/Report/Reseller/TransactionHistory'),
    ])
      expect(refusalOf(answer)).toEqual([400, 'INVALID_REQUEST'])
  })
})

describe('the summary', () => {
  const summary = (fromDate: string, toDate: string) =>
    reseller.get(`/Report/Reseller/TransactionSummary?fromDate=${fromDate}&toDate=${toDate}`)

  test('has a row for each product that was sold', async () => {
    expect(at(await summary(today, today), 'response')).toEqual([
      {
        productCode: 'AMZ-UK-5',
        productName: 'AMZ-UK-5 card',
        transactionCount: '2',
        totalVoucherValue: '10.00',
        voucherCurrency: 'GBP',
        currencyCountry: 'United Kingdom',
        reportFromDate: today,
        reportToDate: today,
      },
      expect.objectContaining({ productCode: 'MTN-ANY', transactionCount: '1', totalVoucherValue: '500.00' }),
    ])
  })

  test('covers 24 months at the most', async () => {
    expect((await summary('2021-01-01', '2023-01-01')).status).toBe(200)
    expect(refusalOf(await summary('2021-01-01', '2023-01-02'))).toEqual([400, 'DATE_RANGE_TOO_WIDE'])
  })
})

describe('a voucher', () => {
  test('is sent again, each time it is asked for, and shown masked', async () => {
    const answer = await reseller.get(`/Voucher/Details/${reference}`)
    expect(at(answer, 'response')).toEqual({
      status: 1,
      code: 'XCJ*********UYV',
      description: 'Details sent successfully. Email and SMS Message sent.',
      expirationDate: '2099/04/03',
    })
    await reseller.get(`/voucher/details/${reference}/`)
    const sent = await messages('voucher-again:%')
    expect(sent).toHaveLength(4)
    const { database, keyRing } = world.app.services
    const [row] = await database.query<{ id: MessageId }>(
      sql`select id from messages where reference like 'voucher-again:%' and channel = 'mail' limit 1`,
    )
    const shown = await database.inTransaction((tx) =>
      showMessage(tx, keyRing, { id: row?.id ?? ('' as MessageId), actor: 'test' }),
    )
    expect(shown.texts?.text).toMatch(/XCJ-SECRET-UYV[^]*PIN: 4321/)
    expect(sent).toEqual(
      expect.arrayContaining([
        { channel: 'mail', recipient: 'porter@example.com', template: 'order_delivered' },
        { channel: 'sms', recipient: '+2348038030177', template: 'order_delivered' },
      ]),
    )
  })

  test('of another or of none is not found', async () => {
    const stranger = await world.reseller({ scopes: ['delivery:update'] })
    expect(refusalOf(await stranger.get(`/Voucher/Details/${reference}`))).toEqual([404, 'NOT_FOUND'])
    expect(refusalOf(await reseller.get('/Voucher/Details/none'))).toEqual([404, 'NOT_FOUND'])
    const body = { transactionReference: reference, beneficiaryEmail: 'thief@example.com' }
    expect(refusalOf(await stranger.call('PATCH', '/Voucher/UpdateDelivery', body))).toEqual([
      404,
      'NOT_FOUND',
    ])
  })

  test('is sent elsewhere by who has the right, and the administrator is told', async () => {
    const body = {
      buyerEmail: 'tom@example.com',
      beneficiaryEmail: 'john@example.com',
      beneficiaryTelephone: '+447000000000',
      transactionReference: reference,
    }
    const answer = await reseller.call('PATCH', '/Voucher/UpdateDelivery', body)
    expect(at(answer, 'response')).toEqual({
      voucherCode: 'XCJ*********UYV',
      status: 1,
      requestResponse: 'Delivery details has been updated.',
      expirationDate: '2099-04-03',
    })
    const sent = await messages('voucher-again:%')
    for (const recipient of ['tom@example.com', 'john@example.com', '+447000000000'])
      expect(sent).toEqual(expect.arrayContaining([expect.objectContaining({ recipient })]))
    expect(await messages('delivery-changed:%')).toMatchObject([
      { channel: 'mail', template: 'delivery_changed' },
    ])
    const rows = at(await history('unused'), 'response') as Readonly<Record<string, unknown>>[]
    expect(rows[1]).toMatchObject({
      buyerEmail: 'to**************com',
      beneficiaryEmail: 'jo**************com',
      beneficiaryTelephone: '+**********00',
    })
  })

  test.each([
    [{ beneficiaryEmail: 'nobody' }, 400, 'INVALID_REQUEST'],
    [{ beneficiaryTelephone: '07000000000' }, 400, 'INVALID_REQUEST'],
    [{}, 400, 'INVALID_REQUEST'],
  ])('is not sent to %j', async (more, status, errorCode) => {
    const body = { transactionReference: reference, ...more }
    expect(refusalOf(await reseller.call('PATCH', '/Voucher/UpdateDelivery', body))).toEqual([
      status,
      errorCode,
    ])
  })

  test('is not sent elsewhere without the right', async () => {
    const plain = await world.reseller()
    const body = { transactionReference: reference, beneficiaryEmail: 'john@example.com' }
    expect(refusalOf(await plain.call('PATCH', '/Voucher/UpdateDelivery', body))).toEqual([403, 'FORBIDDEN'])
  })
})
