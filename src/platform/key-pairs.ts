import { createPublicKey, generateKeyPair, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** An RSA key pair of 2048 bits: the public half as DER (SubjectPublicKeyInfo), the private one as PEM (PKCS #8). */
export type KeyPair = { readonly publicKey: Buffer; readonly privateKey: string }

/** A new key pair; takes a tenth of a second or more, on another thread. */
export async function newKeyPair(): Promise<KeyPair> {
  return generate('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/** Whether `signature` is RSA with SHA-256 (PKCS #1 v1.5) over the text's UTF-8 bytes under the private half of `publicKey`. */
export function isSignedBy(publicKey: Buffer, text: string, signature: Buffer): boolean {
  return verify('sha256', Buffer.from(text), keyObjectOf(publicKey), signature)
}

/** Reading a key costs more than checking a signature with it; a key that lives on keeps its object, and the map holds none alive. */
function keyObjectOf(publicKey: Buffer): KeyObject {
  let known = keyObjects.get(publicKey)
  if (known === undefined) {
    known = createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
    keyObjects.set(publicKey, known)
  }
  return known
}

const keyObjects = new WeakMap<Buffer, KeyObject>()
const generate = promisify(generateKeyPair)
