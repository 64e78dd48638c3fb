import { afterAll, describe, expect, test } from 'vitest'
import { createGiftpesaWorld } from '../../../test/giftpesa-world.ts'
import { holderBrowser } from '../../../test/holder-page.ts'
import { messagesTo } from '../../../test/messages.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { ussdGateway } from '../../../test/ussd-gateway.ts'
import { disbursementProcessed } from '../../core/disbursements/end-disbursement.ts'
import { gatherDisbursement } from '../../core/disbursements/gather-disbursement.ts'
import { gatherRedemption } from '../../core/redemptions/gather-redemption.ts'
import { redemptionCompleted } from '../../core/redemptions/tell-redemption.ts'
import { parseCode } from '../../core/vouchers/code.ts'
import { deliverWebhooks } from '../../core/webhooks/deliver-webhooks.ts'
import type { GatherSubject } from '../../core/webhooks/writer.ts'
import { sql } from '../../platform/database.ts'
import { openHttpClient } from '../../platform/http.ts'
import { openLog } from '../../platform/log.ts'
import { events } from './events.ts'

const world = await createGiftpesaWorld()
const { database, keyRing } = world.app.services
const http = openHttpClient({ allowLoopback: true })
const delivery = deliverWebhooks({
  database,
  keyRing,
  http,
  log: openLog('silent'),
  writers: new Map([['giftpesa', events]]),
  gatherers: new Map<string, GatherSubject>([
    [disbursementProcessed, (event) => gatherDisbursement(database, keyRing, event)],
    [redemptionCompleted, (event) => gatherRedemption(database, keyRing, event)],
  ]),
  notify: async () => undefined,
  pollMs: 25,
})
afterAll(async () => {
  await delivery.stop()
  await http.close()
})

async function spend(scopes: readonly string[]) {
  const company = await world.company(1_000n, scopes)
  const receiver = await startReceiver()
  const phone = `07${String(50_000_000 + Number(receiver.url.replaceAll(/\D/g, '').slice(-5)))}`
  const sent = {
    DisbursementID: 'D-1',
    DisbursementTitle: 'Bonus',
    VoucherStartDate: '20260101',
    VoucherEndDate: '20991231',
    Merchant: ['naivas'],
    Recipients: [{ Name: 'Jane Doe', Phone: phone, Amount: 100 }],
    CallbackURL: receiver.url,
  }
  expect((await company.post('/disburse', sent)).status).toBe(200)
  await expect.poll(() => receiver.received.length).toBe(1)
  const redeemed = { TransactionID: 'T-1', Name: 'Jane Doe', Phone: phone, TillNo: '123456', Amount: 10 }
  const { json } = await company.post('/redeem', redeemed)
  await expect.poll(() => receiver.received.length).toBe(2)
  const bodies = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  return { company, receiver, bodies, phone: `+254${phone.slice(1)}`, reply: json as Record<string, string> }
}

describe('the callback of a disbursement', () => {
  test('is told when it is processed, and of each redemption, with the fields of the page and the Standard Webhooks headers', async () => {
    const { receiver, bodies, phone, reply } = await spend([])
    expect(bodies[0]).toEqual({
      EventID: receiver.received[0]?.headers['webhook-id'],
      DisbursementID: 'D-1',
      DisbursementTitle: 'Bonus',
      VoucherStartDate: '20260101',
      VoucherEndDate: '20991231',
      Merchant: ['naivas'],
      Recipients: [{ Name: 'Jane Doe', Amount: 100, Phone: phone, VoucherCode: '***********' }],
      Amount: 100,
      AmountDisbursed: 100,
      CreatedAt: expect.any(String) as string,
      DateProcessed: expect.any(String) as string,
      Status: 'success',
      TransactionCode: expect.stringMatching(/^[A-Z]\d{7}$/) as string,
    })
    expect(bodies[1]).toEqual({
      EventID: receiver.received[1]?.headers['webhook-id'],
      Phone: phone,
      Amount: 10,
      TillNo: '123456',
      TransactionDate: reply['TransactionDate'],
      TransactionCode: reply['TransactionCode'],
      Status: 'success',
      MpesaCode: null,
      Merchant: { ID: 'naivas', Name: 'Naivas' },
      Recipients: [{ Name: 'Jane Doe', Amount: 10, Phone: phone, VoucherCode: '***********' }],
      VoucherCodes: ['***********'],
      Mode: 'API',
    })
    for (const { headers } of receiver.received) {
      expect(headers['webhook-signature']).toMatch(/^v1,/)
      expect(headers['webhook-timestamp']).toMatch(/^\d+$/)
    }
  })

  test('shows codes where the key that asked for it may see them, and they stay out of the log of answers', async () => {
    const { bodies, company } = await spend(['codes:read'])
    const [disbursed = {}, redeemed = {}] = bodies
    const [code] = redeemed['VoucherCodes'] as string[]
    expect(parseCode(code ?? '')).toBe(code)
    expect((disbursed['Recipients'] as { VoucherCode: string }[])[0]?.VoucherCode).toBe(code)
    const rows = await database.query<{ row: string }>(sql`
      select a::text as row from webhook_attempts a where partner_id = ${company.partnerId}`)
    for (const { row } of rows) expect(row).not.toContain(code)
  })
})

test('a callback says how the value was taken, where its owner takes it himself', async () => {
  const { receiver, phone } = await spend([])
  const gateway = await ussdGateway(database)
  const type = (text: string) => gateway.step(world.app.baseUrl, { session: 'S-1', phone, text })
  expect(await type('2*123456*20*1')).toContain('CON')
  const [text = ''] = await messagesTo(database, keyRing, phone, 'payment_code')
  expect(await type(`2*123456*20*1*${text.slice(0, 6)}`)).toContain('END Paid')
  const browser = holderBrowser(world.app)
  const form = (await browser.send({ action: 'ask', phone })).hidden('form')
  const [sms = ''] = await messagesTo(database, keyRing, phone, 'holder_code')
  await browser.send({ action: 'open', phone, form, one_time_code: sms.slice(0, 6) })
  const payment = { till: '123456', amount: '30', form: 'a'.repeat(16) }
  expect((await browser.send({ action: 'pay', ...payment })).status).toBe(303)
  await expect.poll(() => receiver.received.length).toBe(4)
  const told = receiver.received.slice(2).map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  expect(told.map(({ Mode, Amount, TillNo }) => [Mode, Amount, TillNo].join(' ')).toSorted()).toEqual([
    'USSD 20 123456',
    'Web 30 123456',
  ])
})

test('after the first try there are ten more within about an hour, each after so many minutes', () => {
  const [first, ...rest] = events.scheduleSeconds
  expect(first).toBe(0)
  expect(rest.map((seconds) => seconds / 60)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 12])
  expect(events.timeoutMs).toBe(10_000)
})
