import { describe, expect, test } from 'vitest'
import type { Attempt } from './attempt.ts'
import { findFaults } from './judge.ts'
import type { Answer } from './judge.ts'
import { speakers } from './speakers.ts'

const [speaker] = speakers
const operation = {
  name: 'giftapi GET /me',
  dialect: 'giftapi',
  address: 'http://127.0.0.1/giftapi',
  method: 'GET',
  path: '/me',
  parameters: [],
  body: undefined,
  open: false,
}
const attempt: Attempt = { operation, target: '/me', headers: {}, body: undefined, twists: [] }
const refusal: Answer = {
  status: 422,
  headers: { 'x-request-id': 'one', 'content-type': 'application/json; charset=utf-8' },
  text: '{"success":false,"message":"The field is missing.","error":"validation_failed"}',
  tookMs: 3,
}

function faultsOf(change: Partial<Answer>): string[] {
  if (speaker === undefined) throw new Error('Nobody speaks.')
  return findFaults(speaker, attempt, { ...refusal, ...change })
}

describe('the judge', () => {
  test('finds nothing wrong with a refusal in the dialect’s own words, or with a success', () => {
    expect(faultsOf({})).toEqual([])
    expect(faultsOf({ status: 200, text: '{"success":true}' })).toEqual([])
  })

  test.each<[string, Partial<Answer>, RegExp]>([
    ['a server’s failure', { status: 500 }, /answered 500/],
    ['an answer that took too long', { tookMs: 60_000 }, /took 60000 ms/],
    ['an answer without a request id', { headers: { 'content-type': 'application/json' } }, /no request id/],
    ['another envelope', { text: '{"error":"x"}' }, /another envelope/],
    ['no JSON', { headers: { 'x-request-id': 'one', 'content-type': 'text/html' } }, /failed as text\/html/],
    [
      'a stack',
      { text: '{"success":false,"error":"x","message":"at run (/srv/node_modules/a.js:1:2)"}' },
      /the inside/,
    ],
    [
      'words of the database',
      { text: '{"success":false,"error":"x","message":"syntax error at or near"}' },
      /the inside/,
    ],
    ['a method that is documented and refused', { status: 405 }, /documents a method/],
  ])('finds %s', (_what, change, fault) => {
    expect(faultsOf(change).join()).toMatch(fault)
  })
})
