import { beforeAll, describe, expect, test } from 'vitest'
import { createIascroftWorld } from '../../../../test/iascroft-world.ts'
import type { IascroftWorld } from '../../../../test/iascroft-world.ts'
import { inAnswer, makePerson, problemOf } from '../../../../test/people-world.ts'
import type { Person } from '../../../../test/people-world.ts'
import { currency, unit } from '../../../../test/world.ts'
import { addReceivingAccount } from '../../../core/funding/add-receiving-account.ts'
import { checkLedger } from '../../../core/ledger/check-ledger.ts'
import { listWallets } from '../../../core/ledger/list-wallets.ts'
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

/** Books a line of the partner's as a person who has seen that it goes into its wallet. */
const bookAs = async (person: Person, lineId: string, walletId?: string) => {
  const [own] = await listWallets(world.app.services.database, partnerId)
  return person.call('POST', `/operator/bank-lines/${lineId}/book`, { wallet_id: walletId ?? own?.id })
}

test('a payment that one person writes down is booked by another, once', async () => {
  const body = { wallet: 'USD-1', amount: '12.5', reference: newId(), note: 'cash' }
  const first = await ann.call('POST', `/operator/partners/${partnerId}/credits`, body)
  expect(first.status).toBe(201)
  const again = await ann.call('POST', `/operator/partners/${partnerId}/credits`, body)
  expect(inAnswer(again, 'line_id')).toBeNull()
  const id = String(inAnswer(first, 'line_id'))
  const waiting = await bob.call('GET', '/operator/bank-lines?state=matched')
  expect(waiting.json).toMatchObject({ data: [{ id, amount: '12.5', brought_by: `user:${ann.user.id}` }] })
  expect(problemOf(await bookAs(ann, id))).toEqual([403, 'second_person_required'])
  expect(await wallet()).toMatchObject({ balance: '10' })
  const both = await Promise.all([1, 2].map(() => bookAs(bob, id)))
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
        path === 'overdrafts'
          ? await bob.call('POST', `/operator/${path}/${newId()}/approve`)
          : await bookAs(bob, newId()),
      ),
    ).toEqual([404, code])
})

describe('a bank’s statement', () => {
  const csv = (rows: readonly string[]): string =>
    ['date,amount,currency,reference,remittance,account', ...rows].join('\n')

  beforeAll(async () => {
    await world.app.services.database.inTransaction((tx) =>
      addReceivingAccount(tx, {
        currency: currency('USD'),
        bankName: 'First Bank',
        accountName: 'Scrip',
        accountNumber: '2031234567',
        bankCode: '',
        actor: 'test',
      }),
    )
  })

  const lineOf = async (state: string, reference: string) => {
    const list = await bob.call('GET', `/operator/bank-lines?state=${state}&limit=100`)
    const rows = inAnswer(list, 'data')
    return Array.isArray(rows) ? rows.find((row) => row.bank_reference === reference) : undefined
  }

  test('is imported once; who says whose a line is does not book it, and another person does', async () => {
    const [reference, other] = [newId(), newId()]
    const body = {
      file_name: 'may.csv',
      content: csv([
        `2026-11-02,75.5,USD,${reference},thanks,2031234567`,
        `2026-11-02,3,USD,${other},?,2031234567`,
      ]),
    }
    const first = await ann.call('POST', '/operator/bank-statements', body)
    expect(first.json).toMatchObject({ repeated: false, lines: 2, known: 0 })
    expect((await ann.call('POST', '/operator/bank-statements', body)).json).toMatchObject({ repeated: true })
    const { id } = await lineOf('unmatched', reference)
    const before = Number(
      inAnswer(await ann.call('GET', `/operator/partners/${partnerId}`), 'wallets.0.balance'),
    )
    const whose = { partner_id: partnerId, wallet: 'USD-1', note: 'they told us' }
    const matcher = await makePerson(world.app, { role: 'finance' })
    expect((await matcher.call('POST', `/operator/bank-lines/${id}/assign`, whose)).status).toBe(204)
    for (const person of [ann, matcher])
      expect(problemOf(await bookAs(person, id))).toEqual([403, 'second_person_required'])
    expect(problemOf(await bookAs(bob, id, newId()))).toEqual([409, 'decided_otherwise'])
    expect((await bookAs(bob, id)).status).toBe(200)
    expect(await wallet()).toMatchObject({ balance: String(before + 75.5) })
    expect(problemOf(await matcher.call('POST', `/operator/bank-lines/${id}/assign`, whose))).toEqual([
      409,
      'decided_otherwise',
    ])

    const aside = await lineOf('unmatched', other)
    const note = { note: 'our own money' }
    expect((await matcher.call('POST', `/operator/bank-lines/${aside.id}/ignore`, note)).status).toBe(204)
    expect(await lineOf('ignored', other)).toMatchObject({ note: 'our own money' })
    expect(await checkLedger(world.app.services.database)).toMatchObject({ ok: true })
  })

  test('that is none, a line that is none, and a wallet of another currency are refused', async () => {
    for (const content of ['nonsense', csv(['yesterday,1,USD,x,y,2031234567'])]) {
      const answer = await ann.call('POST', '/operator/bank-statements', { file_name: 'x.csv', content })
      expect(problemOf(answer)).toEqual([422, 'invalid_file'])
    }
    const whose = { partner_id: partnerId, wallet: 'USD-1', note: 'x' }
    for (const [verb, body] of [
      ['assign', whose],
      ['ignore', { note: 'x' }],
    ] as const)
      expect(problemOf(await ann.call('POST', `/operator/bank-lines/${newId()}/${verb}`, body))).toEqual([
        404,
        'bank_line_not_found',
      ])
    const reference = newId()
    const content = csv([`2026-11-03,5,USD,${reference},z,2031234567`])
    await ann.call('POST', '/operator/bank-statements', { file_name: 'one.csv', content })
    const { id } = await lineOf('unmatched', reference)
    for (const [body, code] of [
      [{ ...whose, wallet: 'KES-1' }, 'wallet_not_found'],
      [{ ...whose, partner_id: newId() }, 'wallet_not_found'],
      [{ ...whose, note: '' }, 'validation_failed'],
    ] as const)
      expect(inAnswer(await ann.call('POST', `/operator/bank-lines/${id}/assign`, body), 'code')).toBe(code)
    expect(await lineOf('unmatched', reference)).toBeDefined()
  })
})
