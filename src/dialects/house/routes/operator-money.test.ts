import { beforeAll, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld } from '../../../../test/iascroft-world.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { unit } from '../../../../test/world.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { newId } from '../../../platform/ids.ts'
import type { PartnerId } from '../../../values/ids.ts'

let world: IascroftWorld
let partnerId: PartnerId
let ann: Person
let bob: Person

beforeAll(async () => {
  world = await createIascroftWorld()
  partnerId = (await world.merchant({ currencies: ['USD'], funds: 10n * unit })).partnerId
  ann = await makePerson(world.app, { role: 'finance' })
  bob = await makePerson(world.app, { role: 'admin' })
})

const wallet = async () => inAnswer(await ann.call('GET', `/operator/partners/${partnerId}`), 'wallets.0')

test('a payment that one person writes down is booked by another, once', async () => {
  const body = { wallet: 'USD-1', amount: '12.5', reference: newId(), note: 'cash' }
  const first = await ann.call('POST', `/operator/partners/${partnerId}/credits`, body)
  expect(first.status).toBe(201)
  const again = await ann.call('POST', `/operator/partners/${partnerId}/credits`, body)
  expect(inAnswer(again, 'line_id')).toBeNull()
  const id = String(inAnswer(first, 'line_id'))
  const waiting = await bob.call('GET', '/operator/bank-lines?state=matched')
  expect(waiting.json).toMatchObject({ data: [{ id, amount: '12.5', brought_by: `user:${ann.user.id}` }] })
  expect(problemOf(await ann.call('POST', `/operator/bank-lines/${id}/book`))).toEqual([
    403,
    'second_person_required',
  ])
  expect(await wallet()).toMatchObject({ balance: '10' })
  const both = await Promise.all([1, 2].map(() => bob.call('POST', `/operator/bank-lines/${id}/book`)))
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(await wallet()).toMatchObject({ balance: '22.5' })
  const { ok } = await checkLedger(world.app.services.database)
  expect(ok).toBe(true)
})

test('more credit is proposed by one person and given by another; less of it takes one', async () => {
  const set = (limit: string) =>
    ann.call('POST', `/operator/partners/${partnerId}/overdrafts`, { wallet: 'USD-1', limit, note: 'season' })
  const id = String(inAnswer(await set('50'), 'proposal_id'))
  expect(await wallet()).toMatchObject({ overdraft_limit: '0' })
  expect((await bob.call('GET', '/operator/overdrafts')).json).toMatchObject({
    data: [{ id, wallet: 'USD-1', limit: '50', note: 'season' }],
  })
  expect(problemOf(await set('60'))).toEqual([409, 'already_exists'])
  expect(problemOf(await ann.call('POST', `/operator/overdrafts/${id}/approve`))).toEqual([
    403,
    'second_person_required',
  ])
  expect((await bob.call('POST', `/operator/overdrafts/${id}/approve`)).json).toMatchObject({
    state: 'approved',
  })
  expect(await wallet()).toMatchObject({ overdraft_limit: '50' })
  expect(problemOf(await ann.call('POST', `/operator/overdrafts/${id}/reject`))).toEqual([
    409,
    'decided_otherwise',
  ])
  expect(inAnswer(await set('5'), 'proposal_id')).toBeNull()
  expect(await wallet()).toMatchObject({ overdraft_limit: '5' })
})

test.each([
  ['credits', { wallet: 'XXX-1', amount: '1', reference: 'r' }, [404, 'wallet_not_found']],
  ['credits', { wallet: 'USD-1', amount: '0', reference: 'r' }, [422, 'validation_failed']],
  ['credits', { wallet: 'USD-1', amount: '-1', reference: 'r' }, [422, 'validation_failed']],
  ['overdrafts', { wallet: 'XXX-1', limit: '1' }, [404, 'wallet_not_found']],
  ['overdrafts', { wallet: 'USD-1', limit: '1.1234567' }, [422, 'validation_failed']],
])('%s of %j are refused', async (path, body, expected) => {
  expect(problemOf(await ann.call('POST', `/operator/partners/${partnerId}/${path}`, body))).toEqual(expected)
})

test('what is not there is not decided', async () => {
  for (const [path, code] of [
    ['overdrafts', 'proposal_not_found'],
    ['bank-lines', 'bank_line_not_found'],
  ] as const)
    expect(
      problemOf(
        await bob.call('POST', `/operator/${path}/${newId()}/${path === 'overdrafts' ? 'approve' : 'book'}`),
      ),
    ).toEqual([404, code])
})
