import { createHmac } from 'node:crypto'
import { encryptFor, stampOf } from '../giftpesa-sign-in.ts'
import { freshNonce, signedHeaders } from '../signed-call.ts'
import { fresh } from './attempt.ts'
import type { Attempt } from './attempt.ts'
import { people } from './people.ts'
import type { Headers, Keys, Speaker } from './speaker.ts'

const bearer = (token: string | undefined): Headers => ({ authorization: `Bearer ${token ?? ''}` })

const strangers = {
  nothing: () => ({}),
  'an unknown token': () => bearer('scrip_nobody'),
  'an empty token': () => ({ authorization: 'Bearer' }),
  'another scheme': () => ({ authorization: 'Basic c2NyaXA6c2NyaXA=' }),
  'a cut token': (keys: Keys) =>
    bearer((keys['token'] ?? keys['secretKey'] ?? keys['accessToken'])?.slice(0, -1)),
  'two tokens': (keys: Keys) =>
    bearer(`${keys['token'] ?? keys['secretKey'] ?? keys['accessToken']}, scrip_nobody`),
} satisfies Speaker['faults']

const programs: readonly Speaker[] = [
  {
    dialect: 'giftapi',
    sign: (keys, attempt) => giftapi(keys, attempt, {}),
    faults: {
      ...strangers,
      'a wrong signature': (keys, attempt) => giftapi(keys, attempt, { secret: 'another' }),
      'an old signature': (keys, attempt) => giftapi(keys, attempt, { ageS: 100_000 }),
      'a signature of tomorrow': (keys, attempt) => giftapi(keys, attempt, { ageS: -100_000 }),
    },
    isFailure: (body) =>
      isObject(body) && body['success'] === false && isText(body['message']) && isText(body['error']),
    starts: ['/catalog/pricelist?per_page=20', '/catalog/products?type=voucher&per_page=20'],
    samples: (answers) => ({
      'POST /orders': findAll(answers, 'sku_id').map((sku_id) => ({
        external_id: fresh,
        item: { sku_id, fields: { quantity: 1 } },
      })),
    }),
    shared: /^\/catalog/,
  },
  {
    dialect: 'vendify',
    sign: (keys) => signedHeaders(keys['apiKey'] ?? '', keys['privateKey'] ?? ''),
    faults: {
      ...strangers,
      'an unknown key': (keys) => signedHeaders('scrip_nobody', keys['privateKey'] ?? ''),
      'no signature': (keys) => ({ 'x-api-key': keys['apiKey'] ?? '', 'x-nonce': freshNonce() }),
      'the signature of another nonce': (keys) => ({
        ...signedHeaders(keys['apiKey'] ?? '', keys['privateKey'] ?? ''),
        'x-nonce': freshNonce(),
      }),
      'a nonce for the second time': (() => {
        let used: Headers | undefined
        return (keys: Keys) => (used ??= signedHeaders(keys['apiKey'] ?? '', keys['privateKey'] ?? ''))
      })(),
    },
    isFailure: (body) =>
      isObject(body) &&
      body['requestStatus'] === 'FAILED' &&
      isText(body['message']) &&
      isObject(body['response']) &&
      isText(body['response']['errorCode']),
    starts: [
      '/api/v1/Product/Category/giftcard?page=1&pageSize=20',
      '/api/v1/Product/Category/airtime?page=1&pageSize=20',
      '/api/v1/Report/AccountBalance',
    ],
    samples: (answers) => ({
      'POST /api/v1/orders': findObjects(answers, 'productId').map(
        ({ productId, originalValue, originalCurrencyCode, walletId }) => ({
          productId,
          faceValue: originalValue,
          walletId,
          customerReference: fresh,
          uniqueAccountId: originalCurrencyCode === 'NGN' ? '+2348031234567' : '+447400123456',
        }),
      ),
    }),
    shared: /\/Product\/|\/FxRate/,
  },
  {
    dialect: 'iascroft',
    sign: (keys) => bearer(keys['enterpriseSecretKey'] ?? keys['secretKey']),
    faults: strangers,
    isFailure: (body) =>
      isObject(body) &&
      body['status'] === 'error' &&
      isObject(body['error']) &&
      isText(body['error']['code']) &&
      isText(body['error']['message']),
    starts: ['/giftcard/products?limit=20', '/airtime/operators?country=NG', '/digital/products?limit=20'],
    samples: ([cards, operators, digital]) => ({
      'POST /giftcard/purchase': findObjects(cards, 'denomination_type').map(
        ({ id, currency, denominations, min }) => ({
          product_id: id,
          amount: Array.isArray(denominations) ? (denominations[0] as unknown) : min,
          currency,
          reference: fresh,
        }),
      ),
      'POST /airtime/topup': findObjects(operators, 'denomination_type').map(
        ({ id, min_amount, currency }) => ({
          phone: '+2348031234567',
          amount: min_amount ?? 100,
          currency,
          operator_id: id,
          reference: fresh,
        }),
      ),
      'POST /digital/purchase': findObjects(digital, 'vendor').map(({ id }) => ({
        product_id: id,
        quantity: 1,
        reference: fresh,
      })),
    }),
    shared: /products|operators|currencies/,
  },
  {
    dialect: 'iwocapay',
    sign: (keys) => bearer(keys['accessToken'] ?? keys['token']),
    faults: strangers,
    isFailure: (body) =>
      isObject(body) &&
      Array.isArray(body['errors']) &&
      body['errors'].length > 0 &&
      body['errors'].every((one) => isObject(one) && isText(one['detail']) && isText(one['code'])),
    starts: [
      '/api/lending/edge/example_repayment_schedule?30_day_rate=0.0333&initial_principal=4200&loan_duration_months=3&product=iwocapay',
    ],
    samples: () => ({
      'POST /api/lending/edge/ecommerce/seller/{sellerId}/order': [
        { data: { amount: 4200, reference: fresh } },
        {
          data: {
            amount: '42.50',
            reference: fresh,
            allowed_payment_terms: ['PAY_NOW'],
            meta_data: { a: [1] },
          },
        },
      ],
      'POST /api/iwocapay/seller/integrations/{sellerId}/events': [
        { events: [{ event_type: 'a', integration_name: 'b', integration_version: '1' }] },
      ],
    }),
    shared: /example_repayment_schedule/,
  },
  {
    dialect: 'giftpesa',
    enter: async (keys, address) => {
      const response = await fetch(`${address}/authorize`, {
        headers: {
          username: keys['username'] ?? '',
          authorization: `Basic ${encryptFor(keys['publicKey'] ?? '', `${keys['apiKey'] ?? ''}:${stampOf(new Date())}`)}`,
        },
      })
      const { Token: token = '' } = (await response.json()) as { readonly Token?: string } // The dialect's own answer.
      if (token === '') throw new Error(`giftpesa let nobody in: ${response.status}.`)
      return { ...keys, token }
    },
    sign: (keys) => bearer(keys['token']),
    faults: { ...strangers, 'the key instead of a token': (keys) => bearer(keys['apiKey']) },
    isFailure: (body) =>
      isObject(body) &&
      isObject(body['Error']) &&
      typeof body['Error']['Code'] === 'number' &&
      isText(body['Error']['Message']),
    starts: ['/merchants'],
    samples: (_answers, keys) => {
      const tills: unknown[] = Object.values((keys['tills'] ?? {}) as unknown as Record<string, unknown>) // An object, in demo.json.
      const recipient = { Name: 'Ada', Phone: '+254712345678', Amount: 100 }
      return {
        'POST /disburse': [
          { DisbursementID: fresh, DisbursementTitle: 'Lunch', Recipients: [recipient] },
          {
            DisbursementID: fresh,
            DisbursementTitle: 'Open to paybills',
            External: true,
            Recipients: [recipient, { ...recipient, Phone: '0712345679' }],
          },
        ],
        'POST /redeem': tills.map((till) => ({
          TransactionID: fresh,
          Name: 'Ada',
          Phone: '+254712345678',
          Amount: 10,
          TillNo: till,
        })),
      }
    },
    shared: /^\/merchants/,
  },
  {
    dialect: 'house',
    sign: (keys) => bearer(keys['token']),
    faults: { ...strangers, 'a session that nobody has': () => ({ cookie: 'scrip_portal=nobody' }) },
    isFailure: (body) =>
      isObject(body) && typeof body['status'] === 'number' && isText(body['code']) && isText(body['detail']),
    starts: ['/products?limit=20&q=amazon', '/wallets', '/orders'],
    samples: () => ({}),
    shared: /^\/(products|formats|quotes)/,
  },
]

