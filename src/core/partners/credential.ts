import type { CredentialId } from '../../values/ids.ts'

/** What a client shows, as its owner may see it again: never the token or the secret themselves. */
export type Credential = {
  readonly id: CredentialId
  readonly dialect: string
  readonly label: string
  /** Where its token is shown encrypted. */
  readonly username: string | undefined
  /** The token with all but its prefix and last four characters left out: "scrip_…h3kQ". */
  readonly tokenHint: string
  /** Whether a signing secret belongs to it. */
  readonly hasSecret: boolean
  /** Whether the signing secret is the token itself. */
  readonly tokenKept: boolean
  /** Whether it signs with a private key, whose public half we keep. */
  readonly hasKeyPair: boolean
  readonly scopes: readonly string[]
  /** Networks that it may be used from; none listed: from anywhere. */
  readonly allowedAddresses: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly revokedAt: Date | undefined
}

/** A credential as its maker gets it, once: nobody can read the token again, and the secret only by signing with it. */
export type IssuedCredential = {
  readonly credentialId: CredentialId
  readonly token: string
  readonly secret: string | undefined
  /** PEM (PKCS #8), kept by nobody but its owner; undefined where no key pair was wished. */
  readonly privateKey: string | undefined
  /** Under which its token is shown, encrypted with `encryptionKey` (PEM); only where the dialect does so. */
  readonly username?: string | undefined
  readonly encryptionKey?: string | undefined
  /** What the partner's nonces begin with, so that two of its programs do not make the same; only with a key pair. */
  readonly noncePrefix: string | undefined
}

/** Four digits that follow from the credential. Nothing but a good habit hangs on it: a nonce may begin as it likes. */
export function noncePrefixOf(id: CredentialId): string {
  return String(Number.parseInt(id.slice(-8), 16) % 10_000).padStart(4, '0')
}

/** What stands before the random part of a token, so that a person, or a scanner of published code, knows it for what it is. */
export const usualTokenPrefix = 'scrip_'

/** Small letters, digits and underscores, with an underscore last: "sk_test_". */
export function isTokenPrefix(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,22}_$/.test(text)
}

/** Tells a partner which of its tokens this is, and a thief nothing. */
export function hintOf(prefix: string, token: string): string {
  return `${prefix}${omission}${token.slice(-4)}`
}

/** The prefix of the token that a hint was made of. */
export function prefixOf(hint: string): string {
  return hint.slice(0, hint.indexOf(omission))
}

const omission = '…'
