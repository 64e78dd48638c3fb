import { fresh } from './attempt.ts'
import type { Speaker } from './speaker.ts'

/** Who works in a browser: our own pages, which say where a call comes from. */
function signWith(side: 'partner' | 'operator'): Speaker['sign'] {
  return ({ session = '' }, { operation }) => ({
    cookie: `${cookies[side]}=${session}`,
    'x-scrip-side': side,
    origin: new URL(operation.address).origin,
  })
}

const cookies = { partner: 'scrip_portal', operator: 'scrip_console' } as const

function faultsOf(side: 'partner' | 'operator'): Speaker['faults'] {
  const other = side === 'partner' ? 'operator' : 'partner'
  const sign = signWith(side)
  return {
    nothing: () => ({}),
    'a session that nobody has': (_keys, attempt) => sign({ session: 'nobody' }, attempt),
    'a session of the other side': ({ session = '' }) => ({
      cookie: `${cookies[other]}=${session}`,
      'x-scrip-side': other,
    }),
    // Whoever only reads may come from anywhere: the answer stays in the browser.
    'a page of another site': (keys, attempt) =>
      attempt.operation.method === 'GET'
        ? {}
        : { ...sign(keys, attempt), origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  }
}

const isFailure: Speaker['isFailure'] = (body) =>
  typeof body === 'object' &&
  body !== null &&
  'status' in body &&
  typeof body.status === 'number' &&
  'code' in body &&
  typeof body.code === 'string' &&
  'detail' in body &&
  typeof body.detail === 'string'

const recipients = 'name,phone,amount\nAda,+254712345678,10\nBen,+254712345679,2.5\n'
const bankAccount = {
  bank_name: 'First Bank',
  account_name: 'Ada Obi',
  account_number: '1234506789',
}
/** The least that is a PNG by its first bytes. */
const document = {
  name: 'passport.png',
  content: Buffer.from('89504e470d0a1a0a00000000', 'hex').toString('base64'),
}

/** Somebody signed in at the portal with every right at a partner of their own. */
const partnersOwner: Speaker = {
  dialect: 'house',
  side: 'partner',
  calls: (path) => !path.startsWith('/operator') && !path.startsWith('/setup'),
  sign: signWith('partner'),
  faults: faultsOf('partner'),
  isFailure,
  starts: ['/products?limit=20&q=amazon', '/wallets', '/orders', '/formats', '/keys', '/people'],
  more: ([products]) =>
    idsIn(products)
      .slice(0, 6)
      .map((id) => `/products/${id}`),
  samples: (answers) => ({
    'POST /orders': answers.flatMap(skusOf).map((sku_id) => ({ sku_id, quantity: 1, external_id: fresh })),
    'PUT /wallets/{id}/alert': [{ below: '10' }, { below: null }],
    'POST /wallets/{id}/fundings': [{ amount: '25', reference: fresh }],
    'POST /wallets/{id}/withdrawals': [{ amount: '1', reference: fresh, bank_account: bankAccount }],
    'POST /disbursements/preview': [{ file_name: 'team.csv', content: recipients, wallet: 'KES-1' }],
    'POST /disbursements': [
      { file_name: 'team.csv', content: recipients, wallet: 'KES-1', external_id: fresh, title: 'Lunch' },
    ],
    'POST /keys': [{ format: 'giftapi', label: 'till' }, { format: 'house' }],
    'POST /keys/{id}/rotate': [{ grace_seconds: 60 }],
    'POST /webhook-endpoints': [
      { format: 'house', url: `https://example.com/${fresh}`, description: 'ours' },
    ],
    'PATCH /webhook-endpoints/{id}': [{ description: 'theirs' }],
    'POST /people': [{ email: `${fresh}@example.com`, name: 'Ada', role: 'viewer' }],
    'PATCH /people/{id}': [{ role: 'developer' }],
    'PATCH /account': [{ name: 'Ada Obi', locale: 'en', time_zone: 'Africa/Lagos' }],
    'POST /identity': [
      {
        kind: 'company',
        legal_name: 'Acme Ltd',
        officer_name: 'Ada Obi',
        officer_birth_date: '1990-01-31',
        country: 'NG',
        documents: [document],
      },
    ],
    'POST /vouchers/{id}/freeze': [{ is_frozen: true, note: 'lost' }],
    'POST /orders/{id}/send': [{ to: 'ada@example.com' }],
    'POST /vouchers/{id}/send': [{ to: '+254712345678' }],
    'POST /session': [{ side: 'partner', email: 'nobody@example.com', password: 'not the right one' }],
    'POST /password-resets': [{ side: 'partner', email: 'nobody@example.com' }],
    'POST /passwords': [{ token: fresh, password: 'a new and long enough one' }],
    'PUT /account/password': [{ old_password: 'x', new_password: 'a new and long enough one' }],
    'PUT /account/authenticator': [{ code: '123456' }],
    'POST /account/authenticator/removal': [{ password: 'x', code: '123456' }],
  }),
  shared: /^\/(products|formats|quotes)/,
}

/** Somebody signed in at the console with every right that one person can have. */
const operatorsAdmin: Speaker = {
  dialect: 'house',
  side: 'operator',
  calls: (path) => path.startsWith('/operator') || path === '/session' || path.startsWith('/account'),
  sign: signWith('operator'),
  faults: faultsOf('operator'),
  isFailure,
  starts: [
    '/operator/partners?limit=20',
    '/operator/skus?limit=20',
    '/operator/merchants',
    '/operator/suppliers',
  ],
  samples: ([partners, skus]) => {
    const partnerIds = idsIn(partners)
    const note = 'as they asked'
    const bank = { ...bankAccount, currency: 'KES' }
    return {
      'POST /operator/partners': [{ name: 'Acme', email: `${fresh}@example.com`, locale: 'en' }],
      'PATCH /operator/partners/{id}': [{ requests_per_minute: 100_000 }, { plan: null }],
      'POST /operator/partners/{id}/wallets': [{ currency: 'EUR', is_default: false }],
      'POST /operator/partners/{id}/credits': [{ wallet: 'USD-1', amount: '5', reference: fresh, note }],
      'POST /operator/partners/{id}/overdrafts': [
        { wallet: 'USD-1', limit: '50', note },
        { wallet: 'USD-1', limit: '0' },
      ],
      'POST /operator/partners/{id}/keys': [{ format: 'giftapi', label: 'till' }],
      'POST /operator/partners/{id}/people': [{ email: `${fresh}@example.com`, name: 'Ada', role: 'owner' }],
      'PUT /operator/partners/{id}/terms': [{ fx_margin: '1.5', discount: '0' }],
      'POST /operator/people': [{ email: `${fresh}@example.com`, name: 'Ada', role: 'support' }],
      'PATCH /operator/people/{id}': [{ role: 'auditor' }],
      'POST /operator/bank-statements': [
        {
          file_name: `${fresh}.csv`,
          content: `date,amount,currency,reference,remittance,account\n2026-11-02,75.5,USD,${fresh},thanks,2031234567\n`,
        },
      ],
      'POST /operator/bank-lines/{id}/assign': partnerIds.map((partner_id) => ({
        partner_id,
        wallet: 'USD-1',
        note,
      })),
      'POST /operator/bank-lines/{id}/ignore': [{ note }],
      'POST /operator/withdrawals/{id}/reject': [{ reason: note }],
      'POST /operator/identities/{id}/reject': [{ reason: note }],
      'PUT /operator/merchants/{code}': [
        { name: 'Naivas', category_code: 'supermarkets', category: 'Supermarkets' },
      ],
      'PUT /operator/tills/{number}': [{ merchant: 'naivas', name: 'Eastgate' }],
      'POST /operator/merchants/{code}/keys': [{ label: 'till' }],
      'POST /operator/merchants/{code}/bank-details': [bank],
      'POST /operator/bank-details/{id}/reject': [{ reason: note }],
      'POST /operator/settlements': partnerIds.map((partner_id) => ({
        merchant: 'naivas',
        partner_id,
        amount: '1',
        currency: 'KES',
        reference: fresh,
      })),
      'POST /operator/settlements/{id}/return': [{ reference: fresh, note }],
      'POST /operator/settlements/{id}/reject': [{ reason: note }],
      'POST /operator/redemptions/{receipt}/reversal': [{ note }],
      'POST /operator/checkouts/{id}/refund': [{ amount: '1', note }],
      'POST /operator/breaks/{id}/proposal': [{ resolution: 'no_action', note }],
      'POST /operator/fulfilments/{id}/{item}/proposal': [{ outcome: 'failed', note }],
      'PATCH /operator/skus/{id}': [{ max_per_order: 10 }],
      'PATCH /operator/products/{id}': [{ name: 'Card' }],
      'PUT /operator/skus/{id}/alert': [{ below: 5 }, { below: null }],
      'POST /operator/price-rules': [{ scope: 'all', markup_percent: '5' }],
      'POST /operator/rates': [{ base: 'USD', quote: 'KES', rate: '129.5' }],
      'POST /operator/catalogue': [{ file_name: 'goods.json', content: '{"brands":[]}' }],
      'POST /operator/stock/imports': idsIn(skus).map((sku) => ({
        sku,
        file_name: 'codes.csv',
        content: `code,expires_on\n${fresh},2999-12-31\n`,
      })),
      'PATCH /operator/suppliers/{code}': [{ priority: 100 }],
      'PUT /operator/suppliers/{code}/sources/{sku}': [{ product_code: 'P', cost: '8' }],
      'PATCH /account': [{ name: 'Ada Obi', locale: 'en', time_zone: 'Africa/Lagos' }],
    }
  },
  // Whatever an operator reads is every operator's.
  shared: /^/,
}

export const people: readonly Speaker[] = [partnersOwner, operatorsAdmin]

/** The ids of a page's rows. */
function idsIn(page: unknown): string[] {
  return typeof page === 'object' && page !== null && 'data' in page ? idsOf(page.data) : []
}

/** The ids of a product's SKUs. */
function skusOf(product: unknown): string[] {
  return typeof product === 'object' && product !== null && 'skus' in product ? idsOf(product.skus) : []
}

function idsOf(rows: unknown): string[] {
  if (!Array.isArray(rows)) return []
  return (rows as readonly unknown[]).flatMap((row) =>
    typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? [row.id] : [],
  )
}
