import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createIwocapayWorld } from '../../../../test/iwocapay-world.ts'
import { callHouse, inAnswer, makePerson } from '../../../../test/people-world.ts'
import type { HouseAnswer, Person } from '../../../../test/people-world.ts'
import { createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyWorld } from '../../../../test/vendify-world.ts'
import { createVoucherWorld } from '../../../../test/voucher-world.ts'
import { currency, unit } from '../../../../test/world.ts'
import { addReceivingAccount } from '../../../core/funding/add-receiving-account.ts'
import { findWallet } from '../../../core/ledger/find-wallet.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { partnerRoles } from '../../../core/users/user.ts'
import { sql } from '../../../platform/database.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId, WalletId } from '../../../values/ids.ts'

/** Another's id answers as an unknown one, on every route that takes one; which those are is read off the OpenAPI document. */

let world: VendifyWorld
let routes: readonly { readonly method: string; readonly path: string }[]
let owner: Person
const strangers = new Map<string, Person>()
let strangersKey: string
let things: Readonly<Record<string, string>>

const unknown: Readonly<Record<string, string>> = {
  iccid: '8900000000000000009',
  reference: 'SCR0000000000',
}

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  await world.supply('ESIM-1GB', 'esim-sandbox')
  await world.app.services.catalogue.refresh()
  const { partnerId, wallets } = await world.reseller({ currencies: ['USD', 'KES'], funds: 1_000n * unit })
  owner = await makePerson(world.app, { partnerId, role: 'owner' })
  const other = await world.reseller({ currencies: ['USD'], funds: 1_000n * unit })
  for (const role of partnerRoles)
    strangers.set(role, await makePerson(world.app, { partnerId: other.partnerId, role }))
  const { database, keyRing } = world.app.services
  const key = {
    partnerId: other.partnerId,
    dialect: 'house',
    label: '',
    withSecret: false,
    scopes: ['write'],
  }
  strangersKey = (await database.inTransaction((tx) => createCredential(tx, keyRing, key))).token
  things = await makeThings(partnerId, wallets)
  const answer = await fetch(`${world.app.baseUrl}/docs/house/openapi.json`)
  const document = (await answer.json()) as { paths: Record<string, Record<string, unknown>> } // OpenAPI's own shape.
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    path.includes('{') && !path.startsWith('/operator/') && !path.startsWith('/account/')
      ? Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path }))
      : [],
  )
})

/** One of everything that a partner can have, by where it is called upon. */
async function makeThings(
  partnerId: PartnerId,
  wallets: ReadonlyMap<string, WalletId>,
): Promise<Record<string, string>> {
  const { database, keyRing } = world.app.services
  const [sku] = await database.query<{ id: string }>(sql`select id from skus where code = 'ESIM-1GB'`)
  const order = await owner.call('POST', '/orders', { sku_id: sku?.id, wallet: 'USD-1' })
  const orderId = String(inAnswer(order, 'id'))
  await vi.waitFor(async () => {
    expect(inAnswer(await owner.call('GET', `/orders/${orderId}`), 'status')).toBe('completed')
  }, 15_000)
  const [walletId = '', shillings] = [wallets.get('USD-1'), wallets.get('KES-1')]
  if (shillings === undefined) throw new Error('The reseller has no shillings.')
  await database.inTransaction((tx) =>
    addReceivingAccount(tx, {
      currency: currency('USD'),
      bankName: 'First Bank',
      accountName: 'Scrip',
      accountNumber: '2031234567',
      bankCode: '',
      actor: 'test',
    }),
  )
  const funding = await owner.call('POST', `/wallets/${walletId}/fundings`, {
    amount: '5',
    reference: 'mine-only',
  })
  const hook = await owner.call('POST', '/webhook-endpoints', {
    format: 'house',
    url: 'http://127.0.0.1:9/hook',
  })
  const hookId = String(inAnswer(hook, 'endpoint.id'))
  await owner.call('POST', `/webhook-endpoints/${hookId}/test`)
  const deliveries = await owner.call('GET', `/webhook-endpoints/${hookId}/deliveries`)
  const vouchers = await createVoucherWorld(database, keyRing)
  const issued = await vouchers.voucher(await findWallet(database, partnerId, shillings), 5n)
  const [disbursement] = await database.query<{ id: string }>(
    sql`select id from disbursements where partner_id = ${partnerId}`,
  )
  const shops = await createIwocapayWorld({ database, keyRing })
  const shop = await shops.shop()
  const checkout = await shop.order()
  await world.app.callLog.flush()
  const call = await owner.call('GET', '/calls')
  return {
    '/orders': orderId,
    '/wallets': walletId,
    '/files/wallets': walletId,
    '/fundings': String(inAnswer(funding, 'reference')),
    '/keys': String(inAnswer(await owner.call('POST', '/keys', { format: 'giftapi' }), 'id')),
    '/webhook-endpoints': hookId,
    event: String(inAnswer(deliveries, 'data.0.event_id')),
    '/people': owner.user.id,
    '/disbursements': disbursement?.id ?? '',
    '/vouchers': issued.id,
    // Another company's as well: the stranger sees neither.
    '/checkouts': checkout.id,
    '/esims': String(inAnswer(await owner.call('GET', '/esims'), 'data.0.iccid')),
    '/calls': String(inAnswer(call, 'data.0.id')),
  }
}

