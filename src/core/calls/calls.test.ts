import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { startTcpProxy } from '../../../test/tcp-proxy.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { CredentialId, PartnerId } from '../../values/ids.ts'
import type { FreshCall } from './call.ts'
import { listCalls } from './list-calls.ts'
import { openCallLog } from './open-call-log.ts'

const partnerId = '018f0000-0000-7000-8000-00000000000a' as PartnerId
const otherId = '018f0000-0000-7000-8000-00000000000b' as PartnerId
const credentialId = '018f0000-0000-7000-8000-00000000000c' as CredentialId

let database: Database
let url: string

beforeAll(async () => {
  ;({ database, url } = await createTestDatabase())
})

beforeEach(() => database.query(sql`delete from api_calls`))

function fresh(changes: Partial<FreshCall> = {}): FreshCall {
  return {
    calledAtMs: Date.now(),
    id: 'call-0000',
    partnerId,
    credentialId,
    dialect: 'fixture',
    method: 'POST',
    path: '/orders',
    status: 201,
    durationUs: 1_234,
    address: '127.0.0.1',
    request: undefined,
    response: undefined,
    maskBody: (json) => json,
    ...changes,
  }
}

async function stored() {
  return (await listCalls(database, undefined, {}, { limit: 100 })).rows
}

describe('the log', () => {
  test('keeps what it is given, whatever is in it, and what is buffered when it closes', async () => {
    const log = openCallLog(database, { flushEveryMs: 60_000 })
    const nasty = { text: 'a"b\\c,{d}\nNULL\té \u{1F600}', nested: ['"', '\\', 'null'] }
    const request = JSON.stringify(nasty)
    log.record(fresh({ id: 'nasty-01', request, response: '{"ok":true}', path: '/a?x="{NULL}"\\' }))
    log.record(
      fresh({ id: 'bare-001', partnerId: undefined, credentialId: undefined, calledAtMs: Date.now() + 5 }),
    )
    await log.close()
    const [bare, full] = await stored()
    expect(full).toMatchObject({
      id: 'nasty-01',
      partnerId,
      credentialId,
      method: 'POST',
      path: '/a?x="{NULL}"\\',
      status: 201,
      durationUs: 1_234,
      address: '127.0.0.1',
      response: '{"ok":true}',
    })
    expect(JSON.parse(full?.request ?? '')).toEqual(nasty)
    expect(bare).toMatchObject({
      id: 'bare-001',
      partnerId: undefined,
      credentialId: undefined,
      request: undefined,
      response: undefined,
    })
    log.record(fresh())
    expect(log.dropped()).toBe(1)
  })

  test('cuts bodies, and replaces what a text cannot hold', async () => {
    const log = openCallLog(database, { flushEveryMs: 60_000 })
    log.record(
      fresh({
        id: 'long-001',
        request: JSON.stringify({ text: 'x'.repeat(40_000) }),
        response: 'ab',
        path: `/a\u0000b\ud800${'c'.repeat(9_000)}`,
        maskBody: (json) => (json === 'ab' ? 'a\u0000\u001e\u001fb\ud800' : json),
      }),
    )
    await log.close()
    const [row] = await stored()
    expect([row?.request?.length, row?.response, row?.path.length]).toEqual([
      16_384,
      'a\uFFFD\uFFFD\uFFFDb\uFFFD',
      2_048,
    ])
  })

  test('masks before it writes, and a mask that fails costs the body alone', async () => {
    const log = openCallLog(database, { flushEveryMs: 60_000 })
    log.record(fresh({ id: 'masked-1', request: '{"pin":"1234"}', maskBody: () => '{"pin":"***"}' }))
    log.record(
      fresh({
        id: 'broken-1',
        request: '{"pin":"1234"}',
        maskBody: () => {
          throw new Error('no')
        },
      }),
    )
    await log.close()
    const rows = await stored()
    expect(rows.find((row) => row.id === 'masked-1')).toMatchObject({ request: '{"pin":"***"}' })
    expect(rows.find((row) => row.id === 'broken-1')).toMatchObject({ request: undefined })
  })

  test('writes without being asked: by time, and when many calls wait', async () => {
    const log = openCallLog(database, { flushEveryMs: 20 })
    log.record(fresh({ id: 'by-time1' }))
    await expect.poll(async () => (await stored()).length).toBe(1)
    await log.close()
    const other = openCallLog(database, { flushEveryMs: 60_000 })
    for (let count = 0; count < 1_000; count += 1) other.record(fresh({ id: `many-${count}` }))
    await expect.poll(async () => (await database.query(sql`select from api_calls`)).length).toBe(1_001)
    await other.close()
  })

  test('a call that the database refuses does not keep the others waiting', async () => {
    const errors: unknown[] = []
    const log = openCallLog(database, { flushEveryMs: 60_000, onError: (error) => errors.push(error) })
    log.record(fresh({ id: 'before-1' }))
    log.record(fresh({ id: 'broken-2', status: 2 ** 40 }))
    log.record(fresh({ id: 'after-01' }))
    await log.close()
    expect((await stored()).map((row) => row.id).toSorted()).toEqual(['after-01', 'before-1'])
    expect([log.dropped(), errors.length > 0]).toEqual([1, true])
  })

  test('calls without bodies are kept up to a rate, and counted beyond it', () => {
    const log = openCallLog(database, { flushEveryMs: 60_000_000 })
    const slow = openCallLog(database, { flushEveryMs: 100 })
    const admitted = Array.from({ length: 600 }, () => slow.admitsBare()).filter(Boolean).length
    expect([admitted, slow.dropped()]).toEqual([500, 100])
    expect(log.admitsBare()).toBe(true)
    return Promise.all([log.close(), slow.close()])
  })

  test('while the database is away it holds a bounded number, the newest, and writes them when it is back', async () => {
    const proxy = await startTcpProxy(url)
    const behind = openDatabase({ url: proxy.url, role: 'scrip_app', poolSize: 2 })
    const log = openCallLog(behind, { flushEveryMs: 60_000, bufferMost: 100 })
    await proxy.cut()
    for (let count = 0; count < 150; count += 1)
      log.record(fresh({ id: `away-${String(count).padStart(4, '0')}`, calledAtMs: Date.now() + count }))
    await log.flush()
    await log.flush()
    const lost = log.dropped()
    expect(lost).toBeGreaterThanOrEqual(50)
    await proxy.restore()
    await log.flush()
    const ids = (await database.query<{ id: string }>(sql`select id from api_calls order by id`)).map(
      (row) => row.id,
    )
    expect([ids.length, ids.at(-1), log.dropped()]).toEqual([150 - lost, 'away-0149', lost])
    await log.close()
    await behind.close()
    await proxy.close()
  })

  test('what waits is bounded by its weight too', async () => {
    const log = openCallLog(database, { flushEveryMs: 60_000 })
    for (let count = 0; count < 40; count += 1)
      log.record(fresh({ id: `heavy-${count}`, request: 'x'.repeat(1_048_576) }))
    log.record(fresh({ id: 'too-heavy', request: 'x'.repeat(33 * 1_048_576) }))
    await log.close()
    const rows = await stored()
    expect(rows.length).toBeLessThanOrEqual(32)
    expect(rows.length + log.dropped()).toBe(41)
    expect(rows.map((row) => row.id)).toContain('heavy-39')
  })
})

