import { describe, expect, test } from 'vitest'
import { currency } from '../../../test/world.ts'
import type { Purchase } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble } from '../../platform/http.ts'
import { toRefusal, toTroubleAnswer } from './errors.ts'

const purchase: Purchase = {
  reference: '0199a1b2-0000-7000-8000-000000000001',
  productCode: 'sku',
  quantity: 1,
  faceValue: 1_000_000n,
  currency: currency('USD'),
  isOpenAmount: false,
  recipient: {},
  firstSentAtMs: 0,
  askedAtMs: 0,
  tries: 1,
}

function meaningOf(
  status: number,
  error: string,
  more: { tries?: number; errors?: Record<string, string[]> } = {},
): string {
  const { tries = 1, errors } = more
  const body = { success: false, message: 'A sentence.', error, ...(errors === undefined ? {} : { errors }) }
  const reply = { status, headers: { 'retry-after': '7' }, body }
  const answer = toRefusal(reply, { ...purchase, tries }, 0)
  return answer.state === 'refused' ? answer.reason : answer.state
}

const documented = [
  [402, 'insufficient_balance', 'insufficient_funds_at_supplier'],
  [404, 'sku_not_found', 'product_unavailable'],
  [404, 'esim_not_found', 'invalid_recipient'],
  [409, 'out_of_stock', 'out_of_stock'],
  [409, 'price_unavailable', 'product_unavailable'],
  [409, 'esim_not_renewable', 'not_renewable'],
  [422, 'validation_failed', 'rejected'],
  [403, 'partner_inactive', 'rejected'],
  [403, 'address_not_allowed', 'rejected'],
  [403, 'scope_missing', 'rejected'],
] as const

test.each(documented)('%i %s is a refusal: %s', (status, error, reason) => {
  expect(meaningOf(status, error)).toBe(reason)
})

test('a refusal under another status, or with another word, proves nothing', () => {
  for (const [status, error] of documented) {
    expect(meaningOf(status === 409 ? 402 : 409, error), error).toBe('unknown')
    expect(meaningOf(status, 'something_new'), String(status)).toBe('unknown')
    expect(toRefusal({ status, headers: {}, body: undefined }, purchase, 0).state).toBe('unknown')
    expect(toRefusal({ status, headers: {}, body: { error } }, purchase, 0).state).toBe('unknown')
  }
})

test('what is told before the reference is looked at refuses a first try only', () => {
  expect(meaningOf(403, 'partner_inactive', { tries: 2 })).toBe('unknown')
  expect(meaningOf(409, 'out_of_stock', { tries: 2 })).toBe('out_of_stock')
})

test('a refused field tells whether it was the recipient or the amount', () => {
  const of = (field: string) => meaningOf(422, 'validation_failed', { errors: { [field]: ['It is wrong.'] } })
  expect(of('item.fields.phone')).toBe('invalid_recipient')
  expect(of('item.fields.account')).toBe('invalid_recipient')
  expect(of('item.fields.amount')).toBe('limit_exceeded')
  expect(of('item.fields.quantity')).toBe('limit_exceeded')
  expect(of('external_id')).toBe('rejected')
})

test.each([
  [401, 'unauthenticated'],
  [401, 'signature_missing'],
  [401, 'signature_invalid'],
  [401, 'timestamp_expired'],
  [400, 'malformed_body'],
  [404, 'route_not_found'],
  [405, 'method_not_allowed'],
  [415, 'unsupported_media_type'],
])('%i %s is for an operator to mend, and refuses nothing', (status, error) => {
  expect(meaningOf(status, error)).toBe('busy')
})

test.each([
  [409, 'external_id_conflict'],
  [409, 'order_in_progress'],
  [500, 'internal'],
  [502, 'bad_gateway'],
  [504, 'out_of_stock'],
  [302, 'found'],
  [202, 'accepted'],
])('%i %s leaves open what happened', (status, error) => {
  expect(meaningOf(status, error)).toBe('unknown')
})

test('429 says when to come back; a 503 leaves open what happened', () => {
  const reply = { headers: { 'retry-after': '7' }, body: undefined }
  expect(toRefusal({ ...reply, status: 429 }, purchase, 0)).toMatchObject({
    state: 'busy',
    retryAfterMs: 7_000,
  })
  expect(toRefusal({ ...reply, status: 503 }, purchase, 0).state).toBe('unknown')
})

describe('without a whole answer', () => {
  test('it counts whether anything had been sent', () => {
    expect(toTroubleAnswer(new HttpTrouble('timeout', true)).state).toBe('unknown')
    expect(toTroubleAnswer(new HttpTrouble('broken', true)).state).toBe('unknown')
    expect(toTroubleAnswer(new HttpTrouble('timeout', false)).state).toBe('busy')
    expect(toTroubleAnswer(new HttpTrouble('withdrawn', false)).state).toBe('busy')
  })

  test('a defect of ours is not taken for trouble of the network', () => {
    expect(() => toTroubleAnswer(new TypeError('a defect'))).toThrow('a defect')
  })
})
