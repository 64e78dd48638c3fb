import { hmacSha256 } from '../../platform/secrets.ts'

/** Proves that a body is ours: Base64 of its HMAC-SHA-256 under the client's access token. */
export function hmacHeader(accessToken: string, body: string): Readonly<Record<string, string>> {
  return { 'X-Iwocapay-Hmac-Sha256': hmacSha256(accessToken, body).toString('base64') }
}
