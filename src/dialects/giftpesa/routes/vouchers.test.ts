import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import { createGiftpesaWorld } from '../../../../test/giftpesa-world.ts'
import type { GiftpesaAnswer, GiftpesaClient } from '../../../../test/giftpesa-world.ts'
import { owedTo, shilling } from '../../../../test/voucher-world.ts'
import { parseCode } from '../../../core/vouchers/code.ts'

const world = await createGiftpesaWorld()
const { database } = world.app.services

let made = 0

function body(changes: Record<string, unknown> = {}): Record<string, unknown> {
  made += 1
  return {
    DisbursementID: `D-${made}`,
    DisbursementTitle: 'XYZ Disbursement',
    Recipients: [
      { Name: 'Jane Doe', Phone: '0712345678', Amount: 100, Department: 'Sales' },
      { Name: 'John Doe', Phone: '254112345678', Amount: 50.5 },
    ],
    ...changes,
  }
}

/** Disburses, and waits until all is issued. */
async function disburse(
  company: GiftpesaClient,
  changes: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const sent = body(changes)
  const { status } = await company.post('/disburse', sent)
  expect(status).toBe(200)
  const query = async () =>
    (await company.get(`/query/${String(sent['DisbursementID'])}`)).json as Record<string, unknown>
  await expect.poll(async () => (await query())['Status']).toBe('success')
  return query()
}

const recipientsOf = (answer: Record<string, unknown>) => answer['Recipients'] as Record<string, unknown>[]
const fieldsOf = ({ json }: GiftpesaAnswer) =>
  (json as { Error: { Fields?: Record<string, string> } }).Error.Fields ?? {}
const messageOf = ({ json }: GiftpesaAnswer) => (json as { Error: { Message: string } }).Error.Message

describe('POST /disburse', () => {
  test('books the total and a cost of 22.5 for each recipient, and answers at once', async () => {
    const company = await world.company(1_000n)
    const sent = body()
    const answer = await company.post('/disburse', sent)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      DisbursementID: sent['DisbursementID'],
      DisbursementTitle: 'XYZ Disbursement',
      Status: 'pending',
      RecipientsCount: 2,
      Amount: 150.5,
      Cost: 45,
      CreatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    })
    await proveBooks(database)
  })

  test('the same again answers the same, in another spelling too; another body is refused', async () => {
    const company = await world.company(1_000n)
    const sent = body({ SupressNotifications: true })
    const first = await company.post('/disburse', sent)
    const { SupressNotifications: _, ...rest } = sent
    const again = await company.post('/disburse', { ...rest, SuppressNotifications: true, Unknown: 1 })
    expect(again).toMatchObject({ status: 200, json: first.json })
    const other = await company.post('/disburse', { ...sent, DisbursementTitle: 'Another' })
    expect(other.status).toBe(400)
    expect(messageOf(other)).toBe('DisbursementID already used')
  })

  test('who cannot pay is told so with 403', async () => {
    const company = await world.company(100n)
    const answer = await company.post('/disburse', body())
    expect(answer).toMatchObject({
      status: 403,
      json: { Error: { Code: 403, Message: 'Insufficient balance' } },
    })
  })

  const person = { Name: 'A', Phone: '0712345678', Amount: 1 }
  test.each<[string, Record<string, unknown>, string]>([
    [
      'a bad telephone',
      { Recipients: [person, person, person, { ...person, Phone: '0812345678' }] },
      'Recipients[3].Phone',
    ],
    ['no telephone', { Recipients: [{ Name: 'A', Amount: 1 }] }, 'Recipients[0].Phone'],
    ['a foreign telephone', { Recipients: [{ ...person, Phone: '+2348012345678' }] }, 'Recipients[0].Phone'],
    ['a negative amount', { Recipients: [person, { ...person, Amount: -5 }] }, 'Recipients[1].Amount'],
    ['an amount of nothing', { Recipients: [{ ...person, Amount: 0 }] }, 'Recipients[0].Amount'],
    ['an amount that is no number', { Recipients: [{ ...person, Amount: 'ten' }] }, 'Recipients[0].Amount'],
    ['no name', { Recipients: [{ ...person, Name: '' }] }, 'Recipients[0].Name'],
    ['no recipients', { Recipients: [] }, 'Recipients'],
    ['no list of recipients', { Recipients: 'all' }, 'Recipients'],
    ['no title', { DisbursementTitle: undefined }, 'DisbursementTitle'],
    ['no id', { DisbursementID: '' }, 'DisbursementID'],
    ['a long id', { DisbursementID: 'x'.repeat(65) }, 'DisbursementID'],
    ['a day that is none', { VoucherEndDate: '20260231' }, 'VoucherEndDate'],
    ['a past end', { VoucherEndDate: '20210820' }, 'VoucherEndDate'],
    [
      'an end before the start',
      { VoucherStartDate: '20300105', VoucherEndDate: '20300104' },
      'VoucherEndDate',
    ],
    ['an unknown merchant', { Merchant: ['naivas', 'nobody'] }, 'Merchant'],
    ['a callback without https', { CallbackURL: 'http://example.com/hook' }, 'CallbackURL'],
    ['a callback to a private address', { CallbackURL: 'https://10.0.0.1/hook' }, 'CallbackURL'],
  ])('%s rejects the whole call and names the field', async (_, changes, field) => {
    const company = await world.company(1_000n)
    const answer = await company.post('/disburse', body(changes))
    expect(answer.status).toBe(400)
    expect(Object.keys(fieldsOf(answer))).toEqual([field])
  })

  test('a body of some mebibytes is taken, and one of more than ten is refused', async () => {
    const company = await world.company(1_000_000n)
    const Recipients = Array.from({ length: 2_000 }, (_, place) => ({
      Name: `Person ${place}`,
      Phone: `07${String(10_000_000 + place)}`,
      Amount: 1,
      Note: 'x'.repeat(1_000),
    }))
    expect((await company.post('/disburse', body({ Recipients }))).status).toBe(200)
    expect((await company.post('/disburse', ' '.repeat(10_485_761))).status).toBe(400)
  })
})

