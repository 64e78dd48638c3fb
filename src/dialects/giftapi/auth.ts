import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../core/partners/partner.ts'
import { equalInConstantTime, hmacSha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'

/** `Authorization: Bearer <token>`. Throws Failure unauthenticated, address_not_allowed, partner_inactive. */
export function authenticate(
  request: FastifyRequest,
  { callers }: Pick<Services, 'callers'>,
): Caller | Promise<Caller> {
  const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new Failure('unauthenticated')
  const address = request.ip
  return callers.remembered('giftapi', token, address) ?? callers.find('giftapi', token, address)
}

/** The two headers of a signed call, as they were sent. */
export type Signature = { readonly timestamp: string; readonly hex: string }

/**
 * The signature headers of a call whose timestamp is within five minutes of `nowMs` (milliseconds of the Unix clock).
 * Throws Failure signature_missing, timestamp_expired.
 */
export function readSignature(headers: FastifyRequest['headers'], nowMs: number): Signature {
  const { 'x-timestamp': timestamp, 'x-signature': hex } = headers
  if (typeof timestamp !== 'string' || timestamp === '' || typeof hex !== 'string' || hex === '')
    throw new Failure('signature_missing')
  const isNear =
    /^\d{1,12}$/.test(timestamp) && Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) <= toleranceSeconds
  if (!isNear) throw new Failure('timestamp_expired')
  return { timestamp, hex }
}

/**
 * Checks HMAC-SHA-256 of timestamp + subject + external id under the partner secret, upper-case hex included.
 * `subject` and `externalId` are the texts exactly as sent. Throws Failure signature_invalid.
 */
export function checkSignature(
  signature: Signature,
  caller: Caller,
  subject: string,
  externalId: string,
): void {
  if (caller.secret === undefined)
    throw new Failure('signature_invalid', { internal: 'the credential has no secret' })
  const wanted = hmacSha256(caller.secret, signature.timestamp + subject + externalId)
  const given = /^[0-9a-f]{64}$/i.test(signature.hex) ? Buffer.from(signature.hex, 'hex') : Buffer.alloc(0)
  if (!equalInConstantTime(wanted, given)) throw new Failure('signature_invalid')
}

const toleranceSeconds = 300
