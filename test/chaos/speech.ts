import { speakers } from '../abuse/speakers.ts'
import type { Operation } from '../abuse/operation.ts'
import type { Random } from './random.ts'
import type { Kind } from './told.ts'

export type Keys = Readonly<Record<string, string>>

/** A call as it goes out: signed anew each time. */
export type Call = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly form?: true
}

/** What an answer of 2xx says. */
export type Understood = {
  readonly id: string | undefined
  readonly state: string | undefined
  readonly codes: readonly string[]
}

/** Something that a client wants done once, under a key of its own. */
export type Errand = {
  readonly kind: Kind
  readonly key: string
  /** The request; `other` is another one under the same key. */
  ask(other: boolean): Call
  /** The question what became of it. */
  look(made: Understood): Call
  understand(body: unknown): Understood
}

/** What is for sale, by what the dialects call it. */
export type Shelf = {
  readonly skuId: string
  /** SKU code, as iascroft's product id. */
  readonly code: string
  /** As vendify's product id. */
  readonly number: number
}

/** Signs as `npm run abuse` does. */
function call(
  dialect: string,
  keys: Keys,
  {
    method,
    target,
    json,
    headers = {},
  }: {
    readonly method: Call['method']
    readonly target: string
    readonly json?: unknown
    readonly headers?: Readonly<Record<string, string>>
  },
): Call {
  const speaker = speakers.find((one) => one.dialect === dialect)
  if (speaker === undefined) throw new Error(`Nobody here speaks ${dialect}.`)
  const body = json === undefined ? undefined : JSON.stringify(json)
  const operation: Operation = {
    name: `${dialect} ${method} ${target}`,
    dialect,
    address: '',
    method,
    path: target,
    parameters: [],
    body: undefined,
    open: false,
  }
  const attempt = {
    operation,
    target,
    headers: {},
    body: body === undefined ? undefined : Buffer.from(body),
    twists: [],
  }
  const mount = { giftapi: '/giftapi/v1/partner', iascroft: '/iascroft/v1' }[dialect] ?? `/${dialect}`
  return { method, path: mount + target, headers: { ...speaker.sign(keys, attempt), ...headers }, body }
}

export function giftapiOrder(keys: Keys, key: string, skuId: string, quantity: number): Errand {
  return {
    kind: 'giftapi order',
    key,
    ask: (other) =>
      call('giftapi', keys, {
        method: 'POST',
        target: '/orders',
        json: {
          external_id: key,
          item: { sku_id: skuId, fields: { quantity: other ? quantity + 1 : quantity } },
        },
      }),
    look: ({ id }) => call('giftapi', keys, { method: 'GET', target: `/orders/${id ?? ''}` }),
    understand(body) {
      const data = at(body, 'data')
      const pins = list(at(data, 'items')).flatMap((item) =>
        list(at(item, 'delivery_data')).map((one) => text(at(one, 'pin'))),
      )
      return { id: text(at(data, 'id')), state: text(at(data, 'status')), codes: pins.filter(isText) }
    },
  }
}

export function vendifyOrder(keys: Keys, key: string, { number }: Shelf, walletId: string): Errand {
  return {
    kind: 'vendify order',
    key,
    ask: (other) =>
      call('vendify', keys, {
        method: 'POST',
        target: '/api/v1/orders',
        json: {
          productId: number,
          faceValue: 10,
          walletId,
          customerReference: key,
          uniqueAccountId: other ? '+447400123457' : '+447400123456',
        },
      }),
    look: ({ id }) =>
      call('vendify', keys, {
        method: 'POST',
        target: '/api/v1/order/status',
        json: { transactionReference: id },
      }),
    understand(body) {
      const reply = at(body, 'response')
      const state = text(at(reply, 'orderStatus')) ?? text(at(reply, 'responseStatus'))
      const code = text(at(reply, 'voucherCode'))
      const codes = state === 'SUCCESS' && code !== undefined && code !== '#' ? [code] : []
      return { id: text(at(reply, 'transactionReference')), state, codes }
    },
  }
}

export function iascroftPurchase(keys: Keys, key: string, { code }: Shelf): Errand {
  return {
    ...iascroft(keys, key, '/giftcard/purchase', (other) => ({
      product_id: code,
      amount: 10,
      currency: 'USD',
      reference: key,
      ...(other ? { recipient_email: 'other@example.com' } : {}),
    })),
    kind: 'iascroft purchase',
  }
}

export function iascroftTopup(keys: Keys, key: string, random: Random): Errand {
  const amount = 100 * random.between(1, 9)
  return {
    ...iascroft(keys, key, '/airtime/topup', (other) => ({
      phone: '+2348031234567',
      amount: other ? amount + 100 : amount,
      currency: 'NGN',
      reference: key,
    })),
    kind: 'iascroft topup',
  }
}