describe('the list', () => {
  const start = Date.parse('2026-01-15T12:00:00Z')

  beforeEach(async () => {
    const log = openCallLog(database, { flushEveryMs: 60_000 })
    for (let count = 0; count < 30; count += 1) {
      log.record(
        fresh({
          id: `list-${String(count).padStart(4, '0')}`,
          // Three calls an instant: the id decides between them.
          calledAtMs: start + Math.floor(count / 3) * 1_000,
          partnerId: count % 2 === 0 ? partnerId : otherId,
          status: count < 10 ? 200 : 422,
          method: count % 5 === 0 ? 'GET' : 'POST',
          request: JSON.stringify({ external_id: `ORD-${count}` }),
        }),
      )
    }
    await log.close()
  })

  test('is newest first, page by page, without gap or repetition, and the same way back', async () => {
    const all = (await listCalls(database, undefined, {}, { limit: 100 })).rows.map((row) => row.id)
    expect(all).toEqual(
      Array.from({ length: 30 }, (_, place) => `list-${String(29 - place).padStart(4, '0')}`),
    )
    const seen: string[] = []
    let cursor: string | undefined
    let last: Awaited<ReturnType<typeof listCalls>> | undefined
    do {
      last = await listCalls(database, undefined, {}, { cursor, limit: 7 })
      seen.push(...last.rows.map((row) => row.id))
      cursor = last.nextCursor
    } while (cursor !== undefined)
    expect(seen).toEqual(all)
    const back = await listCalls(database, undefined, {}, { cursor: last.previousCursor, limit: 7 })
    expect(back.rows.map((row) => row.id)).toEqual(all.slice(21, 28))
    const first = await listCalls(database, undefined, {}, { limit: 7 })
    expect(first.previousCursor).toBeUndefined()
  })

  test('shows a partner its own calls only', async () => {
    const { rows } = await listCalls(database, partnerId, {}, { limit: 100 })
    expect(rows).toHaveLength(15)
    expect(new Set(rows.map((row) => row.partnerId))).toEqual(new Set([partnerId]))
    expect((await listCalls(database, partnerId, { requestId: 'list-0001' }, { limit: 10 })).rows).toEqual([])
  })

  test('is searched by request id, reference, status, method, dialect and time', async () => {
    const ids = async (filter: Parameters<typeof listCalls>[2]) =>
      (await listCalls(database, undefined, filter, { limit: 100 })).rows.map((row) => row.id)
    expect(await ids({ requestId: 'list-0007' })).toEqual(['list-0007'])
    expect(await ids({ text: '"ORD-7"' })).toEqual(['list-0007'])
    expect(await ids({ text: 'list-0007' })).toEqual(['list-0007'])
    expect(await ids({ text: "'; drop table api_calls --" })).toEqual([])
    expect(await ids({ statusFrom: 200, statusTo: 299 })).toHaveLength(10)
    expect(await ids({ method: 'GET' })).toHaveLength(6)
    expect(await ids({ dialect: 'other' })).toEqual([])
    expect(await ids({ from: new Date(start + 1_000), to: new Date(start + 2_000) })).toEqual([
      'list-0005',
      'list-0004',
      'list-0003',
    ])
  })

  test("refuses another list's cursor and a forged one", async () => {
    const { nextCursor } = await listCalls(database, partnerId, {}, { limit: 2 })
    await expect(listCalls(database, otherId, {}, { cursor: nextCursor, limit: 2 })).rejects.toThrow(Failure)
    await expect(
      listCalls(database, partnerId, { method: 'GET' }, { cursor: nextCursor, limit: 2 }),
    ).rejects.toThrow(Failure)
    await expect(listCalls(database, partnerId, {}, { cursor: 'eyJ4IjoxfQ', limit: 2 })).rejects.toThrow(
      Failure,
    )
  })
})
