import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { account, receiveInto } from '../../../test/funding-world.ts'
import { at, createIascroftWorld } from '../../../test/iascroft-world.ts'
import type { IascroftWorld, Merchant } from '../../../test/iascroft-world.ts'
import { startReceiver } from '../../../test/receiver.ts'
import type { Receiver } from '../../../test/receiver.ts'
import { currency } from '../../../test/world.ts'
import { createVoucherWorld } from '../../../test/voucher-world.ts'
import { bookLine } from '../../core/funding/book-line.ts'
import { recordIncoming } from '../../core/funding/record-incoming.ts'
import { approveIdentity, rejectIdentity } from '../../core/identity/decide-identity.ts'
import { submitIdentity } from '../../core/identity/submit-identity.ts'
import { approveWithdrawal } from '../../core/withdrawals/decide-withdrawal.ts'
import { findWithdrawal } from '../../core/withdrawals/find-withdrawal.ts'
import { createEndpoint } from '../../core/webhooks/create-endpoint.ts'
import { deliverWebhooks } from '../../core/webhooks/deliver-webhooks.ts'
import { openHttpClient } from '../../platform/http.ts'
import { openLog } from '../../platform/log.ts'
import type { EventId, PartnerId } from '../../values/ids.ts'
import { parseJson } from '../../values/json.ts'
import { events } from './events.ts'

let world: IascroftWorld
let merchant: Merchant
const http = openHttpClient({ allowLoopback: true })

beforeAll(async () => {
  world = await createIascroftWorld({ fulfils: true })
  await world.stock('AMZ-US-10', 20)
  await world.supply('MTN-ANY', 'sandbox')
  merchant = await world.merchant()
  const { database, keyRing } = world.app.services
  const writers = new Map([['iascroft', events]])
  const notify = async (): Promise<void> => undefined
  const delivery = deliverWebhooks({
    database,
    keyRing,
    http,
    log: openLog('silent'),
    writers,
    notify,
    pollMs: 25,
  })
  afterAll(async () => {
    await delivery.stop()
    await http.close()
  })
})

async function listen(
  wanted: readonly string[],
  partnerId: PartnerId = merchant.partnerId,
): Promise<{ receiver: Receiver; secret: string }> {
  const receiver = await startReceiver()
  const { database, keyRing } = world.app.services
  const rules = { eventTypesOf: () => events.eventTypes, requireHttps: false, allowLoopback: true }
  const { secret } = await database.inTransaction((tx) =>
    createEndpoint(
      tx,
      keyRing,
      { partnerId, dialect: 'iascroft', url: receiver.url, events: wanted, actor: 'test' },
      rules,
    ),
  )
  return { receiver, secret }
}

const told = ({ received }: Receiver) =>
  received.map(({ body }) => parseJson(body) as { event: string; data: unknown }) // Checked where it is used.

describe('an endpoint', () => {
  test('gets what it chose, signed with its own secret over the raw body', async () => {
    const [ends, pending] = [
      await listen(['order.completed', 'order.failed']),
      await listen(['order.processing']),
    ]
    const bought = await merchant.post('/giftcard/purchase', {
      product_id: 'AMZ-US-10',
      amount: 10,
      currency: 'USD',
    })
    await vi.waitFor(() => expect(ends.receiver.received).toHaveLength(1), 5_000)
    const [one] = ends.receiver.received
    expect(one?.headers['x-iascroft-signature']).toBe(
      `sha256=${createHmac('sha256', ends.secret)
        .update(one?.body ?? '')
        .digest('hex')}`,
    )
    expect(parseJson(one?.body ?? '')).toEqual({
      id: one?.headers['webhook-id'],
      event: 'transaction.completed',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      data: at(bought, 'data'),
    })
    expect(pending.receiver.received).toHaveLength(0)
  })

  test('is told that a purchase is pending, and then of its end, each as it was', async () => {
    const { receiver } = await listen([])
    const topUp = { phone: '+2348031230901', amount: 501, operator_id: 'mtn-nigeria' }
    const bought = await merchant.post('/airtime/topup', topUp)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), 10_000)
    const [first, last] = told(receiver).toSorted((a, b) => (a.event > b.event ? -1 : 1))
    const reference = at(bought, 'data.reference')
    expect(first).toMatchObject({
      event: 'transaction.pending',
      data: { reference, status: 'pending', charged_amount: 501, operator_reference: null },
    })
    expect(last).toMatchObject({ event: 'transaction.completed', data: { reference, status: 'completed' } })
    const now = await merchant.get(`/giftcard/status/${String(reference)}`)
    expect(last?.data).toEqual(at(now, 'data'))
  })

  test('is told of a failure, which costs nothing', async () => {
    const { receiver } = await listen(['order.failed'])
    await merchant.post('/airtime/topup', {
      phone: '+2348031230904',
      amount: 501,
      operator_id: 'mtn-nigeria',
    })
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 5_000)
    expect(told(receiver)[0]).toMatchObject({
      event: 'transaction.failed',
      data: { status: 'failed', charged_amount: 0 },
    })
  })
})

