import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacSha256, sha256, sha256Hex } from './secrets.ts'

test('digests are those of the standard, of keys and texts of any length', () => {
  for (const length of [0, 1, 63, 64, 65, 1_000]) {
    const text = 'é'.repeat(length)
    const key = Buffer.alloc(length, 7)
    const wanted = createHash('sha256').update(text).digest()
    expect([sha256(text), sha256(Buffer.from(text)), sha256Hex(text)]).toEqual([
      wanted,
      wanted,
      wanted.toString('hex'),
    ])
    expect(hmacSha256(key, text)).toEqual(createHmac('sha256', key).update(text).digest())
    expect(hmacSha256(text, 'message')).toEqual(createHmac('sha256', text).update('message').digest())
  }
})
