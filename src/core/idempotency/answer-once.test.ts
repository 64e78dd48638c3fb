import { beforeAll, describe, expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import { answerOnce } from './answer-once.ts'
import type { OnceParts } from './answer-once.ts'
import { forgetAnswers } from './forget-answers.ts'
import type { StoredAnswer } from './idempotency.ts'

let database: Database
let parts: OnceParts
let partnerId: PartnerId
let keys = 0

beforeAll(async () => {
  ;({ database } = await createTestDatabase())
  parts = { database, keyRing: await openKeyRing(database, newSecretKey()) }
  partnerId = (await newPartner(database)).id
})

function fresh(request = 'POST /things {"a":1}') {
  keys += 1
  return { partnerId, key: `key-${keys}`, request }
}

/** Work that counts how often it is done; each time it answers differently. */
function counted(pauseMs = 0) {
  const seen = { times: 0 }
  const work = async (): Promise<StoredAnswer> => {
    seen.times += 1
    const body = `{"code":"SECRET-${seen.times}"}`
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    return { status: 201, body }
  }
  return { seen, work }
}

const rowOf = async (key: string) =>
  (await database.query(sql`select * from idempotency_keys where key = ${key}`))[0]

describe('one key, one request', () => {
  test('is worked on once; every repeat gets the same bytes, at once or years later', async () => {
    const keyed = fresh()
    const { seen, work } = counted()
    const first = await answerOnce(parts, keyed, work)
    expect(first).toEqual({ answer: { status: 201, body: '{"code":"SECRET-1"}' }, isReplayed: false })
    expect(await answerOnce(parts, keyed, work)).toEqual({ answer: first.answer, isReplayed: true })
    expect(seen.times).toBe(1)
  })

  test('64 repeats at once are worked on once, and all get the same bytes', async () => {
    const keyed = fresh()
    const { seen, work } = counted(300)
    const answers = await Promise.all(Array.from({ length: 64 }, () => answerOnce(parts, keyed, work)))
    expect(seen.times).toBe(1)
    expect(new Set(answers.map(({ answer }) => answer.body))).toEqual(new Set(['{"code":"SECRET-1"}']))
    expect(answers.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
  })

  test('while the first call runs on, a repeat waits two seconds and is told to come back', async () => {
    const keyed = fresh()
    const { seen, work } = counted(3_500)
    const first = answerOnce(parts, keyed, work)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(answerOnce(parts, keyed, work)).rejects.toMatchObject({
      code: 'idempotency_in_progress',
      retryAfterSeconds: 1,
    })
    await first
    expect(await answerOnce(parts, keyed, work)).toMatchObject({ isReplayed: true })
    expect(seen.times).toBe(1)
  })

  test('another request under the key is a conflict, while the first runs and afterwards', async () => {
    const keyed = fresh()
    const other = { ...keyed, request: 'POST /things {"a":2}' }
    const { work } = counted(200)
    const first = answerOnce(parts, keyed, work)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(answerOnce(parts, other, work)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await first
    await expect(answerOnce(parts, other, work)).rejects.toMatchObject({ code: 'idempotency_conflict' })
  })

  test('the same key of another partner is another key', async () => {
    const keyed = fresh()
    const { work } = counted()
    await answerOnce(parts, keyed, work)
    const stranger = { ...keyed, partnerId: (await newPartner(database)).id }
    expect(await answerOnce(parts, stranger, work)).toMatchObject({ answer: { body: '{"code":"SECRET-2"}' } })
  })
})

describe('a key is not burnt', () => {
  test('by a server that died: the next call under it goes on once the claim has run out, and nobody else may', async () => {
    const keyed = fresh()
    const dying = { ...parts, claimSeconds: 0.4 }
    void answerOnce(dying, keyed, () => new Promise(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { seen, work } = counted()
    await expect(answerOnce(parts, { ...keyed, request: 'other' }, work)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    expect(await answerOnce(parts, keyed, work)).toMatchObject({ isReplayed: false })
    expect(seen.times).toBe(1)
  })

  test('by a call that took too long: it answers with what the other one stored', async () => {
    const keyed = fresh()
    const slow = answerOnce({ ...parts, claimSeconds: 0.1 }, keyed, async () => {
      await new Promise((resolve) => setTimeout(resolve, 600))
      return { status: 201, body: 'late' }
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    const quick = await answerOnce(parts, keyed, counted().work)
    expect(await slow).toEqual({ answer: quick.answer, isReplayed: true })
  })

  test('by a refusal: where nothing was done it is free again, for another request too', async () => {
    const keyed = fresh()
    const refused = answerOnce(parts, keyed, () => Promise.reject(new Failure('insufficient_funds')))
    await expect(refused).rejects.toMatchObject({ code: 'insufficient_funds' })
    expect(await rowOf(keyed.key)).toBeUndefined()
    const other = { ...keyed, request: 'other' }
    expect(await answerOnce(parts, other, counted().work)).toMatchObject({ isReplayed: false })
  })

  test.each([new Failure('unavailable'), new Failure('order_in_progress'), new Error('a fault')])(
    'by %s: the same request goes on at once, and another may not',
    async (error) => {
      const keyed = fresh()
      const failing = async (): Promise<StoredAnswer> => {
        throw error
      }
      await expect(answerOnce(parts, keyed, failing)).rejects.toBe(error)
      await expect(answerOnce(parts, { ...keyed, request: 'other' }, counted().work)).rejects.toMatchObject({
        code: 'idempotency_conflict',
      })
      expect(await answerOnce(parts, keyed, counted().work)).toMatchObject({ isReplayed: false })
    },
  )
})

describe('an answer', () => {
  test('is not readable in the database', async () => {
    const keyed = fresh()
    await answerOnce(parts, keyed, counted().work)
    const row = await rowOf(keyed.key)
    expect(row?.['body']).toBeInstanceOf(Buffer)
    expect(String(row?.['body'])).not.toContain('SECRET')
  })

  test('is kept for ninety days', async () => {
    const [kept, old] = [fresh(), fresh()]
    for (const keyed of [kept, old]) await answerOnce(parts, keyed, counted().work)
    const ago = (days: number, key: string) =>
      database.query(sql`
        update idempotency_keys set created_at = now() - make_interval(days => ${days}), claimed_until = now() - interval '1 day' where key = ${key}`)
    await ago(89, kept.key)
    await ago(91, old.key)
    expect(await forgetAnswers(database)).toBe(1)
    expect([await rowOf(kept.key), await rowOf(old.key)]).toEqual([expect.anything(), undefined])
  })
})
