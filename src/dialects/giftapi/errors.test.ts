import { describe, expect, test } from 'vitest'
import { Failure, failureSentences } from '../../values/failure.ts'
import type { FailureCode } from '../../values/failure.ts'
import { errorReply } from './errors.ts'

const codes = Object.keys(failureSentences) as FailureCode[] // The keys of the catalogue are its codes.

describe('the error envelope', () => {
  test.each(codes)('of %s has a status from 400 and the four keys at most', (code) => {
    const { status, body } = errorReply(new Failure(code))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).toEqual({
      success: false,
      message: failureSentences[code],
      error: expect.stringMatching(/^[a-z_]+$/),
      ...(status === 422 ? { errors: {} } : {}),
    })
  })

  test.each([
    ['insufficient_funds', 402, 'insufficient_balance'],
    ['out_of_stock', 409, 'out_of_stock'],
    ['external_id_conflict', 409, 'external_id_conflict'],
    ['sku_not_found', 404, 'sku_not_found'],
    ['partner_inactive', 403, 'partner_inactive'],
    ['unauthenticated', 401, 'unauthenticated'],
    ['signature_missing', 401, 'signature_missing'],
    ['signature_invalid', 401, 'signature_invalid'],
    ['timestamp_expired', 401, 'timestamp_expired'],
    ['validation_failed', 422, 'validation_failed'],
    ['rate_limited', 429, 'rate_limited'],
  ] as const)('%s is %d %s, as the contract says', (code, status, error) => {
    expect(errorReply(new Failure(code))).toMatchObject({ status, body: { error } })
  })

  test('names each field once, with all its sentences', () => {
    const fields = [
      { field: 'external_id', sentence: 'One.' },
      { field: 'item.sku_id', sentence: 'Two.' },
      { field: 'external_id', sentence: 'Three.' },
    ]
    expect(errorReply(new Failure('validation_failed', { fields })).body).toMatchObject({
      errors: { external_id: ['One.', 'Three.'], 'item.sku_id': ['Two.'] },
    })
  })

  test('tells when to come back wherever that helps, in whole seconds', () => {
    expect(errorReply(new Failure('unavailable')).headers).toEqual({ 'Retry-After': '1' })
    expect(errorReply(new Failure('rate_limited', { retryAfterSeconds: 12.2 })).headers).toEqual({
      'Retry-After': '13',
    })
    expect(errorReply(new Failure('order_in_progress', { retryAfterSeconds: 1 })).headers).toEqual({
      'Retry-After': '1',
    })
    expect(errorReply(new Failure('order_not_found')).headers).toEqual({})
  })

  test('never shows what is meant for the operator', () => {
    const reply = errorReply(
      new Failure('internal', {
        internal: 'relation "orders" does not exist',
        cause: new Error('at /srv/x.ts'),
      }),
    )
    expect(JSON.stringify(reply)).not.toMatch(/relation|srv/)
  })
})
