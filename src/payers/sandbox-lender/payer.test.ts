import { expect, test } from 'vitest'
import type { Application } from '../../core/checkout/payer.ts'
import { openHttpClient } from '../../platform/http.ts'
import { parseCurrency } from '../../values/money.ts'
import { sandboxBank } from '../sandbox-bank/payer.ts'
import { sandboxLender } from './payer.ts'

const unit = 1_000_000n
const http = openHttpClient({ allowLoopback: true })
const lender = sandboxLender.open({}, { http, environment: 'sandbox' })
const bank = sandboxBank.open({}, { http, environment: 'sandbox' })
const terms = { timeoutMs: 1_000, mayStillSend: () => true }

function application(changes: Partial<Application> = {}): Application {
  const currency = parseCurrency('GBP')
  if (currency === undefined) throw new Error('GBP is a currency.')
  return {
    reference: '0199a1b2-0000-7000-8000-000000000000',
    terms: 'pay_later',
    amount: 1_000n * unit,
    currency,
    sellerName: 'Bright Tools',
    orderReference: '#1',
    instalments: [],
    buyer: { company: 'Corner Café Ltd', email: 'a@example.com', annualTurnover: 1n },
    openOrders: 0,
    returnUrl: 'http://127.0.0.1/pay?order=1&key=2',
    word: undefined,
    ...changes,
  }
}

test.each([
  ['approves a good buyer', {}, 'approved'],
  [
    'declines a turnover of 0.00',
    { buyer: { company: 'A', email: 'a@example.com', annualTurnover: 0n } },
    'declined',
  ],
  ['declines who has another order open', { openOrders: 1 }, 'declined'],
  ['declines more than it lends', { amount: 50_000n * unit + 1n }, 'declined'],
  ['declines nobody', { buyer: undefined }, 'declined'],
] as const)('the simulated lender %s, whenever it is asked', async (_name, changes, state) => {
  expect(await lender.apply(application(changes), terms)).toMatchObject({ state })
  expect(await lender.inquire(application(changes), terms)).toMatchObject({ state })
})

test.each([
  [
    'waits for the buyer at its page',
    undefined,
    { state: 'pending', continueUrl: 'http://127.0.0.1/pay?order=1&key=2&step=bank' },
  ],
  ['approves what the buyer approved', 'approve', { state: 'approved' }],
  ['declines what the buyer declined', 'decline', { state: 'declined' }],
] as const)('the simulated bank %s', async (_name, word, answer) => {
  expect(await bank.inquire(application({ word }), terms)).toMatchObject(answer)
})

test('neither is there in live', () => {
  for (const connector of [sandboxLender, sandboxBank])
    expect(() => connector.open({}, { http, environment: 'live' })).toThrow('nobody pays')
})
