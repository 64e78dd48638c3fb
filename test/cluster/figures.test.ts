import { expect, test } from 'vitest'
import type { Told } from '../chaos/told.ts'
import { figuresOf } from './figures.ts'

const answer: Told = {
  sentAtMs: 0,
  atMs: 0,
  kind: 'giftapi order',
  turn: 'first',
  key: 'key',
  tries: 1,
  server: 0,
  status: 201,
  outcome: 'done',
  codes: [],
}
const at = (atMs: number, changes: Partial<Told> = {}): Told => ({ ...answer, atMs, ...changes })

test('an outage is the longest time without an order answered, up to the edges of the episode', () => {
  const told = [at(900), at(1_100), at(4_000), at(4_500)]
  expect(figuresOf(told, { what: '', fromMs: 1_000, toMs: 5_000 }).outageMs).toBe(2_900)
  expect(figuresOf(told, { what: '', fromMs: 1_000, toMs: 9_000 }).outageMs).toBe(4_500)
  expect(figuresOf([], { what: '', fromMs: 1_000, toMs: 2_000 }).outageMs).toBe(1_000)
})

test('an answer that is read, refused or not there ends no outage', () => {
  const told = [
    at(1_500, { turn: 'read' }),
    at(1_600, { outcome: 'again' }),
    at(1_700, { outcome: 'silence' }),
  ]
  expect(figuresOf(told, { what: '', fromMs: 1_000, toMs: 2_000 }).outageMs).toBe(1_000)
})

test('orders count where they were answered, and again where that took a repetition', () => {
  const told = [at(500), at(1_100), at(1_200, { tries: 3 }), at(2_500)]
  expect(figuresOf(told, { what: '', fromMs: 1_000, toMs: 2_000 })).toMatchObject({
    acknowledged: 2,
    repeated: 1,
  })
})

test('the time to the first order is counted from when the database takes writes, and endless if none came', () => {
  const episode = { what: '', fromMs: 1_000, toMs: 9_000, acceptedAtMs: 5_000 }
  expect(figuresOf([at(1_100), at(5_700)], episode)).toMatchObject({
    acceptedAfterMs: 4_000,
    answeredAfterMs: 700,
  })
  expect(figuresOf([at(1_100)], episode).answeredAfterMs).toBe(Number.POSITIVE_INFINITY)
})