describe('GET /query/:id', () => {
  test('tells of each recipient, with what else was said of it and its code masked', async () => {
    const company = await world.company(1_000n)
    const answer = await disburse(company)
    expect(answer).toMatchObject({
      Amount: 150.5,
      AmountDisbursed: 150.5,
      AmountRedeemed: 0,
      Cost: 45,
      RecipientsCount: 2,
    })
    expect(answer['TransactionCode']).toMatch(/^[A-Z]\d{7}$/)
    expect(recipientsOf(answer)).toEqual([
      {
        Name: 'Jane Doe',
        Phone: '+254712345678',
        Amount: 100,
        Department: 'Sales',
        Status: 'success',
        VoucherCode: '***********',
        Balance: 100,
      },
      {
        Name: 'John Doe',
        Phone: '+254112345678',
        Amount: 50.5,
        Status: 'success',
        VoucherCode: '***********',
        Balance: 50.5,
      },
    ])
  })

  test('shows codes to a key that may see them', async () => {
    const company = await world.company(1_000n, ['codes:read'])
    const codes = recipientsOf(await disburse(company)).map((one) => String(one['VoucherCode']))
    expect(new Set(codes).size).toBe(2)
    for (const code of codes) expect(parseCode(code)).toBe(code)
  })

  test('comes in pages', async () => {
    const company = await world.company(1_000n)
    const Recipients = Array.from({ length: 5 }, (_, place) => ({
      Name: `P${place}`,
      Phone: '0712345678',
      Amount: 1,
    }))
    const sent = await disburse(company, { Recipients })
    const page = async (query: string) =>
      recipientsOf(
        (await company.get(`/query/${String(sent['DisbursementID'])}?${query}`)).json as never,
      ).map((one) => one['Name'])
    expect(await page('page=2&limit=2')).toEqual(['P2', 'P3'])
    expect(await page('page=4&limit=2')).toEqual([])
    expect((await company.get(`/query/${String(sent['DisbursementID'])}?limit=0`)).status).toBe(400)
  })

  test("another account's disbursement answers as one that is not there", async () => {
    const sent = await disburse(await world.company(1_000n))
    const other = await world.company(1_000n)
    const theirs = await other.get(`/query/${String(sent['DisbursementID'])}`)
    const none = await other.get('/query/none')
    expect(theirs.status).toBe(404)
    expect(theirs.json).toEqual(none.json)
  })
})

