import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import type { TestApp } from '../../../../test/app.ts'
import { callHouse, makePerson } from '../../../../test/people-world.ts'
import type { HouseAnswer, Person } from '../../../../test/people-world.ts'
import { currency } from '../../../../test/world.ts'
import { openWallet } from '../../../core/ledger/open-wallet.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { createPartner } from '../../../core/partners/create-partner.ts'
import { operatorRoles, partnerRoles } from '../../../core/users/user.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId } from '../../../values/ids.ts'
import { abilitiesOf, abilitiesOfKey } from '../principal.ts'

/** Every route of the dialect, as its OpenAPI document tells; the guard of each is read off the answers. */
type Route = { readonly method: string; readonly path: string }

let app: TestApp
let routes: readonly Route[]
const people = new Map<string, Person>()
let readKey: string
let writeKey: string

beforeAll(async () => {
  app = await startTestApp()
  const partnerId = await makePartner('Own')
  for (const role of partnerRoles) people.set(role, await makePerson(app, { partnerId, role }))
  for (const role of operatorRoles) people.set(role, await makePerson(app, { role }))
  readKey = await makeKey(partnerId, [])
  writeKey = await makeKey(partnerId, ['write'])
  routes = await readRoutes()
})

async function makePartner(name: string): Promise<PartnerId> {
  return app.services.database.inTransaction(async (tx) => {
    const { id } = await createPartner(tx, { name, email: `${name.toLowerCase()}@example.com` })
    await openWallet(tx, { partnerId: id, currency: currency('USD'), isDefault: true })
    return id
  })
}

async function makeKey(partnerId: PartnerId, scopes: readonly string[]): Promise<string> {
  const { database, keyRing } = app.services
  const order = { partnerId, dialect: 'house', label: 'test', withSecret: false, scopes }
  return (await database.inTransaction((tx) => createCredential(tx, keyRing, order))).token
}

async function readRoutes(): Promise<Route[]> {
  const answer = await fetch(`${app.baseUrl}/docs/house/openapi.json`)
  const document = (await answer.json()) as { paths: Record<string, Record<string, unknown>> } // OpenAPI's own shape.
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  )
}

/** Anybody may call these. */
const open = new Set([
  'GET /setup',
  'POST /setup',
  'POST /session',
  'POST /password-resets',
  'POST /passwords',
])

