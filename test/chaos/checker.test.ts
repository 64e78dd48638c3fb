import { describe, expect, test } from 'vitest'
import type { HostileEntry } from '../hostile-supplier.ts'
import { judgeAll } from './checker.ts'
import { externalIdOf } from './evidence.ts'
import type { EffectRow, Evidence, OrderRow } from './evidence.ts'
import type { Received } from './receiver.ts'
import type { Told } from './told.ts'

/** A run in which nothing went wrong, with one of everything. */
const answer: Told = {
  sentAtMs: 1_000,
  atMs: 1_010,
  kind: 'giftapi order',
  turn: 'first',
  key: 'giftapi-1',
  tries: 1,
  server: 0,
  status: 201,
  outcome: 'done',
  id: 'order-1',
  state: 'completed',
  codes: ['CODE-1'],
}
const supplied: Told = { ...answer, key: 'giftapi-2', id: 'order-2', codes: ['THEIRS-2'] }
const refused: Told = {
  ...answer,
  key: 'giftapi-3',
  id: undefined,
  status: 402,
  outcome: 'refused',
  codes: [],
  text: 'insufficient_funds',
}
const purchase: Told = {
  ...answer,
  kind: 'iascroft purchase',
  key: 'iascroft-4',
  id: 'order-4',
  codes: ['CODE-4'],
}
const withdrawal: Told = {
  ...answer,
  kind: 'iascroft withdrawal',
  key: 'iascroft-5',
  id: 'iascroft-5',
  codes: [],
}
const decision: Told = { ...withdrawal, kind: 'operator decision', status: 0, state: 'paid', id: undefined }
const disbursement: Told = {
  ...answer,
  kind: 'giftpesa disbursement',
  key: 'giftpesa-6',
  id: 'giftpesa-6',
  codes: [],
}

const row: OrderRow = {
  id: 'order-1',
  externalId: 'giftapi-1',
  status: 'completed',
  delivered: 1,
  codes: 1,
  charges: 1,
  state: null,
  isScheduled: false,
  held: null,
  breaks: [],
}
const suppliedRow = { ...row, id: 'order-2', externalId: 'giftapi-2', state: 'completed', held: 'settled' }
const purchaseRow = { ...row, id: 'order-4', externalId: externalIdOf('iascroft purchase', 'iascroft-4') }
const failedRow = {
  ...suppliedRow,
  id: 'order-7',
  externalId: 'giftapi-7',
  status: 'failed',
  delivered: 0,
  codes: 0,
  charges: 0,
  state: 'failed',
  held: 'released',
}
const withdrawn: EffectRow = {
  kind: 'iascroft withdrawal',
  id: 'w',
  key: 'iascroft-5',
  state: 'paid',
  moved: 1,
  due: 1,
}
const disbursed: EffectRow = {
  kind: 'giftpesa disbursement',
  id: 'd',
  key: 'giftpesa-6',
  state: 'completed',
  moved: 2,
  due: 2,
}
const sale: HostileEntry = {
  reference: 'order-2',
  behaviour: 'at-once',
  tries: 1,
  questions: 0,
  charges: 1,
  refunds: 0,
  codes: ['THEIRS-2'],
}
const refusal: HostileEntry = {
  ...sale,
  reference: 'order-7',
  behaviour: 'clean-refusal',
  charges: 0,
  codes: [],
}
const event: Received = {
  atMs: 1_020,
  path: '/giftapi',
  id: 'event-1',
  body: giftapiBody('giftapi-1', 'CODE-1'),
  answer: 'taken',
}
const missed: Received = { ...event, atMs: 1_015, answer: 'reset' }
const final = { about: 'order order-1', eventId: 'event-1', path: '/giftapi', delivery: 'delivered' }
const keyRow = { key: 'iascroft-4', isAnswered: true, isClaimed: false, ageS: 90 }

const sound: Evidence = {
  told: [
    answer,
    supplied,
    refused,
    purchase,
    withdrawal,
    decision,
    disbursement,
    { ...answer, turn: 'read' },
  ],
  supplier: [sale, refusal],
  received: [missed, event],
  orders: [row, suppliedRow, purchaseRow, failedRow],
  effects: [withdrawn, disbursed],
  finals: [final],
  keys: [keyRow],
  codesTwice: [],
  bookFaults: [],
  limitFaults: [],
  locks: [],
  exits: [],
  roomAgainAtMs: [900],
}

