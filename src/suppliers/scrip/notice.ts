import { timingSafeEqual } from 'node:crypto'
import { parseJsonOrNothing } from '../../values/json.ts'
import { signatureOf } from './client.ts'
import { wire } from './wire.ts'

const toleranceMs = 300_000

/** Whose order a signed `order.status_changed` is about. The signature covers the event and its key, not the order: ask about it. */
export function readNotice(
  partnerSecret: string,
  notice: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly nowMs: number
  },
): { readonly reference: string } | undefined {
  const { 'x-timestamp': timestamp = '', 'x-signature': signature = '' } = notice.headers
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(notice.nowMs - Number(timestamp) * 1_000) > toleranceMs)
    return undefined
  const body = parseJsonOrNothing(notice.body)
  if (!wire.notice.Check(body)) return undefined
  const wanted = Buffer.from(signatureOf(partnerSecret, timestamp + body.event + body.idempotency_key))
  const given = Buffer.from(signature.toLowerCase())
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined
  return { reference: body.data.order.external_id }
}
