import { beforeAll, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld } from '../../../../test/iascroft-world.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { unit } from '../../../../test/world.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { newId } from '../../../platform/ids.ts'

let world: IascroftWorld
let owner: Person
let stranger: Person

beforeAll(async () => {
  world = await createIascroftWorld()
  const person = async (): Promise<Person> => {
    const { partnerId } = await world.merchant({ currencies: ['KES'], funds: 10_000n * unit })
    return makePerson(world.app, { partnerId, role: 'owner' })
  }
  owner = await person()
  stranger = await person()
})

const good = 'name,phone,amount\nAda,0712345678,100\nBob,+254712345680,50\n'
const file = { file_name: 'lunch.csv', content: good, calling_code: '254' }
const balance = async () => inAnswer(await owner.call('GET', '/wallets'), 'data.0.balance')

test('a file is looked at without anything being booked', async () => {
  const before = await balance()
  const preview = await owner.call('POST', '/disbursements/preview', file)
  expect(preview.json).toMatchObject({
    recipients: 2,
    amount: '150',
    fee: '45',
    currency: 'KES',
    problems_count: 0,
    sample: [{ name: 'Ada', phone: '+254712345678', amount: '100' }, {}],
  })
  const bad = await owner.call('POST', '/disbursements/preview', { ...file, content: `${good}X,1,1\n` })
  expect(bad.json).toMatchObject({ recipients: 2, problems_count: 1, problems: [{ line: 4 }] })
  expect(await balance()).toBe(before)
})

test('it is paid for once, found by its id, and nobody else’s', async () => {
  const order = { ...file, external_id: `lunch-${newId()}`, title: 'Lunch' }
  const before = Number(await balance())
  const all = await Promise.all(Array.from({ length: 8 }, () => owner.call('POST', '/disbursements', order)))
  expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 200, 200, 200, 200, 200, 200, 201,
  ])
  expect(Number(await balance())).toBe(before - 195)
  const id = String(inAnswer(all[0] ?? { status: 0, headers: new Headers(), json: {} }, 'id'))
  expect(inAnswer(await owner.call('GET', '/disbursements'), 'data.0.id')).toBe(id)
  expect((await owner.call('GET', `/disbursements/${id}/recipients`)).json).toMatchObject({
    data: [{ position: 1, name: 'Ada', is_issued: false }, { position: 2 }],
    next_after: null,
  })
  for (const path of [`/disbursements/${id}`, `/disbursements/${id}/recipients`])
    expect(problemOf(await stranger.call('GET', path))).toEqual([404, 'disbursement_not_found'])
  const other = await owner.call('POST', '/disbursements', { ...order, title: 'Dinner' })
  expect(problemOf(other)).toEqual([409, 'external_id_conflict'])
  const { ok } = await checkLedger(world.app.services.database)
  expect(ok).toBe(true)
})

test.each([
  ['one bad line', { content: `${good}Cid,nonsense,5\n` }, [422, 'validation_failed']],
  ['no file of recipients', { content: 'hello' }, [422, 'invalid_file']],
  [
    'more than the wallet holds',
    { content: 'name,phone,amount\nAda,+254712345678,999999\n' },
    [402, 'insufficient_funds'],
  ],
  ['an unknown wallet', { wallet: 'XXX-1' }, [404, 'wallet_not_found']],
  ['an unknown merchant', { merchants: ['nobody'] }, [422, 'validation_failed']],
  ['an end before the start', { starts_on: '2027-02-01', ends_on: '2027-01-01' }, [422, 'validation_failed']],
  ['an end on a day that no month has', { ends_on: '2027-02-30' }, [422, 'validation_failed']],
  ['a start in a month that no year has', { starts_on: '2027-13-01' }, [422, 'validation_failed']],
])('with %s nothing is booked', async (_name, change, expected) => {
  const before = await balance()
  const order = { ...file, external_id: newId(), title: 'Lunch', ...change }
  expect(problemOf(await owner.call('POST', '/disbursements', order))).toEqual(expected)
  expect(await balance()).toBe(before)
})