/** What everybody may see. */
const everybodys = new Set(['/products/{id}'])

/** Bodies that would be taken, so that nothing but the id is wrong. */
const bodies: Readonly<Record<string, unknown>> = {
  'POST /wallets/{id}/fundings': { amount: '1' },
  'POST /wallets/{id}/withdrawals': {
    amount: '1',
    bank_account: { bank_name: 'B', account_name: 'A', account_number: '12345678' },
  },
  'PUT /wallets/{id}/alert': { below: '5' },
  'POST /orders/{id}/send': { to: 'thief@example.com' },
  'POST /vouchers/{id}/freeze': { is_frozen: true },
  'PATCH /webhook-endpoints/{id}': { description: 'mine' },
  'PATCH /people/{id}': { role: 'viewer' },
}

function filled(path: string, isUnknown: boolean): string {
  const prefix = path.slice(0, path.indexOf('/{'))
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    if (isUnknown) return unknown[name] ?? newId()
    const thing = name === 'event' ? things['event'] : things[prefix]
    if (thing === undefined) throw new Error(`Nothing of the kind was made for ${path}.`)
    return thing
  })
}

/** The same words, whatever the id in them. */
function wordsOf({ status, json }: HouseAnswer): unknown {
  return [status, JSON.stringify(json ?? null).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{18,22}|SCR\w+/g, '…')]
}

test('there is one of everything, which its owner can see', async () => {
  expect(routes.length).toBeGreaterThan(25)
  for (const [place, thing] of Object.entries(things))
    expect([place, thing]).toEqual([place, expect.stringMatching(/^[\w-]{6,}$/)])
  for (const { method, path } of routes)
    if (method === 'GET' && !everybodys.has(path) && !path.startsWith('/checkouts')) {
      const query = path.startsWith('/files/') ? '?format=csv' : ''
      const { status } = await owner.call('GET', filled(path, false) + query).catch(() => ({ status: 200 }))
      expect([path, status]).toEqual([path, 200])
    }
})

describe.each([...partnerRoles, 'a key'])('%s of another company', (role) => {
  test('is answered as if there were no such thing', async () => {
    const call = (method: string, path: string, body: unknown): Promise<HouseAnswer> => {
      const person = strangers.get(role)
      if (person !== undefined) return person.call(method, path, body)
      return callHouse(world.app.baseUrl, method, path, body, { authorization: `Bearer ${strangersKey}` })
    }
    for (const { method, path } of routes.filter((one) => !everybodys.has(one.path))) {
      const name = `${method} ${path}`
      const body = method === 'GET' ? undefined : (bodies[name] ?? {})
      const query = path.startsWith('/files/') ? '?format=csv' : ''
      const theirs = await call(method, filled(path, false) + query, body)
      const nobodys = await call(method, filled(path, true) + query, body)
      expect([name, wordsOf(theirs)]).toEqual([name, wordsOf(nobodys)])
      // An empty list says as little as a 404 does.
      const isEmpty = theirs.status === 200 && inAnswer(theirs, 'data.length') === 0
      expect([name, isEmpty || theirs.status === 404 || theirs.status === 403]).toEqual([name, true])
    }
  })
})
