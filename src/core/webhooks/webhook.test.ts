import { describe, expect, test } from 'vitest'
import { afterFailure, judge, nextTryInSeconds } from './webhook.ts'

test('only 2xx is a success, and only 410 says never again', () => {
  expect([200, 204, 299].map(judge)).toEqual(['delivered', 'delivered', 'delivered'])
  expect([undefined, 199, 300, 302, 400, 404, 429, 500, 503].map(judge)).toEqual(Array(9).fill('failed'))
  expect(judge(410)).toBe('gone')
})

describe('the next try', () => {
  const schedule = [0, 10, 100]

  test('comes after the wait of the schedule and up to a tenth more, and there are as many as entries', () => {
    expect(nextTryInSeconds(schedule, 1, undefined, 0)).toBe(10)
    expect(nextTryInSeconds(schedule, 1, undefined, 1)).toBe(11)
    expect(nextTryInSeconds(schedule, 2, undefined, 0.5)).toBe(105)
    expect(nextTryInSeconds(schedule, 3, undefined, 0)).toBeUndefined()
  })

  test('is put off by Retry-After, never brought forward, and by an hour at the most', () => {
    expect(nextTryInSeconds(schedule, 1, 60, 0)).toBe(60)
    expect(nextTryInSeconds(schedule, 1, 1, 0)).toBe(10)
    expect(nextTryInSeconds(schedule, 1, 1_000_000, 0)).toBe(3_600)
    expect(nextTryInSeconds(schedule, 3, 60, 0)).toBeUndefined()
  })
})

describe('after a failure', () => {
  const after = (failuresInARow: number, failingSeconds = 0, isResting = false) =>
    afterFailure({ failuresInARow, failingSeconds, isResting })

  test('the endpoint rests from the fifth in a row, and longer each time, up to five minutes', () => {
    expect([0, 1, 2, 3].map((failures) => after(failures).restSeconds)).toEqual(Array(4).fill(undefined))
    expect([4, 5, 6, 7, 8, 9, 10, 100, 5_000].map((failures) => after(failures).restSeconds)).toEqual([
      5, 10, 20, 40, 80, 160, 300, 300, 300,
    ])
  })

  test('what was under way when the rest began neither counts nor prolongs it', () => {
    expect(after(5, 1, true)).toEqual({ failuresInARow: 5, restSeconds: undefined, isGivenUp: false })
  })

  test('the endpoint is given up after five days and at least ten failures', () => {
    const days = 5 * 86_400
    expect(after(9, days).isGivenUp).toBe(true)
    expect(after(9, days - 1).isGivenUp).toBe(false)
    expect(after(8, days * 10).isGivenUp).toBe(false)
    expect(after(2_000, days).isGivenUp).toBe(true)
  })
})
