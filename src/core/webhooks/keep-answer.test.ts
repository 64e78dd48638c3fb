import { expect, test } from 'vitest'
import type { Order } from '../orders/order.ts'
import { keepAnswer } from './keep-answer.ts'

function orderWith(...codes: readonly { code: string; pin?: string; url?: string; lpa?: string }[]): Order {
  return { items: [{ codes }] } as unknown as Order // All that is read of it.
}

test('an answer is cut after a KiB and can be stored', () => {
  expect(keepAnswer('ok', undefined)).toBe('ok')
  expect(keepAnswer('x'.repeat(5_000), undefined).length).toBe(1_024)
  expect(keepAnswer('a\u0000b\ud800', undefined)).toBe('ab\ufffd')
  expect(Buffer.byteLength(keepAnswer('é'.repeat(5_000), undefined))).toBeLessThanOrEqual(1_026)
})

test('codes are masked as they are, in JSON and in URLs, the longer before the shorter', () => {
  const order = orderWith(
    { code: 'ABCD', pin: '1234"5' },
    { code: 'ABCD-EFGH', url: 'https://example.com/a?b=c d' },
  )
  const body = `ABCD-EFGH ABCD ${JSON.stringify('1234"5')} ${encodeURIComponent('https://example.com/a?b=c d')}`
  expect(keepAnswer(body, order)).toBe('*** *** "***" ***')
})

test('the activation code of an eSIM is masked in whole and in its secret part', () => {
  const order = orderWith({ code: '8944422711108338982', lpa: 'LPA:1$smdp.example$ABC-123' })
  expect(keepAnswer('8944422711108338982 LPA:1$smdp.example$ABC-123 ABC-123', order)).toBe('*** *** ***')
})

test('no half of a code is left where the answer was cut on its way to us', () => {
  const code = 'S'.repeat(40)
  const order = orderWith({ code })
  for (let cut = 1; cut < 40; cut += 1) {
    const kept = keepAnswer(`${code.repeat(50)}${code.slice(0, cut)}`, order)
    expect(kept).not.toContain('SSSS')
  }
})
