import { Secret, TOTP } from 'otpauth'

/** A new secret for an authenticator app: 20 random bytes in base 32, as RFC 4226 recommends. */
export function newAuthenticatorSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** The address that an app reads from a QR code ("otpauth://totp/…"). */
export function authenticatorAddress(secret: string, label: string): string {
  return totpOf(secret, label).toString()
}

/**
 * The time step (RFC 6238: 30 s, six digits) that a code belongs to, the one before and after now included; undefined: it is none of them.
 *
 * @param now milliseconds since 1970
 */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  const totp = totpOf(secret, '')
  const delta = totp.validate({ token: code, timestamp: now, window: 1 })
  return delta === null ? undefined : totp.counter({ timestamp: now }) + delta
}

function totpOf(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Scrip', label, secret: Secret.fromBase32(secret) })
}
