import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Caller } from '../../core/partners/partner.ts'
import { Failure } from '../../values/failure.ts'
import { checkSignature, readSignature } from './auth.ts'

const secret = 'a partner secret'
const caller = { secret } as Caller // Nothing else of a caller is looked at.
const now = 1_768_478_058
const skuId = '019bc0dd-8562-7173-afd9-a5cc534fafb7'
const hex = createHmac('sha256', secret).update(`${now}${skuId}ORD-12345`).digest('hex')

describe('a signature', () => {
  test('over timestamp, SKU and external id is accepted, in upper case too', () => {
    for (const given of [hex, hex.toUpperCase()]) {
      expect(() =>
        checkSignature({ timestamp: String(now), hex: given }, caller, skuId, 'ORD-12345'),
      ).not.toThrow()
    }
  })

  test.each([
    ['of other parts', hex, skuId, 'ORD-12346'],
    ['of the same letters, cut elsewhere', hex, `${skuId}O`, 'RD-1234'],
    ['that is cut short', hex.slice(0, 62), skuId, 'ORD-12345'],
    ['that is no hex', 'z'.repeat(64), skuId, 'ORD-12345'],
    ['with something behind it', `${hex}00`, skuId, 'ORD-12345'],
  ])('%s is refused', (_, given, subject, externalId) => {
    expect(
      codeOf(() => checkSignature({ timestamp: String(now), hex: given }, caller, subject, externalId)),
    ).toBe('signature_invalid')
  })

  test('is never valid for a credential without a secret', () => {
    const bare = { secret: undefined } as Caller // As above.
    const ofNothing = createHmac('sha256', '').update(`${now}${skuId}ORD-12345`).digest('hex')
    expect(
      codeOf(() => checkSignature({ timestamp: String(now), hex: ofNothing }, bare, skuId, 'ORD-12345')),
    ).toBe('signature_invalid')
  })
})

describe('a timestamp', () => {
  test.each([-300, -1, 0, 300])('%d s from now is near enough', (offset) => {
    expect(read(String(now + offset))).toEqual({ timestamp: String(now + offset), hex })
  })

  test.each([
    ['301 s old', String(now - 301)],
    ['301 s ahead', String(now + 301)],
    ['in milliseconds', `${now}000`],
    ['with a fraction', `${now}.0`],
    ['with a sign', `+${now}`],
    ['in hex', '0x6968dcea'],
    ['that is a word', 'now'],
  ])('%s is refused', (_, timestamp) => {
    expect(codeOf(() => read(timestamp))).toBe('timestamp_expired')
  })

  test('counts in whole seconds: the 300th is over when the 301st begins', () => {
    expect(() =>
      readSignature({ 'x-timestamp': String(now - 300), 'x-signature': hex }, now * 1000 + 999),
    ).not.toThrow()
    expect(
      codeOf(() => readSignature({ 'x-timestamp': String(now - 300), 'x-signature': hex }, (now + 1) * 1000)),
    ).toBe('timestamp_expired')
  })

  test('or a signature that is missing or empty is called missing', () => {
    expect(codeOf(() => readSignature({ 'x-timestamp': String(now) }, now * 1000))).toBe('signature_missing')
    expect(codeOf(() => readSignature({ 'x-signature': hex }, now * 1000))).toBe('signature_missing')
    expect(codeOf(() => readSignature({ 'x-timestamp': '', 'x-signature': hex }, now * 1000))).toBe(
      'signature_missing',
    )
  })
})

function read(timestamp: string): unknown {
  return readSignature({ 'x-timestamp': timestamp, 'x-signature': hex }, now * 1000)
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
  return 'none'
}
