import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createTestDatabase } from '../../test/database.ts'
import { createPartner } from '../core/partners/create-partner.ts'
import { sql } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'

let database: Database
let partnerId: string

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  const dir = await mkdtemp(join(tmpdir(), 'scrip-calls-'))
  process.env['DATABASE_URL'] = made.url
  process.env['SCRIP_DATA_DIR'] = dir
  await scripJson('migrate')
  const partner = await database.inTransaction((tx) =>
    createPartner(tx, { name: 'Ada', email: 'ada@example.com' }),
  )
  partnerId = partner.id
  for (let place = 1; place <= 5; place += 1)
    await database.query(sql`
      insert into api_calls (called_at, id, partner_id, dialect, method, path, status, duration_us, address, request, response)
      values (now() - make_interval(hours => ${place}), ${`call-${place}`}, ${place === 5 ? null : partnerId}::uuid, 'vendify', 'POST',
              '/vendify/api/v1/orders', ${place === 2 ? 402 : 200}, 1500, '192.0.2.1',
              ${`{"customerReference":"order-${place}"}`}, '{"voucherCode":"[masked]"}')`)
  return () => rm(dir, { recursive: true })
})

const idsOf = async (...args: string[]): Promise<unknown> => {
  const { json } = await scripJson('calls', 'search', ...args)
  return (json['calls'] as { id: string }[]).map(({ id }) => id)
}

it('calls are searched by reference, status, time, partner and dialect, newest first, without what was sent', async () => {
  expect(await idsOf()).toEqual(['call-1', 'call-2', 'call-3', 'call-4', 'call-5'])
  expect(await idsOf('--text', 'order-3')).toEqual(['call-3'])
  expect(await idsOf('--text', 'call-4')).toEqual(['call-4'])
  expect(await idsOf('--status', '402')).toEqual(['call-2'])
  expect(await idsOf('--status', '4xx')).toEqual(['call-2'])
  expect(await idsOf('--partner', 'ada@example.com', '--status', '2xx')).toEqual([
    'call-1',
    'call-3',
    'call-4',
  ])
  expect(await idsOf('--dialect', 'giftapi')).toEqual([])
  expect(await idsOf('--method', 'GET')).toEqual([])
  const between = [3.5, 1.5].map((hours) => new Date(Date.now() - hours * 3_600_000).toISOString())
  expect(await idsOf('--from', between[0] ?? '', '--to', between[1] ?? '')).toEqual(['call-2', 'call-3'])
  const { out } = await scrip('calls', 'search')
  expect(out).toContain('call-1')
  for (const secret of ['order-1', 'voucherCode']) expect(out).not.toContain(secret)
  expect(JSON.stringify((await scripJson('calls', 'search')).json)).not.toContain('order-1')
})

it('a search goes on where its page ended', async () => {
  const first = await scripJson('calls', 'search', '--limit', '2')
  const after = String(first.json['nextCursor'])
  expect(await idsOf('--limit', '2', '--after', after)).toEqual(['call-3', 'call-4'])
})

it('who opens a call sees what was sent, is written down, and is mailed that he looked', async () => {
  const { code, out } = await scrip('calls', 'show', 'call-3', '--mail-to', 'ops@example.com')
  expect([code, out.includes('"customerReference":"order-3"'), out.includes('[masked]')]).toEqual([
    0,
    true,
    true,
  ])
  const audited = await database.query(
    sql`select actor, partner_id, details from audit_log where action = 'call.opened' and subject = 'call-3'`,
  )
  expect(audited).toMatchObject([
    {
      actor: expect.stringMatching(/^cli:/),
      partner_id: partnerId,
      details: { told: 'ops@example.com' },
    },
  ])
  const mails = sql`select recipient, template from messages where reference like 'call-opened:%'`
  expect(await database.query(mails)).toEqual([{ recipient: 'ops@example.com', template: 'call_opened' }])
  await scripJson('calls', 'show', 'call-3', '--mail-to', 'ops@example.com')
  expect(await database.query(mails)).toHaveLength(2)
})

it('a call that is not there, and an address that is none, open nothing and write nothing', async () => {
  const count = async () => {
    const [row] = await database.query<{ count: bigint }>(
      sql`select count(*) from audit_log where action = 'call.opened'`,
    )
    return row?.count
  }
  const before = await count()
  expect(await scripJson('calls', 'show', 'none', '--mail-to', 'ops@example.com')).toMatchObject({
    code: 1,
    json: { error: { code: 'call_not_found' } },
  })
  expect(await scripJson('calls', 'show', 'call-1', '--mail-to', 'nobody')).toMatchObject({
    code: 1,
    json: { error: { code: 'validation_failed' } },
  })
  expect((await scripJson('calls', 'show', 'call-1')).code).not.toBe(0)
  expect((await scripJson('calls', 'search', '--status', 'x')).code).not.toBe(0)
  expect(await count()).toBe(before)
})
