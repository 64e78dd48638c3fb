import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed, in both directions: the instant in seconds since 1970, what the message is about, and the body as it is sent. */
export type SignedMessage = {
  readonly secret: string
  readonly timestamp: string
  /** "PUT /applications/0199…" of a request; "200 PUT /applications/0199…" of its reply, which no reply to another call can be. */
  readonly subject: string
  readonly body: string
}

/** Lowercase hex of HMAC-SHA-256 over timestamp, subject and body, a line each. */
export function signatureOf({ secret, timestamp, subject, body }: SignedMessage): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${subject}\n${body}`).digest('hex')
}

/** Whether a message was signed with the secret, within five minutes of now. */
export function isAuthentic(message: SignedMessage, signature: string | undefined, nowMs: number): boolean {
  const seconds = /^\d{1,12}$/.test(message.timestamp) ? Number(message.timestamp) : Number.NaN
  if (!(Math.abs(nowMs / 1_000 - seconds) <= toleranceSeconds)) return false
  const [wanted, given] = [Buffer.from(signatureOf(message)), Buffer.from(signature ?? '')]
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

const toleranceSeconds = 300