/** Programs first: an operator can lock all of them out. */
export const speakers: readonly Speaker[] = [...programs, ...people]

/** Only orders are signed: where nothing is, a wrong signature is no credential at all. */
function giftapi(
  keys: Keys,
  { body, operation, target }: Attempt,
  { secret = keys['partnerSecret'] ?? '', ageS = 0 }: { readonly secret?: string; readonly ageS?: number },
): Headers {
  if (operation.method === 'GET')
    return ageS === 0 && secret === keys['partnerSecret'] ? bearer(keys['token']) : {}
  const { sku = '', externalId = '' } = readSigned(body)
  const [, iccid] = /esim\/([^/?]*)\/topup/.exec(target) ?? []
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS)
  const signature = createHmac('sha256', secret)
    .update(timestamp + (iccid === undefined ? sku : decode(iccid)) + externalId)
    .digest('hex')
  return { ...bearer(keys['token']), 'x-timestamp': timestamp, 'x-signature': signature }
}

/** What giftapi signs of a body, as far as it can be read. */
function readSigned(body: Buffer | undefined): { readonly sku?: string; readonly externalId?: string } {
  try {
    const parsed: unknown = JSON.parse(body?.toString('utf8') ?? '')
    if (!isObject(parsed)) return {}
    const item = isObject(parsed['item']) ? parsed['item'] : {}
    return { sku: textOf(item['sku_id']), externalId: textOf(parsed['external_id']) }
  } catch {
    return {}
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** Every value of a field, wherever it stands. */
function findAll(value: unknown, name: string): unknown[] {
  return findObjects(value, name).map((one) => one[name])
}

/** Every object that has a field, wherever it stands. */
function findObjects(value: unknown, name: string): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap((one) => findObjects(one, name))
  if (!isObject(value)) return []
  const inner = Object.values(value).flatMap((one) => findObjects(one, name))
  return name in value ? [value, ...inner] : inner
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
