import { describe, expect, test } from 'vitest'
import { Failure, failureSentences } from '../../values/failure.ts'
import type { FailureCode } from '../../values/failure.ts'
import { errorReply } from './errors.ts'

const codes = Object.keys(failureSentences) as FailureCode[] // The keys of the catalogue are its codes.

describe('the error envelope', () => {
  test.each(codes)('of %s has its status, its sentence and a word', (code) => {
    const { status, body } = errorReply(new Failure(code))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).toMatchObject({
      authenticated: status !== 401,
      sysErr: status,
      requestStatus: 'FAILED',
      message: failureSentences[code],
      response: { errorCode: expect.stringMatching(/^[A-Z_]+$/), fields: {} },
    })
  })

  test.each([
    ['validation_failed', 400, 'INVALID_REQUEST'],
    ['invalid_amount', 400, 'INVALID_AMOUNT'],
    ['amounts_exclusive', 400, 'VALUE_AND_FACEVALUE'],
    ['wallet_mismatch', 400, 'WALLET_MISMATCH'],
    ['account_not_validated', 400, 'VALIDATION_REQUIRED'],
    ['date_range_too_wide', 400, 'DATE_RANGE_TOO_WIDE'],
    ['unauthenticated', 401, 'UNAUTHENTICATED'],
    ['nonce_used', 401, 'UNAUTHENTICATED'],
    ['insufficient_funds', 402, 'INSUFFICIENT_FUNDS'],
    ['wallet_not_found', 403, 'FORBIDDEN'],
    ['scope_missing', 403, 'FORBIDDEN'],
    ['product_not_found', 404, 'NOT_FOUND'],
    ['out_of_stock', 409, 'OUT_OF_STOCK'],
    ['external_id_conflict', 409, 'DUPLICATE_REFERENCE'],
    ['rate_limited', 429, 'RATE_LIMITED'],
    ['internal', 500, 'INTERNAL'],
    ['unavailable', 503, 'UNAVAILABLE'],
  ] as const)('%s is %d %s, as the contract says', (code, status, errorCode) => {
    expect(errorReply(new Failure(code))).toMatchObject({ status, body: { response: { errorCode } } })
  })

  test('names each field once, with all its sentences', () => {
    const fields = [
      { field: 'value', sentence: 'One.' },
      { field: 'productId', sentence: 'Two.' },
      { field: 'value', sentence: 'Three.' },
    ]
    expect(errorReply(new Failure('validation_failed', { fields })).body).toMatchObject({
      response: { fields: { value: 'One. Three.', productId: 'Two.' } },
    })
  })

  test('never shows what is meant for the operator', () => {
    const reply = errorReply(new Failure('internal', { internal: 'relation "orders" does not exist' }))
    expect(JSON.stringify(reply)).not.toContain('relation')
  })
})