describe('POST /redeem', () => {
  const redemption = (changes: Record<string, unknown> = {}): Record<string, unknown> => {
    made += 1
    return {
      TransactionID: `T-${made}`,
      Name: 'Jane Doe',
      Phone: '+254712345678',
      TillNo: '123456',
      Amount: 10,
      Remarks: 'Weekly shopping',
      ...changes,
    }
  }

  test('takes the amount and answers with a receipt, whose date has the day before the month', async () => {
    const company = await world.company(1_000n)
    const sent = await disburse(company)
    const before = await owedTo(database, 'naivas')
    const asked = redemption()
    const answer = await company.post('/redeem', asked)
    expect(answer.status).toBe(200)
    const reply = answer.json as Record<string, string>
    const { ReceiptNo: receipt, TransactionDate: date } = reply
    expect(reply).toEqual({
      TransactionID: asked['TransactionID'],
      Status: 'success',
      ReceiptNo: expect.stringMatching(/^[A-Z0-9]{8}$/) as string,
      TransactionCode: expect.stringMatching(/^[A-Z]\d{7}$/) as string,
      TrasanctionDate: date,
      TransactionDate: date,
      Merchant: 'Naivas - Eastgate',
      TillNo: '123456',
      Amount: 10,
      Message: `${receipt} confirmed. KES 10 redeemed at Naivas - Eastgate on ${date}.`,
    })
    const there = new Date(Date.now() + 3 * 3_600_000).toISOString()
    expect(date).toMatch(
      new RegExp(`^${there.slice(0, 4)}-${there.slice(8, 10)}-${there.slice(5, 7)} \\d\\d:\\d\\d:\\d\\d$`),
    )
    expect((await owedTo(database, 'naivas')) - before).toBe(10n * shilling)
    const query = (await company.get(`/query/${String(sent['DisbursementID'])}`)).json as Record<
      string,
      unknown
    >
    expect(query['AmountRedeemed']).toBe(10)
    expect(recipientsOf(query)[0]?.['Balance']).toBe(90)
    expect((await company.post('/redeem', asked)).json).toEqual(reply)
    const other = await company.post('/redeem', { ...asked, Amount: 11 })
    expect(other.status).toBe(400)
    expect(messageOf(other)).toBe('TransactionID already used')
    await proveBooks(database)
  })

  test('too little value is 400, and ten failures lock the telephone with 429', async () => {
    const company = await world.company(1_000n)
    await disburse(company, { Recipients: [{ Name: 'A', Phone: '0700000001', Amount: 5 }] })
    const tooMuch = () => company.post('/redeem', redemption({ Phone: '0700000001', Amount: 6 }))
    for (let time = 0; time < 10; time += 1) {
      const answer = await tooMuch()
      expect(answer.status).toBe(400)
      expect(messageOf(answer)).toBe('Insufficient voucher balance')
    }
    const locked = await company.post('/redeem', redemption({ Phone: '0700000001', Amount: 5 }))
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(3_000)
  })

  test("vouchers that are locked to others do not count, nor another company's", async () => {
    const company = await world.company(1_000n)
    await disburse(company, {
      Merchant: ['naivas'],
      Recipients: [{ Name: 'A', Phone: '0700000002', Amount: 5 }],
    })
    const at = (TillNo: string, who = company) =>
      who.post('/redeem', redemption({ Phone: '0700000002', Amount: 5, TillNo }))
    expect((await at('654321')).status).toBe(400)
    expect((await at('123456', await world.company(1n))).status).toBe(400)
    expect((await at('123456')).status).toBe(200)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown till', { TillNo: '999' }, 'TillNo'],
    ['no telephone', { Phone: 'none' }, 'Phone'],
    ['no amount', { Amount: 0 }, 'Amount'],
    ['no name', { Name: '' }, 'Name'],
    ['no id', { TransactionID: '' }, 'TransactionID'],
  ])('%s names the field', async (_, changes, field) => {
    const company = await world.company(10n)
    const answer = await company.post('/redeem', redemption(changes))
    expect(answer.status).toBe(400)
    expect(Object.keys(fieldsOf(answer))).toEqual([field])
  })
})

describe('POST /external/redeem', () => {
  test("takes external vouchers with the merchant's own key, at its own tills, each M-Pesa code once", async () => {
    const company = await world.company(1_000n)
    await disburse(company, { External: true, Recipients: [{ Name: 'A', Phone: '0700000003', Amount: 20 }] })
    await disburse(company, { Recipients: [{ Name: 'A', Phone: '0700000003', Amount: 20 }] })
    const key = await world.merchantKey('naivas')
    const external = (changes: Record<string, unknown> = {}, bearer = key) =>
      company.call(
        'POST',
        '/external/redeem',
        { MpesaCode: 'QWE1RTY2UI', Phone: '0700000003', TillNo: '123456', Amount: 15, ...changes },
        { authorization: `Bearer ${bearer}` },
      )
    const first = await external()
    expect(first).toMatchObject({
      status: 200,
      json: { TransactionID: 'QWE1RTY2UI', Amount: 15, Merchant: 'Naivas - Eastgate' },
    })
    expect((await external()).json).toEqual(first.json)
    const reused = await external({ TransactionID: 'other' })
    expect(reused.status).toBe(400)
    expect(messageOf(reused)).toBe('MpesaCode already used')
    expect((await external({ MpesaCode: 'ABC1DEF2GH', Amount: 6 })).status).toBe(400)
    expect(Object.keys(fieldsOf(await external({ MpesaCode: 'ABC1DEF2GH', TillNo: '654321' })))).toEqual([
      'TillNo',
    ])
    expect((await external({}, company.token)).status).toBe(401)
    expect((await external({}, 'merchant_nobody')).status).toBe(401)
    expect((await external({ MpesaCode: undefined }, 'merchant_nobody')).status).toBe(401)
    await proveBooks(database)
  })
})

test('GET /merchants lists those that take vouchers', async () => {
  const company = await world.company(1n)
  expect((await company.get('/merchants')).json).toEqual([
    { MerchantID: 'naivas', Merchant: 'Naivas', Category: { ID: 'supermarkets', Label: 'Supermarkets' } },
    {
      MerchantID: 'quickmart',
      Merchant: 'Quickmart',
      Category: { ID: 'supermarkets', Label: 'Supermarkets' },
    },
  ])
})

describe('without a token, nothing answers but 401', () => {
  test.each([
    ['GET', '/merchants'],
    ['POST', '/disburse'],
    ['GET', '/query/1'],
    ['POST', '/redeem'],
    ['POST', '/external/redeem'],
  ])('%s %s', async (method, path) => {
    const company = await world.company(1n)
    const answer = await company.call(method, path, method === 'POST' ? {} : undefined, { authorization: '' })
    expect(answer).toMatchObject({ status: 401, json: { Error: { Code: 401 } } })
  })
})