export function iascroftWithdrawal(keys: Keys, key: string, random: Random): Errand {
  const amount = random.between(1, 50)
  return {
    ...iascroft(keys, key, '/wallet/withdraw', (other) => ({
      amount: other ? amount + 1 : amount,
      currency: 'EUR',
      bank_account: { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' },
      reference: key,
    })),
    kind: 'iascroft withdrawal',
  }
}

function iascroft(
  keys: Keys,
  key: string,
  target: string,
  json: (other: boolean) => unknown,
): Omit<Errand, 'kind'> {
  return {
    key,
    ask: (other) =>
      call('iascroft', keys, {
        method: 'POST',
        target,
        json: json(other),
        headers: { 'x-idempotency-key': key },
      }),
    look: () => call('iascroft', keys, { method: 'GET', target: `/giftcard/status/${key}` }),
    understand(body) {
      const data = at(body, 'data')
      const code = text(at(data, 'code'))
      const id = text(at(data, 'transaction_id')) ?? text(at(data, 'reference'))
      return { id, state: text(at(data, 'status')), codes: code === undefined ? [] : [code] }
    },
  }
}

export type Disbursed = {
  readonly recipients: readonly { readonly Name: string; readonly Phone: string; readonly Amount: number }[]
}

export function giftpesaDisbursement(
  keys: Keys,
  key: string,
  { recipients }: Disbursed,
  callbackUrl: string,
): Errand {
  return {
    kind: 'giftpesa disbursement',
    key,
    ask: (other) =>
      call('giftpesa', keys, {
        method: 'POST',
        target: '/disburse',
        json: {
          DisbursementID: key,
          DisbursementTitle: other ? 'Other' : 'Lunch',
          Recipients: recipients,
          CallbackURL: callbackUrl,
        },
      }),
    look: () => call('giftpesa', keys, { method: 'GET', target: `/query/${key}` }),
    understand: (body) => ({
      id: text(at(body, 'DisbursementID')),
      state: text(at(body, 'Status')),
      codes: [],
    }),
  }
}

export function giftpesaRedemption(
  keys: Keys,
  key: string,
  redemption: { readonly phone: string; readonly till: string; readonly amount: number },
): Errand {
  const { phone, till, amount } = redemption
  return {
    kind: 'giftpesa redemption',
    key,
    ask: (other) =>
      call('giftpesa', keys, {
        method: 'POST',
        target: '/redeem',
        json: {
          TransactionID: key,
          Name: 'Ada',
          Phone: phone,
          Amount: amount,
          TillNo: till,
          ...(other ? { Remarks: 'Other' } : {}),
        },
      }),
    // There is no question about one; the same again answers the first.
    look: () => giftpesaRedemption(keys, key, redemption).ask(false),
    understand: (body) => ({ id: text(at(body, 'ReceiptNo')), state: text(at(body, 'Status')), codes: [] }),
  }
}

export function iwocapayCheckout(keys: Keys, key: string, webhookUrl: string, amount: number): Errand {
  const { sellerId = '' } = keys
  return {
    kind: 'iwocapay checkout',
    key,
    ask: (other) =>
      call('iwocapay', keys, {
        method: 'POST',
        target: `/api/lending/edge/ecommerce/seller/${sellerId}/order`,
        json: { data: { amount: other ? amount + 1 : amount, reference: key, webhook_url: webhookUrl } },
        headers: { 'idempotency-key': key },
      }),
    look: ({ id }) =>
      call('iwocapay', keys, { method: 'GET', target: `/api/lending/edge/ecommerce/order/${id ?? ''}` }),
    understand(body) {
      const data = at(body, 'data')
      return { id: text(at(data, 'id')), state: text(at(data, 'status')), codes: [] }
    },
  }
}

export function iwocapayCancel(keys: Keys, id: string): Call {
  return call('iwocapay', keys, { method: 'DELETE', target: `/api/lending/edge/ecommerce/order/${id}` })
}

/** What the buyer does on the order's page, whose address came with the order. */
export function iwocapayPage(pageUrl: string, form: Readonly<Record<string, string>>): Call {
  const { pathname, search } = new URL(pageUrl)
  return {
    method: 'POST',
    path: pathname + search,
    headers: {},
    body: new URLSearchParams(form).toString(),
    form: true,
  }
}

export function pageOf(body: unknown): string | undefined {
  return text(at(at(body, 'data'), 'order_url'))
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name] // An object that has the key.
    : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [] // Array.isArray says any[].
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isText(value: string | undefined): value is string {
  return value !== undefined
}
