import { createSign, randomInt } from 'node:crypto'

/** Headers of one call that is signed with a private key: a nonce is accepted once, so each call needs its own. */
export function signedHeaders(
  apiKey: string,
  privateKey: string,
  nonce: string = freshNonce(),
): Readonly<Record<string, string>> {
  const signature = createSign('RSA-SHA256')
    .update(apiKey + nonce)
    .sign(privateKey, 'base64')
  return { 'x-api-key': apiKey, 'x-nonce': nonce, 'x-signature': signature }
}

/** Prefix, yyMMddHHmm and ten random digits, as the vendor's clients make them. */
export function freshNonce(prefix = '1104'): string {
  const minute = new Date().toISOString().slice(2, 16).replaceAll(/\D/g, '')
  return `${prefix}${minute}${String(randomInt(10 ** 10)).padStart(10, '0')}`
}
