import { constants, publicEncrypt } from 'node:crypto'
import { openSignIn } from '../src/core/partners/open-sign-in.ts'
import type { AccessToken } from '../src/core/partners/open-sign-in.ts'
import type { IssuedCredential } from '../src/core/partners/credential.ts'
import type { Services } from '../src/dialects/dialect.ts'

/** "yyyyMMddHHmmss" in UTC. */
export function stampOf(instant: Date): string {
  return instant.toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

/** What a client does with the public key that it was given. */
export function encryptFor(publicKey: string, text: string): string {
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text)).toString(
    'base64',
  )
}

/** An access token without HTTP, for tests of what needs one. */
export function signInTo(
  { database, keyRing }: Pick<Services, 'database' | 'keyRing'>,
  { username = '', encryptionKey = '', token }: IssuedCredential,
): Promise<AccessToken> {
  return openSignIn(
    database,
    keyRing,
  )({
    dialect: 'giftpesa',
    username,
    ciphertext: Buffer.from(encryptFor(encryptionKey, `${token}:now`), 'base64'),
    address: '127.0.0.1',
    read: (text) => ({ token: text.replace(/:now$/, ''), isNow: true }),
  })
}
