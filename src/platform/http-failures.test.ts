import pg from 'pg'
import { expect, test } from 'vitest'
import { toFailure } from './http-failures.ts'

const stateOf = (code: string) => Object.assign(new pg.DatabaseError('x', 1, 'error'), { code })

test.each([
  ['40P01', 'a deadlock'],
  ['40001', 'a row that changed meanwhile'],
  ['57P01', 'a backend that was ended'],
  ['55P03', 'a lock that was not given in time'],
])('%s, %s, is to be tried again, and no fault of ours', (code) => {
  expect(toFailure(stateOf(code))).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
})

test('what nobody expected is a fault of ours', () => {
  expect(toFailure(stateOf('22008')).code).toBe('internal')
  expect(toFailure(new Error('x')).code).toBe('internal')
})
