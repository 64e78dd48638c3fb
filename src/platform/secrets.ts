import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** 32 bytes for AES-256-GCM. */
export type SecretKey = Buffer & { readonly brand: 'SecretKey' }

/** 32 random bytes from the system's CSPRNG. */
export function newSecretKey(): SecretKey {
  return randomBytes(keyLength) as SecretKey // The constructor of keys.
}

/** Reads a key of 32 bytes as 64 hex digits or base64; undefined if it is neither. */
export function parseSecretKey(text: string): SecretKey | undefined {
  const trimmed = text.trim()
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(trimmed, 'base64')
  return bytes.length === keyLength ? (bytes as SecretKey) : undefined // Length is all that makes a key.
}

/** Names a key without telling it: the first 16 hex digits of a hash made for this purpose only. */
export function keyFingerprint(key: SecretKey): string {
  return createHmac('sha256', key).update('scrip key fingerprint').digest('hex').slice(0, 16)
}

/**
 * Encrypts with AES-256-GCM under a fresh nonce. `context` is authenticated with the text (the id of the row that owns it),
 * so that a ciphertext moved to another row does not decrypt. Shape: version (1 byte) · nonce (12) · ciphertext · tag (16).
 */
export function encrypt(key: SecretKey, plaintext: string | Buffer, context: string): Buffer {
  const nonce = nextNonce()
  const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key), nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([
    typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext),
    cipher.final(),
  ])
  return Buffer.concat([Buffer.of(formatVersion), nonce, body, cipher.getAuthTag()])
}

/** Decrypts what `encrypt` wrote. Throws when key, context or text is not the one it was written with. */
export function decrypt(key: SecretKey, ciphertext: Buffer, context: string): Buffer {
  if (ciphertext[0] !== formatVersion || ciphertext.length < 1 + nonceLength + tagLength) {
    throw new Error('This ciphertext has an unknown format.')
  }
  const decipher = createDecipheriv(
    'aes-256-gcm',
    keyObjectOf(key),
    ciphertext.subarray(1, 1 + nonceLength),
    { authTagLength: tagLength },
  )
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(ciphertext.subarray(ciphertext.length - tagLength))
  return Buffer.concat([
    decipher.update(ciphertext.subarray(1 + nonceLength, ciphertext.length - tagLength)),
    decipher.final(),
  ])
}

/** HMAC-SHA-256 of a text, as bytes. By way of hex digits: a digest that Node gives as bytes has memory of its own, which costs as much as the hash. */
export function hmacSha256(key: Buffer | string, text: string): Buffer {
  const hex = createHmac('sha256', typeof key === 'string' ? key : keyObjectOf(key))
    .update(text, 'utf8')
    .digest('hex')
  return Buffer.from(hex, 'hex')
}

/** SHA-256 of a text, as bytes: how tokens of full entropy are stored and looked up. */
export function sha256(text: string | Buffer): Buffer {
  return Buffer.from(sha256Hex(text), 'hex')
}

/** SHA-256 of a text, as 64 hex digits: what a map is keyed by. */
export function sha256Hex(text: string | Buffer): string {
  return hash('sha256', text, 'hex')
}

/** Compares in a time that does not depend on where two texts differ. */
export function equalInConstantTime(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A random token of `bytes` bytes in base64url, behind a readable prefix. */
export function newToken(prefix: string, bytes = 32): string {
  return `${prefix}${randomBytes(bytes).toString('base64url')}`
}

/** Random characters, each as likely as any other; the alphabet has 2, 4, 8 … 256 of them. */
export function randomCharacters(alphabet: string, count: number): string {
  const bytes = randomBytes(count)
  let text = ''
  // A power of two divides 256: no letter comes more often for the remainder's sake.
  for (const byte of bytes) text += alphabet[byte % alphabet.length] ?? ''
  return text
}

/**
 * Node turns a buffer into a key object for each call, which costs more than the cipher itself: a key that lives on keeps its object.
 * The map holds none alive.
 */
function keyObjectOf(key: Buffer): KeyObject {
  const known = keyObjects.get(key)
  if (known !== undefined) return known
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

/** A random nonce that no other call gets; they are drawn from the system in lots. */
function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(nonceLength * 256)
  const nonce = nonces.subarray(0, nonceLength)
  nonces = nonces.subarray(nonceLength)
  return nonce
}

const keyObjects = new WeakMap<Buffer, KeyObject>()
let nonces: Buffer = Buffer.alloc(0)

const formatVersion = 1
const keyLength = 32
const nonceLength = 12
const tagLength = 16
