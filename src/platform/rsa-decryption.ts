import { constants, createPrivateKey, createPublicKey, privateDecrypt } from 'node:crypto'

/** A text that somebody encrypted with RSA, PKCS #1 v1.5; `isPadded` false: it was no such text, and `message` is something else. */
export type Decrypted = { readonly isPadded: boolean; readonly message: Buffer }

/**
 * Decrypts with a private key (PEM) of 2048 bits and takes the padding off, in a time that does not depend on whether that was right: whoever
 * could tell would have an oracle that decrypts anything (Bleichenbacher). Whatever is given, the same work is done and a message comes out.
 */
export function decryptRsa(privateKey: string, ciphertext: Buffer): Decrypted {
  const key = createPrivateKey(privateKey)
  const isWhole = ciphertext.length === modulusBytes
  const whole = Buffer.alloc(modulusBytes, 1)
  ciphertext.copy(whole, 0, 0, modulusBytes)
  let isInRange = true
  let block: Buffer
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, whole)
  } catch {
    // Not below the modulus, which is noticed before any work is done: it is done on another number.
    isInRange = false
    whole[0] = (whole[0] ?? 0) & 0x7f
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, whole)
  }
  const { isPadded, start } = findMessage(block)
  return { isPadded: isPadded && isWhole && isInRange, message: block.subarray(start) }
}

/** The public half of a private key (PEM), as PEM. */
export function publicHalf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
}

/** Looks at every byte, and branches on none: 0, 2, at least eight others, 0, and the message. */
function findMessage(block: Buffer): { readonly isPadded: boolean; readonly start: number } {
  let isGood = isZero(block[0] ?? 1) & isZero((block[1] ?? 0) ^ 2)
  let found = 0
  let end = 0
  for (let place = 2; place < modulusBytes; place += 1) {
    const isFirst = isZero(block[place] ?? 1) & (found ^ 1)
    end |= -isFirst & place
    found |= isFirst
  }
  // The sign of the difference: 1 where fewer than eight stand before the end.
  const isShort = ((end - 10) >>> 31) & 1
  isGood &= found & (isShort ^ 1)
  const otherwise = modulusBytes - 64
  const start = (-isGood & (end + 1)) | (-(isGood ^ 1) & otherwise)
  return { isPadded: isGood === 1, start }
}

/** 1 for 0, and 0 for any other byte. */
function isZero(byte: number): number {
  return ((byte - 1) >>> 31) & 1
}

const modulusBytes = 256
