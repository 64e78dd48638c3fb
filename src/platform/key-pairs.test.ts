import { createSign } from 'node:crypto'
import { expect, test } from 'vitest'
import { isSignedBy, newKeyPair } from './key-pairs.ts'

test('a text signed with the private half is known by the public one, and nothing else is', async () => {
  const [own, other] = await Promise.all([newKeyPair(), newKeyPair()])
  const signature = createSign('RSA-SHA256').update('scrip_é1234').sign(own.privateKey)
  expect(signature).toHaveLength(256)
  expect(isSignedBy(own.publicKey, 'scrip_é1234', signature)).toBe(true)
  expect(isSignedBy(own.publicKey, 'scrip_é1235', signature)).toBe(false)
  expect(isSignedBy(other.publicKey, 'scrip_é1234', signature)).toBe(false)
  for (const broken of [Buffer.alloc(0), signature.subarray(1), Buffer.alloc(256), Buffer.alloc(512)])
    expect(isSignedBy(own.publicKey, 'scrip_é1234', broken)).toBe(false)
  expect(own.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
})