test('all eight events arrive, signed, with what their endpoints say', async () => {
  const shop = await world.merchant({ currencies: ['USD', 'NGN', 'KES'] })
  const { partnerId } = shop
  const { receiver, secret } = await listen([], partnerId)
  const { database, keyRing } = world.app.services
  const topUp = (phone: string) =>
    shop.post('/airtime/topup', { phone, amount: 501, operator_id: 'mtn-nigeria' })
  await topUp('+2348031230901')
  await topUp('+2348031230904')
  const vouchers = await createVoucherWorld(database, keyRing)
  const { code } = await vouchers.voucher(await vouchers.company(1_000n), 25n)
  const redeemed = await shop.post('/voucher/redeem', { code })
  const bank_account = { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' }
  const asked = { amount: 12.5, currency: 'USD', bank_account, reference: 'out-1' }
  const withdrawn = await shop.post('/wallet/withdraw', asked)
  await receiveInto(database, currency('NGN'))
  const announced = await shop.post('/wallet/fund', { amount: 60_000, currency: 'NGN' })
  await database.inTransaction(async (tx) => {
    const { id } = await findWithdrawal(tx, partnerId, 'out-1')
    await approveWithdrawal(tx, { id, actor: 'cli:ada' })
    const line = await recordIncoming(tx, {
      account: account.accountNumber,
      bookedOn: '2026-11-25',
      amount: 50_000_000_001n,
      currency: currency('NGN'),
      bankReference: 'FT-1',
      remittance: String(at(announced, 'data.instructions.payment_reference')),
      payer: 'Acme',
      actor: 'cli:ada',
    })
    if (line?.walletId === undefined) throw new Error('It is a new payment of a known partner.')
    await bookLine(tx, { lineId: line.id, walletId: line.walletId, actor: 'cli:bob' })
  })
  const submit = (legalName: string) =>
    database.inTransaction((tx) =>
      submitIdentity(tx, keyRing, {
        partnerId,
        kind: 'company',
        legalName,
        details: {
          officerName: 'Ada Obi',
          officerBirthDate: '',
          registrationNumber: '',
          country: 'NG',
          address: '',
        },
        documents: [{ name: 'register.pdf', content: Buffer.from('%PDF-1.7 register') }],
        actor: 'cli:ada',
      }),
    )
  const first = await submit('Acme')
  const reason = 'The document is cut off.'
  await database.inTransaction((tx) => rejectIdentity(tx, { id: first, reason, actor: 'cli:bob' }))
  const second = await submit('Acme Ltd')
  await database.inTransaction((tx) => approveIdentity(tx, { id: second, actor: 'cli:bob' }))

  const kinds = [
    'kyc.approved',
    'kyc.rejected',
    'transaction.completed',
    'transaction.failed',
    'transaction.pending',
    'voucher.redeemed',
    'wallet.funded',
    'wallet.withdrawn',
  ]
  await vi.waitFor(
    () => expect([...new Set(told(receiver).map(({ event }) => event))].toSorted()).toEqual(kinds),
    20_000,
  )
  for (const { headers, body } of receiver.received) {
    expect(headers['x-iascroft-signature']).toBe(
      `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    )
    expect(Object.keys(Object(parseJson(body)))).toEqual(['id', 'event', 'created_at', 'data'])
  }
  const dataOf = (event: string) => told(receiver).find((one) => one.event === event)?.data
  const statusOf = async (event: string) => {
    const reference = String(Reflect.get(Object(dataOf(event)), 'reference'))
    return at(await shop.get(`/giftcard/status/${reference}`), 'data')
  }
  const completed = await statusOf('transaction.completed')
  expect(dataOf('transaction.completed')).toEqual(completed)
  expect(dataOf('transaction.failed')).toEqual(await statusOf('transaction.failed'))
  const wasPending = { ...Object(completed), status: 'pending', operator_reference: null }
  await vi.waitFor(
    () => expect(told(receiver)).toContainEqual(expect.objectContaining({ data: wasPending })),
    5_000,
  )
  expect(dataOf('voucher.redeemed')).toEqual(at(redeemed, 'data'))
  expect(dataOf('wallet.withdrawn')).toEqual({ ...Object(at(withdrawn, 'data')), status: 'paid' })
  expect(dataOf('wallet.funded')).toEqual({
    ...Object(at(announced, 'data')),
    status: 'completed',
    amount: 50_000.000001,
  })
  expect(dataOf('kyc.rejected')).toEqual({ status: 'rejected', legal_name: 'Acme', reason })
  expect(dataOf('kyc.approved')).toEqual({ status: 'approved', legal_name: 'Acme Ltd', reason: null })
}, 60_000)

test('eight tries are spread over a day, each wait longer than the one before', () => {
  const { scheduleSeconds } = events
  expect(scheduleSeconds).toHaveLength(8)
  expect(scheduleSeconds.reduce((sum, wait) => sum + wait, 0)).toBe(86_400)
  for (const [place, wait] of scheduleSeconds.entries())
    if (place > 1) expect(wait / (scheduleSeconds[place - 1] ?? 1)).toBeGreaterThan(3)
})

describe('an event of the account', () => {
  const facts = (type: string, details: Record<string, unknown>) => ({
    id: '019bc0dd-8562-7173-afd9-a5cc534fafb7' as EventId,
    type,
    happenedAt: new Date('2026-01-15T12:58:23.456Z'),
    partnerId: '019bc0dd-8562-7173-afd9-a5cc534fafb8' as PartnerId,
    details,
    order: undefined,
  })

  test.each([
    [
      'wallet.funded',
      { amount: '50000000001', currency: 'NGN', reference: 'IAS-1', walletId: 'w' },
      {
        reference: 'IAS-1',
        status: 'completed',
        amount: 50_000.000001,
        currency: 'NGN',
        instructions: null,
      },
    ],
    [
      'wallet.withdrawn',
      { amount: '100000000', currency: 'NGN', reference: 'out-1', state: 'paid', reason: '' },
      {
        reference: 'out-1',
        status: 'paid',
        amount: 100,
        currency: 'NGN',
        destination: null,
        created_at: null,
      },
    ],
    [
      'kyc.approved',
      { checkId: 'c', legalName: 'Acme Ltd', reason: '' },
      { status: 'approved', legal_name: 'Acme Ltd', reason: null },
    ],
    [
      'kyc.rejected',
      { checkId: 'c', legalName: 'Acme Ltd', reason: 'The document is cut off.' },
      { status: 'rejected', legal_name: 'Acme Ltd', reason: 'The document is cut off.' },
    ],
  ])('%s says what happened', (type, details, data) => {
    const { body } = events.write(facts(type, details))
    expect(JSON.parse(body)).toEqual({
      id: '019bc0dd-8562-7173-afd9-a5cc534fafb7',
      event: type,
      created_at: '2026-01-15T12:58:23.456Z',
      data,
    })
  })
})
