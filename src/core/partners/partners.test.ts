import { describe, expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import { createPartner } from './create-partner.ts'
import type { CreatePartner } from './create-partner.ts'
import { findPartner } from './find-partner.ts'
import { listPartners } from './list-partners.ts'
import type { PartnerStatus } from './partner.ts'
import { setPartnerStatus } from './set-partner-status.ts'
import { setRateLimit } from './set-rate-limit.ts'

const { database } = await createTestDatabase()

const create = (command: Partial<CreatePartner>) =>
  database.inTransaction((tx) => createPartner(tx, { name: 'Acme', email: 'acme@example.com', ...command }))

const auditOf = (partnerId: PartnerId) =>
  database.query(
    sql`select actor, action, subject, details from audit_log where partner_id = ${partnerId} order by id`,
  )

describe('a new partner', () => {
  test('is active, in English and UTC, without a rate limit, and audited', async () => {
    const partner = await create({ name: ' Acme ', email: ' acme-1@example.com ' })
    expect(partner).toEqual({
      id: expect.any(String),
      number: expect.any(BigInt),
      name: 'Acme',
      email: 'acme-1@example.com',
      status: 'active',
      locale: 'en',
      timeZone: 'UTC',
      requestsPerMinute: undefined,
      createdAt: expect.any(Date),
    })
    const details = { name: 'Acme', email: 'acme-1@example.com', number: partner.number.toString() }
    expect(await auditOf(partner.id)).toEqual([
      { actor: 'system', action: 'partner.created', subject: partner.id, details },
    ])
  })

  test('keeps what it was given', async () => {
    const given = { locale: 'ru', timeZone: 'Africa/Lagos', requestsPerMinute: 600 } as const
    const partner = await create({ ...given, email: 'acme-2@example.com', actor: 'ops' })
    expect(await findPartner(database, { id: partner.id })).toEqual(partner)
    expect(partner).toMatchObject(given)
    expect(await auditOf(partner.id)).toMatchObject([{ actor: 'ops', details: { requestsPerMinute: 600 } }])
  })

  test.each([
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'nul\u0000' }],
    ['email', { email: 'acme' }],
    ['email', { email: 'a b@example.com' }],
    ['email', { email: `${'x'.repeat(250)}@example.com` }],
    ['time_zone', { timeZone: 'Lagos' }],
    ['requests_per_minute', { requestsPerMinute: 0 }],
    ['requests_per_minute', { requestsPerMinute: 1.5 }],
    ['requests_per_minute', { requestsPerMinute: 10_000_001 }],
  ])('is refused for a bad %s', async (field, command) => {
    await expect(create(command)).rejects.toMatchObject({ code: 'validation_failed', fields: [{ field }] })
  })
})

describe('finding a partner', () => {
  test('goes by id, number, or e-mail address in any case', async () => {
    const partner = await create({ email: 'Found@Example.com' })
    expect(await findPartner(database, { id: partner.id })).toEqual(partner)
    expect(await findPartner(database, { number: partner.number })).toEqual(partner)
    expect(await findPartner(database, { email: 'fOUND@example.COM' })).toEqual(partner)
  })

  test('finds nothing for what nobody has', async () => {
    for (const by of [{ id: newId<PartnerId>() }, { number: 999_999n }, { email: 'nobody@example.com' }]) {
      await expect(findPartner(database, by)).rejects.toMatchObject({ code: 'partner_not_found' })
    }
  })

  test('refuses to choose between two with one address', async () => {
    await create({ email: 'twice@example.com' })
    await create({ email: 'TWICE@example.com' })
    const found = findPartner(database, { email: 'twice@example.com' })
    await expect(found).rejects.toMatchObject({ code: 'validation_failed', fields: [{ field: 'email' }] })
  })
})

test('a list shows the newest first, page by page, and by status', async () => {
  const partners = []
  for (let place = 0; place < 5; place += 1) partners.push(await newPartner(database))
  const suspended = partners[1]
  if (suspended === undefined) throw new Error('There are five.')
  await database.inTransaction((tx) =>
    setPartnerStatus(tx, { partnerId: suspended.id, status: 'suspended', actor: 'ops' }),
  )
  const first = await listPartners(database, {}, { limit: 2 })
  const second = await listPartners(database, {}, { limit: 2, cursor: first.nextCursor })
  const newest = partners.toReversed().map(({ id }) => id)
  expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(newest.slice(0, 4))
  expect((await listPartners(database, {}, { limit: 2, cursor: second.previousCursor })).rows).toEqual(
    first.rows,
  )
  const found = await listPartners(database, { status: 'suspended' }, { limit: 10 })
  expect(found.rows.map(({ id }) => id)).toEqual([suspended.id])
  const foreign = listPartners(database, { status: 'active' }, { limit: 2, cursor: first.nextCursor })
  await expect(foreign).rejects.toMatchObject({ code: 'validation_failed' })
})

describe('the status', () => {
  const set = (partnerId: PartnerId, status: PartnerStatus) =>
    database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId, status, actor: 'ops', reason: 'because' }),
    )

  test('goes to suspended and back, and to closed for good', async () => {
    const { id } = await newPartner(database)
    expect(await set(id, 'suspended')).toMatchObject({ status: 'suspended' })
    expect(await set(id, 'active')).toMatchObject({ status: 'active' })
    expect(await set(id, 'closed')).toMatchObject({ status: 'closed' })
    for (const status of ['active', 'suspended'] as const) {
      await expect(set(id, status)).rejects.toMatchObject({ code: 'partner_inactive' })
    }
    expect(await findPartner(database, { id })).toMatchObject({ status: 'closed' })
    expect((await auditOf(id)).slice(1)).toEqual([
      {
        actor: 'ops',
        action: 'partner.suspended',
        subject: id,
        details: { from: 'active', to: 'suspended', reason: 'because' },
      },
      {
        actor: 'ops',
        action: 'partner.reactivated',
        subject: id,
        details: { from: 'suspended', to: 'active', reason: 'because' },
      },
      {
        actor: 'ops',
        action: 'partner.closed',
        subject: id,
        details: { from: 'active', to: 'closed', reason: 'because' },
      },
    ])
  })

  test('that it has already changes nothing and is not audited', async () => {
    const { id } = await newPartner(database)
    await set(id, 'active')
    expect(await auditOf(id)).toHaveLength(1)
  })

  test('of nobody cannot be set', async () => {
    await expect(set(newId<PartnerId>(), 'closed')).rejects.toMatchObject({ code: 'partner_not_found' })
  })
})

describe('the rate limit', () => {
  const set = (partnerId: PartnerId, requestsPerMinute: number | undefined) =>
    database.inTransaction((tx) => setRateLimit(tx, { partnerId, requestsPerMinute, actor: 'ops' }))

  test('is set, changed and taken away, and audited each time', async () => {
    const { id } = await newPartner(database)
    for (const limit of [60, 60, 120, undefined]) expect((await set(id, limit)).requestsPerMinute).toBe(limit)
    expect((await auditOf(id)).slice(1).map(({ details }) => details)).toEqual([
      { to: 60 },
      { from: 60, to: 120 },
      { from: 120 },
    ])
  })

  test('is refused when it is none, or for nobody', async () => {
    const { id } = await newPartner(database)
    for (const limit of [0, -1, 1.5, Number.NaN, 10_000_001]) {
      await expect(set(id, limit)).rejects.toMatchObject({ code: 'validation_failed' })
    }
    await expect(set(newId<PartnerId>(), 60)).rejects.toMatchObject({ code: 'partner_not_found' })
  })
})