function giftapiBody(externalId: string, pin: string): string {
  return JSON.stringify({
    data: { order: { external_id: externalId, items: [{ delivery_data: [{ pin }] }] } },
  })
}

const without = <T>(list: readonly T[], one: T): T[] => list.filter((other) => other !== one)
const swap = <T>(list: readonly T[], one: T, changes: Partial<T>): T[] =>
  list.map((other) => (other === one ? { ...other, ...changes } : other))
const told = (...more: Partial<Told>[]): Partial<Evidence> => ({
  told: [...sound.told, ...more.map((one) => ({ ...answer, ...one }))],
})
const fault = { rule: 'a rule', subject: 'a wallet' }
const silent: Partial<Told> = { status: 0, outcome: 'silence', id: undefined, codes: [] }

/** What was planted, by the promise whose check must see it. */
const planted: Readonly<Record<string, Readonly<Record<string, Partial<Evidence>>>>> = {
  P1: {
    'an order is lost': { orders: without(sound.orders, row) },
    'a purchase is lost': { orders: without(sound.orders, purchaseRow) },
    'a code is lost': { orders: swap(sound.orders, row, { codes: 0 }) },
    'its client reads no code': told({ turn: 'read', codes: [] }),
    'it cannot be read any more': told({ turn: 'read', status: 404, outcome: 'refused', codes: [] }),
    'it never ends': { orders: swap(sound.orders, suppliedRow, { status: 'processing', state: 'pending' }) },
    'a withdrawal is lost': { effects: without(sound.effects, withdrawn) },
    'a decision is lost': {
      effects: swap(sound.effects, withdrawn, { state: 'pending_approval', due: 0, moved: 0 }),
    },
    'a disbursement never ends': { effects: swap(sound.effects, disbursed, { state: 'processing' }) },
  },
  P2: {
    'two clients got one code': told({ key: 'giftapi-8', id: 'order-8', codes: ['CODE-1'] }),
    'a webhook told it to another': {
      received: [...sound.received, { ...event, id: 'event-2', body: giftapiBody('giftapi-2', 'CODE-1') }],
    },
    'a webhook of another dialect did': {
      received: [
        ...sound.received,
        {
          ...event,
          id: 'event-2',
          body: JSON.stringify({ data: { reference: 'iascroft-4', code: 'CODE-1' } }),
        },
      ],
    },
    'it stands in two orders': { codesTwice: ['code-id'] },
  },
  P3: {
    'a repeat was another order': told({ tries: 2, id: 'order-9' }),
    'a repeat had another code': told({ tries: 2, codes: ['CODE-9'] }),
    'another request under the key was done': told({ turn: 'other' }),
    'there are two orders': { orders: [...sound.orders, { ...row, id: 'order-9' }] },
    'what was refused is there': {
      orders: [...sound.orders, { ...row, id: 'order-3', externalId: 'giftapi-3' }],
    },
    'it was charged twice': { orders: swap(sound.orders, row, { charges: 2 }) },
    'there are two withdrawals': { effects: [...sound.effects, { ...withdrawn, id: 'w-2' }] },
    'money moved twice': { effects: swap(sound.effects, withdrawn, { moved: 2 }) },
    'it was refused after it was done': told({ tries: 2, status: 402, outcome: 'refused', codes: [] }),
  },
  P4: {
    'a key was never answered': told({ key: 'giftapi-8', ...silent }),
    'a key was in progress for two minutes': told(
      { key: 'giftapi-8', status: 409, outcome: 'again', id: undefined, codes: [] },
      { ...refused, key: 'giftapi-8', sentAtMs: 121_000, atMs: 121_010 },
    ),
    'a key is in progress still': { keys: swap(sound.keys, keyRow, { isAnswered: false, isClaimed: true }) },
    'what was answered is not kept': { keys: swap(sound.keys, keyRow, { isAnswered: false }) },
  },
  P5: { 'the books are wrong': { bookFaults: [fault] } },
  P6: { 'a limit was overrun': { limitFaults: [fault] } },
  P7: {
    'it was charged twice': { supplier: swap(sound.supplier, sale, { charges: 2 }) },
    'it was delivered and not charged': { supplier: swap(sound.supplier, sale, { charges: 0 }) },
    'nobody had ordered it': { supplier: [...sound.supplier, { ...sale, reference: 'order-9' }] },
    'a code of another purchase was given': {
      supplier: [
        ...without(sound.supplier, sale),
        { ...sale, codes: [] },
        { ...refusal, reference: 'order-8', codes: ['THEIRS-2'] },
      ],
    },
  },
  P8: { 'it was paid back and charged': { supplier: swap(sound.supplier, refusal, { charges: 1 }) } },
  P9: {
    'no event was written': { finals: swap(sound.finals, final, { eventId: null }) },
    'it never arrived': { received: [missed] },
    'it arrived elsewhere': { received: [{ ...event, path: '/iascroft' }] },
    'it had no id': { received: [...sound.received, { ...event, id: '' }] },
    'it had other words on another try': {
      received: [{ ...missed, body: giftapiBody('giftapi-1', 'CODE-9') }, event],
    },
  },
  P11: { 'a process ended': { exits: ['server 1 ended by itself with 1'] } },
  P12: {
    'a wallet was locked': { locks: [{ pid: 1, heldMs: 6_000, state: 'idle in transaction', query: '' }] },
  },
  P13: {
    'nobody was answered for half a minute after the disk was full': {
      roomAgainAtMs: [2_000],
      ...told({ key: 'giftapi-8', ...silent, sentAtMs: 20_000, atMs: 32_001 }),
    },
  },
}