/** Which side a route belongs to, and what it needs; written out, so that a guard that is changed by mistake is noticed. */
const needs: Readonly<Record<string, string>> = {
  'GET /session': 'person',
  'DELETE /session': 'person',
  'PUT /account/password': 'person',
  'PATCH /account': 'person',
  'GET /account/sessions': 'person',
  'DELETE /account/sessions': 'person',
  'DELETE /account/sessions/{id}': 'person',
  'POST /account/authenticator': 'person',
  'PUT /account/authenticator': 'person',
  'POST /account/authenticator/removal': 'person',
  'GET /overview': 'partner read',
  'GET /products': 'partner read',
  'GET /products/{id}': 'partner read',
  'GET /quotes': 'partner read',
  'GET /orders': 'partner read',
  'POST /orders': 'partner buy',
  'GET /orders/{id}': 'partner read',
  'POST /orders/{id}/reveal': 'partner buy',
  'POST /orders/{id}/send': 'partner buy',
  'GET /esims': 'partner read',
  'GET /esims/{iccid}': 'partner read',
  'GET /vouchers': 'partner read',
  'POST /vouchers/{id}/send': 'partner buy',
  'POST /vouchers/{id}/freeze': 'partner buy',
  'GET /checkouts': 'partner read',
  'GET /checkouts/{id}': 'partner read',
  'GET /reports/sales': 'partner read',
  'GET /files/sales': 'partner read',
  'GET /wallets': 'partner read',
  'GET /wallets/{id}/entries': 'partner read',
  'PUT /wallets/{id}/alert': 'partner money',
  'POST /wallets/{id}/fundings': 'partner money',
  'GET /fundings': 'partner read',
  'POST /fundings/{reference}/cancel': 'partner money',
  'POST /wallets/{id}/withdrawals': 'partner money',
  'GET /withdrawals': 'partner read',
  'GET /disbursements': 'partner read',
  'POST /disbursements': 'partner buy',
  'POST /disbursements/preview': 'partner buy',
  'GET /disbursements/{id}': 'partner read',
  'GET /disbursements/{id}/recipients': 'partner read',
  'GET /files/orders': 'partner read',
  'GET /files/wallets/{id}/entries': 'partner read',
  'GET /formats': 'partner read',
  'GET /keys': 'partner read',
  'POST /keys': 'partner develop',
  'POST /keys/{id}/rotate': 'partner develop',
  'DELETE /keys/{id}': 'partner develop',
  'GET /webhook-endpoints': 'partner read',
  'POST /webhook-endpoints': 'partner develop',
  'GET /webhook-endpoints/{id}': 'partner read',
  'PATCH /webhook-endpoints/{id}': 'partner develop',
  'DELETE /webhook-endpoints/{id}': 'partner develop',
  'POST /webhook-endpoints/{id}/rotate-secret': 'partner develop',
  'POST /webhook-endpoints/{id}/test': 'partner develop',
  'GET /webhook-endpoints/{id}/deliveries': 'partner read',
  'GET /webhook-endpoints/{id}/deliveries/{event}/attempts': 'partner read',
  'POST /webhook-endpoints/{id}/deliveries/{event}/replay': 'partner develop',
  'GET /calls': 'partner read',
  'POST /calls/{id}/open': 'partner develop',
  'GET /people': 'partner read',
  'POST /people': 'partner people',
  'PATCH /people/{id}': 'partner people',
  'POST /people/{id}/invitation': 'partner people',
  'GET /identity': 'partner read',
  'POST /identity': 'partner people',
  'GET /operator/formats': 'operator read',
  'GET /operator/partners': 'operator read',
  'POST /operator/partners': 'operator partners',
  'GET /operator/partners/{id}': 'operator read',
  'PATCH /operator/partners/{id}': 'operator partners',
  'POST /operator/partners/{id}/wallets': 'operator partners',
  'GET /operator/partners/{id}/keys': 'operator read',
  'POST /operator/partners/{id}/keys': 'operator partners',
  'GET /operator/partners/{id}/people': 'operator read',
  'POST /operator/partners/{id}/people': 'operator partners',
  'POST /operator/partners/{id}/credits': 'operator money',
  'POST /operator/partners/{id}/overdrafts': 'operator money',
  'GET /operator/overdrafts': 'operator read',
  'POST /operator/overdrafts/{id}/approve': 'operator money',
  'POST /operator/overdrafts/{id}/reject': 'operator money',
  'GET /operator/price-proposals': 'operator read',
  'POST /operator/price-proposals/{id}/approve': 'operator prices',
  'POST /operator/price-proposals/{id}/reject': 'operator prices',
  'GET /operator/bank-lines': 'operator read',
  'POST /operator/bank-lines/{id}/book': 'operator money',
  'GET /operator/merchants': 'operator read',
  'PUT /operator/merchants/{code}': 'operator partners',
  'GET /operator/merchants/{code}/tills': 'operator read',
  'PUT /operator/tills/{number}': 'operator partners',
  'GET /operator/merchants/{code}/keys': 'operator read',
  'POST /operator/merchants/{code}/keys': 'operator partners',
  'DELETE /operator/merchant-keys/{id}': 'operator partners',
  'GET /operator/owed': 'operator read',
  'GET /operator/bank-details': 'operator read',
  'POST /operator/merchants/{code}/bank-details': 'operator money',
  'POST /operator/bank-details/{id}/open': 'operator money',
  'POST /operator/bank-details/{id}/confirm': 'operator money',
  'POST /operator/bank-details/{id}/reject': 'operator money',
  'GET /operator/settlements': 'operator read',
  'POST /operator/settlements': 'operator money',
  'POST /operator/settlements/{id}/return': 'operator money',
  'POST /operator/settlements/{id}/approve': 'operator money',
  'POST /operator/settlements/{id}/reject': 'operator money',
  'GET /operator/plans': 'operator read',
  'GET /operator/partners/{id}/orders': 'operator read',
  'GET /operator/partners/{id}/checkouts': 'operator read',
  'POST /operator/checkouts/{id}/retry': 'operator partners',
  'POST /operator/checkouts/{id}/cancel': 'operator partners',
  'PUT /operator/skus/{id}/alert': 'operator stock',
  'GET /operator/partners/{id}/wallets/{thing}/entries': 'operator read',
  'GET /operator/partners/{id}/transfers/{thing}': 'operator read',
  'GET /operator/skus': 'operator read',
  'PATCH /operator/skus/{id}': 'operator stock',
  'PATCH /operator/products/{id}': 'operator stock',
  'GET /operator/price-rules': 'operator read',
  'POST /operator/price-rules': 'operator prices',
  'DELETE /operator/price-rules/{id}': 'operator prices',
  'GET /operator/rates': 'operator read',
  'POST /operator/rates': 'operator prices',
  'GET /operator/partners/{id}/terms': 'operator read',
  'PUT /operator/partners/{id}/terms': 'operator prices',
  'GET /operator/people': 'operator read',
  'POST /operator/people': 'operator people',
  'PATCH /operator/people/{id}': 'operator people',
  'POST /operator/people/{id}/invitation': 'operator people',
  'GET /operator/calls': 'operator read',
  'POST /operator/calls/{id}/open': 'operator calls',
  'GET /operator/overview': 'operator read',
  'GET /operator/withdrawals': 'operator read',
  'POST /operator/withdrawals/{id}/approve': 'operator money',
  'POST /operator/withdrawals/{id}/reject': 'operator money',
  'GET /operator/identities': 'operator read',
  'POST /operator/identities/{id}/open': 'operator identity',
  'GET /operator/identity-documents/{id}': 'operator identity',
  'POST /operator/identities/{id}/approve': 'operator identity',
  'POST /operator/identities/{id}/reject': 'operator identity',
  'GET /operator/breaks': 'operator read',
  'POST /operator/breaks/{id}/proposal': 'operator money',
  'POST /operator/break-proposals/{id}/settle': 'operator money',
  'GET /operator/fulfilments': 'operator read',
  'POST /operator/fulfilments/{id}/{item}/retry': 'operator partners',
  'POST /operator/fulfilments/{id}/{item}/proposal': 'operator money',
  'POST /operator/fulfilment-proposals/{id}/settle': 'operator money',
  'GET /operator/reversals': 'operator read',
  'GET /operator/redemptions/{receipt}': 'operator read',
  'POST /operator/redemptions/{receipt}/reversal': 'operator money',
  'POST /operator/reversal-proposals/{id}/approve': 'operator money',
  'GET /operator/refunds': 'operator read',
  'POST /operator/checkouts/{id}/refund': 'operator money',
  'POST /operator/refunds/{id}/settle': 'operator money',
  'POST /operator/bank-lines/{id}/assign': 'operator money',
  'POST /operator/bank-lines/{id}/ignore': 'operator money',
  'POST /operator/bank-statements': 'operator money',
  'GET /operator/stock/levels': 'operator read',
  'GET /operator/stock/imports': 'operator read',
  'POST /operator/stock/imports': 'operator stock',
  'GET /operator/audit': 'operator audit',
  'GET /operator/ledger/trial-balance': 'operator read',
  'POST /operator/ledger/check': 'operator money',
  'GET /operator/suppliers': 'operator read',
  'PATCH /operator/suppliers/{code}': 'operator stock',
  'POST /operator/suppliers/{code}/float': 'operator money',
  'GET /operator/suppliers/{code}/sources': 'operator read',
  'PUT /operator/suppliers/{code}/sources/{sku}': 'operator stock',
  'DELETE /operator/suppliers/{code}/sources/{sku}': 'operator stock',
  'POST /operator/catalogue': 'operator stock',
  'GET /operator/status': 'operator read',
  'GET /operator/jobs': 'operator read',
  'GET /operator/webhook-troubles': 'operator read',
  'GET /operator/payers': 'operator read',
  'GET /operator/messages': 'operator read',
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

/** Ids of nothing, so that nothing happens where a caller is let in; what is let in is answered by anything but 401 and 403. */
function filled({ path }: Route): string {
  return path.replaceAll(/\{\w+\}/g, () => newId())
}

function isLetIn({ status }: HouseAnswer): boolean {
  return status !== 401 && status !== 403
}

/** Signing out, and what a password guards, would end the session that the others are tried with. */
const ends = new Set(['DELETE /session', 'DELETE /account/sessions', 'PUT /account/password'])

test('every route stands in the table, and the table has no other', () => {
  expect(routes.map(nameOf).toSorted()).toEqual([...open, ...Object.keys(needs)].toSorted())
})

test('nobody gets in without a credential, or with one that is none', async () => {
  for (const route of routes.filter((one) => !open.has(nameOf(one)))) {
    const path = filled(route)
    const nobody = await callHouse(app.baseUrl, route.method, path)
    expect([nameOf(route), nobody.status]).toEqual([nameOf(route), 401])
    const cookies = { cookie: 'scrip_portal=nobody; scrip_console=nobody', 'x-scrip-side': 'operator' }
    const forged = await callHouse(app.baseUrl, route.method, path, undefined, cookies)
    expect([nameOf(route), forged.status]).toEqual([nameOf(route), 401])
    const key = await callHouse(app.baseUrl, route.method, path, undefined, {
      authorization: 'Bearer scrip_nobody',
    })
    expect([nameOf(route), key.status]).toEqual([nameOf(route), 401])
  }
})

describe.each([...partnerRoles, ...operatorRoles])('%s', (role) => {
  test('gets in where the table says so, and nowhere else', async () => {
    const person = people.get(role)
    if (person === undefined) throw new Error('Everybody was made before.')
    const side = partnerRoles.some((one) => one === role) ? 'partner' : 'operator'
    for (const route of routes) {
      const need = needs[nameOf(route)]
      if (need === undefined || ends.has(nameOf(route)) || route.path.startsWith('/account/authenticator'))
        continue
      const [of = '', ability = ''] = need.split(' ')
      const isAllowed = of === 'person' || (of === side && abilitiesOf(role).includes(ability))
      const answer = await person.call(route.method, filled(route), route.method === 'GET' ? undefined : {})
      expect([nameOf(route), isLetIn(answer)]).toEqual([nameOf(route), isAllowed])
    }
  })
})

test('an instant with a leap second, which no clock of ours has, is refused wherever one is taken', async () => {
  const leap = '2026-12-31T23:59:60Z'
  const [owner, admin] = [people.get('owner'), people.get('admin')]
  if (owner === undefined || admin === undefined) throw new Error('Everybody was made before.')
  const answers = [
    ...(await Promise.all(
      ['/orders', '/calls', '/files/orders'].map((path) =>
        owner.call('GET', `${path}?from=${leap}&format=csv`),
      ),
    )),
    await owner.call('GET', `/orders?to=${leap}`),
    await admin.call('GET', `/operator/calls?from=${leap}`),
    await admin.call('GET', `/operator/partners/${newId()}/orders?from=${leap}`),
    await owner.call('POST', '/keys', { format: 'giftapi', expires_at: leap }),
  ]
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 422))
})

test('a key reads, with its scope it buys, and it never touches what guards the account', async () => {
  for (const [token, scopes] of [
    [readKey, []],
    [writeKey, ['write']],
  ] as const)
    for (const route of routes) {
      const need = needs[nameOf(route)]
      if (need === undefined) continue
      const [of = '', ability = ''] = need.split(' ')
      const isAllowed = of === 'partner' && abilitiesOfKey(scopes).some((one) => one === ability)
      const body = route.method === 'GET' ? undefined : {}
      const answer = await callHouse(app.baseUrl, route.method, filled(route), body, {
        authorization: `Bearer ${token}`,
      })
      expect([nameOf(route), isLetIn(answer)]).toEqual([nameOf(route), isAllowed])
    }
})
