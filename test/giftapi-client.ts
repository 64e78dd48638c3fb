import { createHmac } from 'node:crypto'

export type GiftapiCredential = { readonly token: string; readonly secret: string }

export type GiftapiAnswer = {
  readonly status: number
  readonly body: GiftapiBody
  readonly retryAfter?: string | undefined
}

/** What these tests look at in a reply. */
type GiftapiBody = {
  readonly success: boolean
  readonly error?: string
  readonly data?: {
    readonly id: string
    readonly external_id: string
    readonly status: string
    readonly items: readonly { readonly delivery_data: readonly { readonly pin: string }[] }[]
  }
}

/** Signs and sends POST /orders as a partner's client does. Rejects when the connection breaks. */
export async function sendOrder(
  baseUrl: string,
  credential: GiftapiCredential,
  externalId: string,
  skuId: string,
  quantity = 1,
  fields: Readonly<Record<string, string>> = {},
): Promise<GiftapiAnswer> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', credential.secret)
    .update(`${timestamp}${skuId}${externalId}`)
    .digest('hex')
  const response = await fetch(`${baseUrl}/giftapi/v1/partner/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${credential.token}`,
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': signature,
    },
    body: JSON.stringify({
      external_id: externalId,
      item: { sku_id: skuId, fields: { ...fields, quantity } },
    }),
  })
  const retryAfter = response.headers.get('retry-after') ?? undefined
  return { status: response.status, body: (await response.json()) as GiftapiBody, retryAfter } // The tests assert what they need of it.
}

/** GET /orders/{uuid}. */
export async function readOrder(
  baseUrl: string,
  credential: GiftapiCredential,
  orderId: string,
): Promise<GiftapiAnswer> {
  const response = await fetch(`${baseUrl}/giftapi/v1/partner/orders/${orderId}`, {
    headers: { authorization: `Bearer ${credential.token}` },
  })
  return { status: response.status, body: (await response.json()) as GiftapiBody }
}

/** The only code of an answered order. */
export function pinOf(answer: GiftapiAnswer): string {
  const pin = answer.body.data?.items[0]?.delivery_data[0]?.pin
  if (pin === undefined) throw new Error(`No code came with ${answer.status} ${JSON.stringify(answer.body)}.`)
  return pin
}