const brokenBy = (evidence: Evidence): string[] =>
  judgeAll(evidence).flatMap(({ promise, broken }) => (broken.length > 0 ? [promise] : []))

test('a run in which nothing went wrong breaks no promise', () => {
  expect(brokenBy(sound)).toEqual([])
  expect(judgeAll(sound).map(({ promise }) => promise)).toEqual(Object.keys(planted))
})

describe.each(Object.entries(planted))('%s', (promise, plants) => {
  test.each(Object.entries(plants))('sees that %s', (_, changes) => {
    expect(brokenBy({ ...sound, ...changes })).toContain(promise)
  })
})

test('what waits for its time or for a person has not been lost', () => {
  const open = { status: 'processing', held: 'open', delivered: 0, codes: 0, charges: 0 }
  const unknown = { ...sound, supplier: swap(sound.supplier, sale, { codes: [] }) }
  const asked = { ...open, state: 'unknown', isScheduled: true }
  const parked = { ...open, state: 'parked' }
  expect(brokenBy({ ...unknown, orders: swap(sound.orders, suppliedRow, asked) })).toEqual([])
  expect(brokenBy({ ...unknown, orders: swap(sound.orders, suppliedRow, parked) })).toEqual([])
})

test('the time of an outage is not the time of a key, and all other time is', () => {
  const running = { key: 'giftapi-8', status: 409, outcome: 'again', id: undefined, codes: [] } as const
  const at = (atMs: number) => ({ sentAtMs: atMs, atMs: atMs + 10 })
  const ends = { ...refused, key: 'giftapi-8', ...at(91_000) }
  const outage = { key: 'giftapi-8', ...silent, ...at(20_000) }
  const after = (atMs: number) =>
    brokenBy({ ...sound, ...told({ ...running, ...at(1_000) }, outage, { ...running, ...at(atMs) }, ends) })
  expect(after(60_000)).toEqual([])
  expect(after(45_000)).toEqual(['P4'])
  expect(
    brokenBy({ ...sound, ...told({ ...running, ...at(1_000) }, { ...running, ...at(50_000) }, ends) }),
  ).toEqual(['P4'])
})

test('what the supplier kept and a break tells of was not paid back in silence', () => {
  const supplier = swap(sound.supplier, refusal, { charges: 1 })
  expect(
    brokenBy({ ...sound, supplier, orders: swap(sound.orders, failedRow, { breaks: ['late_success'] }) }),
  ).toEqual([])
})
