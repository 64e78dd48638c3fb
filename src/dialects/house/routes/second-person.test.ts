import { beforeAll, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld } from '../../../../test/iascroft-world.ts'
import { goodPassword, inAnswer, makePerson, problemOf, signInAs } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { unit } from '../../../../test/world.ts'
import { setPassword } from '../../../core/users/choose-password.ts'
import { houseId } from '../../../core/messages/message.ts'
import { findPerson } from '../../../core/users/find-person.ts'
import { listWallets } from '../../../core/ledger/list-wallets.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId } from '../../../values/ids.ts'

let world: IascroftWorld
let partnerId: PartnerId
/** Finance may make keys and invite people of partners, and decides about withdrawals. */
let ann: Person
let bob: Person

beforeAll(async () => {
  world = await createIascroftWorld()
  partnerId = (await world.merchant({ currencies: ['USD'], funds: 1_000n * unit })).partnerId
  ann = await makePerson(world.app, { role: 'finance' })
  bob = await makePerson(world.app, { role: 'finance' })
})

const bank_account = { bank_name: 'First Bank', account_name: 'Ada Obi', account_number: '1234506789' }

/** Takes up an invitation, as whoever reads the mail. */
async function takeUp(email: string): Promise<Person> {
  const { database } = world.app.services
  const user = await database.inTransaction(async (tx) => {
    const found = await findPerson(tx, email)
    if (found === undefined) throw new Error('Nobody was invited.')
    await setPassword(tx, found, goodPassword, undefined)
    return found
  })
  return signInAs(world.app, user, goodPassword)
}

async function makeKey(person: Person, path: string): Promise<string> {
  const made = await person.call('POST', path, { format: 'iascroft' })
  expect(made.status).toBe(201)
  return String(inAnswer(made, 'token'))
}

/** Asks for a dollar with a key, and answers with the id of the withdrawal. */
async function withdrawWith(token: string): Promise<string> {
  const reference = `w-${newId()}`
  const answer = await fetch(`${world.app.baseUrl}/iascroft/v1/wallet/withdraw`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount: 1, currency: 'USD', bank_account, reference }),
  })
  expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)])
  const list = await ann.call('GET', '/operator/withdrawals?state=pending_approval&limit=100')
  const rows = inAnswer(list, 'data')
  const found = Array.isArray(rows) ? rows.find((row) => row.reference === reference) : undefined
  return String(found?.id)
}

const approve = (person: Person, id: string) => person.call('POST', `/operator/withdrawals/${id}/approve`)

/** Whoever made the name cannot decide, and another can. */
async function proveTwoPersons(id: string): Promise<void> {
  expect(problemOf(await approve(ann, id))).toEqual([403, 'second_person_required'])
  expect((await approve(bob, id)).json).toMatchObject({ state: 'paid' })
}

test('what is asked for with a key is not approved by the operator who made the key', async () => {
  await proveTwoPersons(await withdrawWith(await makeKey(ann, `/operator/partners/${partnerId}/keys`)))
})

test('what is asked for by somebody, or with a key that they made, is not approved by the operator who invited them', async () => {
  const email = `owner-${newId()}@example.com`
  const body = { email, name: 'Ada', role: 'owner' }
  expect((await ann.call('POST', `/operator/partners/${partnerId}/people`, body)).status).toBe(201)
  const owner = await takeUp(email)
  const [wallet] = await listWallets(world.app.services.database, partnerId)
  const asked = await owner.call('POST', `/wallets/${wallet?.id}/withdrawals`, { amount: '1', bank_account })
  await proveTwoPersons(String(inAnswer(asked, 'id')))
  await proveTwoPersons(await withdrawWith(await makeKey(owner, '/keys')))
})

test('a developer, who may not ask for money to be paid out, makes and replaces no key that may', async () => {
  const owner = await makePerson(world.app, { partnerId, role: 'owner' })
  const developer = await makePerson(world.app, { partnerId, role: 'developer' })
  const made = await owner.call('POST', '/keys', { format: 'iascroft' })
  const refused = await developer.call('POST', '/keys', { format: 'iascroft' })
  expect(problemOf(refused)).toEqual([403, 'role_insufficient'])
  const rotated = await developer.call('POST', `/keys/${String(inAnswer(made, 'id'))}/rotate`, {})
  expect(problemOf(rotated)).toEqual([403, 'role_insufficient'])
  const other = await developer.call('POST', '/keys', { format: 'giftapi' })
  expect(other.status).toBe(201)
  expect((await developer.call('POST', `/keys/${String(inAnswer(other, 'id'))}/rotate`, {})).status).toBe(201)
})

test('nobody makes an operator by the id under which the house keeps its own', async () => {
  const support = await makePerson(world.app, { role: 'support' })
  const email = `sly-${newId()}@example.com`
  const body = { email, name: 'Sly', role: 'admin' }
  const path = `/operator/partners/${houseId}`
  expect(problemOf(await support.call('POST', `${path}/people`, body))).toEqual([404, 'partner_not_found'])
  for (const rest of ['', '/people', '/keys', '/orders'])
    expect(problemOf(await support.call('GET', path + rest))).toEqual([404, 'partner_not_found'])
  expect(await findPerson(world.app.services.database, email)).toBeUndefined()
})
