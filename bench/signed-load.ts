import { createHmac } from 'node:crypto'
import type { SkuId } from '../src/values/ids.ts'
import { httpLoad } from './http-load.ts'
import { pick } from './figures.ts'
import type { Figures } from './figures.ts'
import type { BenchPartner } from './world.ts'

/** POST /orders in the giftapi wire format, each with its own external id and signature, made before the clock starts; `perSecond`: see `httpLoad`. */
export async function signedOrderLoad(
  baseUrl: string,
  partners: readonly BenchPartner[],
  skuIds: readonly SkuId[],
  clients: number,
  seconds: number,
  perSecond?: number,
): Promise<Figures> {
  const run = crypto.randomUUID().slice(0, 8)
  const requests = Array.from({ length: Math.ceil(seconds * (perSecond ?? 20_000)) }, (_, place) =>
    signedOrder(pick(partners), pick(skuIds), `${run}-${place}`),
  )
  return httpLoad(baseUrl, requests, { clients, seconds, status: 201, once: true, perSecond })
}

function signedOrder(partner: BenchPartner, skuId: SkuId, externalId: string): Buffer {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', partner.secret)
    .update(`${timestamp}${skuId}${externalId}`)
    .digest('hex')
  const body = JSON.stringify({ external_id: externalId, item: { sku_id: skuId, fields: { quantity: 1 } } })
  return Buffer.from(
    `POST /giftapi/v1/partner/orders HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${partner.token}\r\nContent-Type: application/json\r\n` +
      `X-Timestamp: ${timestamp}\r\nX-Signature: ${signature}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
