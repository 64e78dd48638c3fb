import { constants, publicEncrypt, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newKeyPair } from './key-pairs.ts'
import { decryptRsa, publicHalf } from './rsa-decryption.ts'

const { privateKey } = await newKeyPair()
const publicKey = publicHalf(privateKey)

const raw = (block: Buffer): Buffer =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block)

test('reads what a client has encrypted, whatever its length', () => {
  for (const length of [0, 1, 64, 245]) {
    const message = randomBytes(length)
    const ciphertext = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message)
    expect(decryptRsa(privateKey, ciphertext)).toEqual({ isPadded: true, message })
  }
})

const padded = (change: (block: Buffer) => void): Buffer => {
  const block = Buffer.alloc(256, 7)
  block[0] = 0
  block[1] = 2
  block[100] = 0
  change(block)
  return raw(block)
}

test.each<[string, Buffer]>([
  ['no block type 2', padded((block) => void (block[1] = 1))],
  ['no end of the padding', padded((block) => void (block[100] = 7))],
  ['too little padding', padded((block) => void (block[9] = 0))],
  ['a short text', randomBytes(17)],
  ['a long text', randomBytes(300)],
  ['nothing', Buffer.alloc(0)],
  ['a number beyond the modulus', Buffer.alloc(256, 255)],
])('%s is no padding, and something comes out all the same', (_, ciphertext) => {
  const { isPadded, message } = decryptRsa(privateKey, ciphertext)
  expect(isPadded).toBe(false)
  expect(message).toHaveLength(64)
})

test('exactly eight bytes of padding are enough', () => {
  expect(
    decryptRsa(
      privateKey,
      padded((block) => void (block[10] = 0)),
    ).isPadded,
  ).toBe(true)
})
