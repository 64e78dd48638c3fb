import { randomBytes } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

/** The scheme of standardwebhooks.com: what is signed is id, timestamp and body, with HMAC-SHA-256. */

/** A new secret of 32 random bytes, as receivers' libraries expect it: "whsec_" and base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/**
 * The three headers of a message. With several secrets, as in the days after a rotation, there is a signature by each, and a receiver
 * accepts the message if it knows one of them.
 */
export function signWebhook(
  secrets: readonly string[],
  message: { readonly id: string; readonly atMs: number; readonly body: string },
): Record<string, string> {
  const at = new Date(message.atMs)
  const signatures = secrets.map((secret) => new Webhook(secret).sign(message.id, at, message.body))
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.atMs / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}

/** Whether a message is signed with the secret and not older or newer than five minutes; else why not, in a few words. */
export function verifyWebhook(
  secret: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): { readonly isValid: true } | { readonly isValid: false; readonly reason: string } {
  try {
    new Webhook(secret).verify(body, { ...headers }, { jsonParse: false })
    return { isValid: true }
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return { isValid: false, reason: error.message }
  }
}

/** Whether a text is a secret that can sign: "whsec_" and base64. */
export function isWebhookSecret(text: string): boolean {
  return /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(text) && text.length % 4 === 'whsec_'.length % 4
}
