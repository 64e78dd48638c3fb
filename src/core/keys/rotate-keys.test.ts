import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { keyFingerprint, newSecretKey } from '../../platform/secrets.ts'
import type { SecretKey } from '../../platform/secrets.ts'
import type { PartnerId } from '../../values/ids.ts'
import { openKeyRing } from './open-key-ring.ts'
import type { Sealed } from './ring.ts'
import { rotateDataKey } from './rotate-data-key.ts'
import { rotateMasterKey } from './rotate-master-key.ts'

const { database, url } = await createTestDatabase()
const owner = openDatabase({ url, poolSize: 2 })

const another = /master key is not the one/
let first: SecretKey
let second: SecretKey

beforeEach(async () => {
  await owner.query(sql`delete from data_keys`)
  first = newSecretKey()
  second = newSecretKey()
})

afterEach(() => {
  vi.useRealTimers()
})

const rotate = (database: Database, lot?: number) =>
  rotateMasterKey(
    database,
    { current: second, previous: [first] },
    { actor: 'ops', ...(lot === undefined ? {} : { lot }) },
  )

async function mastersInUse(): Promise<Record<string, bigint>> {
  const rows = await database.query<{ master_key: string; count: bigint }>(
    sql`select master_key, count(*) from data_keys group by 1`,
  )
  return Object.fromEntries(rows.map(({ master_key: name, count }) => [name, count]))
}

/** Secrets of so many partners and of the stock under the first master key, with a function that opens all of them again. */
async function sealSecrets(partnersCount: number) {
  const ring = await openKeyRing(database, first)
  const sealed: [Sealed, string][] = [[ring.sealForStock('stock', 'code'), 'stock']]
  for (let place = 0; place < partnersCount; place += 1) {
    const { id } = await newPartner(database)
    sealed.push([await ring.sealForPartner(id, `secret ${place}`, 'code'), `secret ${place}`])
  }
  const fingerprint = ring.fingerprint('a code')
  return async (masterKey: SecretKey, previous: readonly SecretKey[] = []) => {
    const fresh = await openKeyRing(database, masterKey, previous)
    for (const [one, text] of sealed) expect(await fresh.open(one, 'code')).toBe(text)
    expect(fresh.fingerprint('a code')).toBe(fingerprint)
    return fresh
  }
}

/** The database as one finds it whose process dies after so many transactions. */
function dyingAfter(transactions: number): Database {
  let left = transactions
  return {
    ...database,
    inTransaction: async (work) => {
      if (left === 0) throw new Error('killed')
      left -= 1
      return database.inTransaction(work)
    },
  }
}

describe('rotating the master key', () => {
  test('leaves every secret readable with the new key alone, and none with the old', async () => {
    const openAll = await sealSecrets(5)
    expect(await rotate(database, 2)).toBe(7)
    expect(await mastersInUse()).toEqual({ [keyFingerprint(second)]: 7n })
    await openAll(second)
    await expect(openAll(first)).rejects.toThrow(another)
    const audited = await database.query(
      sql`select actor, details from audit_log where subject = ${keyFingerprint(second)}`,
    )
    expect(audited).toEqual([{ actor: 'ops', details: { from: keyFingerprint(first) } }])
  })

  test('a second time has nothing to do', async () => {
    await sealSecrets(2)
    await rotate(database)
    expect(await rotate(database)).toBe(0)
  })

  test.each([1, 2, 3])(
    'killed after %i of its transactions, it needs both keys and goes on where it stopped',
    async (transactions) => {
      const openAll = await sealSecrets(5)
      await expect(rotate(dyingAfter(transactions), 2)).rejects.toThrow('killed')
      expect(Object.keys(await mastersInUse())).toHaveLength(2)
      await openAll(second, [first])
      await openAll(first, [second])
      await expect(openAll(second)).rejects.toThrow(another)
      await expect(openAll(first)).rejects.toThrow(another)
      expect(await rotate(database, 2)).toBeLessThan(7)
      await openAll(second)
    },
  )

  test('changes nothing when one of the keys is under a master key that is not at hand', async () => {
    await sealSecrets(3)
    await owner.query(sql`
      update data_keys set master_key = 'of somebody else' where id = (select max(id::text)::uuid from data_keys where purpose = 'partner')`)
    const before = await mastersInUse()
    await expect(rotate(database, 1)).rejects.toThrow(another)
    expect(await mastersInUse()).toEqual(before)
  })

  test('in two processes at once rewraps each key once', async () => {
    const openAll = await sealSecrets(8)
    const counts = await Promise.all([rotate(database, 1), rotate(database, 1), rotate(database, 3)])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10)
    await openAll(second)
  })

  test('lets processes that run keep working, and those that know both keys make new ones all the while', async () => {
    const openAll = await sealSecrets(3)
    const [partner, other, later] = [
      await newPartner(database),
      await newPartner(database),
      await newPartner(database),
    ]
    const oldProcess = await openKeyRing(database, first)
    const newProcess = await openKeyRing(database, second, [first])
    // Before the rotation, whoever makes a key makes it under the master key in force: a process without the new one can open it.
    const early = await newProcess.sealForPartner(partner.id, 'early', 'c')
    expect(await oldProcess.open(early, 'c')).toBe('early')
    const rotation = rotate(database, 1)
    const making = Promise.all([
      newProcess.sealForPartner(other.id, 'meanwhile', 'c'),
      newProcess.sealForPartner(other.id, 'meanwhile', 'c'),
    ])
    await rotation
    const late = await newProcess.sealForPartner(later.id, 'late', 'c')
    const fresh = await openAll(second)
    for (const [sealed, text] of [
      [early, 'early'],
      ...(await making).map((one) => [one, 'meanwhile'] as const),
      [late, 'late'],
    ] as const) {
      expect(await fresh.open(sealed, 'c')).toBe(text)
      expect(await newProcess.open(sealed, 'c')).toBe(text)
    }
    expect(await mastersInUse()).toEqual({ [keyFingerprint(second)]: 8n })
    // What it had opened before, a process without the new key goes on opening.
    expect(await oldProcess.open(early, 'c')).toBe('early')
  })

  test('waits for a key that is being made, and leaves none behind', async () => {
    await sealSecrets(1)
    const partner = await newPartner(database)
    const process = await openKeyRing(database, second, [first])
    let rotation: Promise<number> | undefined
    const sealed = await database.inTransaction(async (tx) => {
      const made = await process.sealForPartner(partner.id, 'made', 'c', tx)
      rotation = rotate(database)
      await waitedFor('data_keys')
      return made
    })
    expect(await rotation).toBe(4)
    expect(await (await openKeyRing(database, second)).open(sealed, 'c')).toBe('made')
  })

  /** Until somebody waits for a lock in a statement about the table. */
  async function waitedFor(table: string): Promise<void> {
    const waiting = sql`
      select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like ${`%${table}%`}`
    await vi.waitFor(async () => expect(await owner.query(waiting)).not.toEqual([]), {
      timeout: 3_000,
      interval: 10,
    })
  }
})

describe('opening the ring', () => {
  test('with a key that wrapped nothing is refused in words that say what to look at', async () => {
    await openKeyRing(database, first)
    await expect(openKeyRing(database, second)).rejects.toThrow('SCRIP_MASTER_KEY')
  })

  test('in many processes at once makes each key once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => openKeyRing(database, first)))
    expect(new Set(rings.map((ring) => ring.fingerprint('x'))).size).toBe(1)
    expect(await mastersInUse()).toEqual({ [keyFingerprint(first)]: 2n })
  })

  test('a secret opens in its own row only', async () => {
    const ring = await openKeyRing(database, first)
    const sealed = ring.sealForStock('text', 'row 1')
    expect(await ring.open(sealed, 'row 1')).toBe('text')
    await expect(ring.open(sealed, 'row 2')).rejects.toThrow()
  })
})

describe('rotating a data key', () => {
  const masters = () => ({ current: first, previous: [] })
  const rotateFor = (partner: PartnerId | 'stock') =>
    database.inTransaction((tx) => rotateDataKey(tx, masters(), { owner: partner, actor: 'ops' }))

  test('of a partner seals what comes under the new one, and what was sealed opens as before', async () => {
    const ring = await openKeyRing(database, first)
    const [{ id: partnerId }, { id: other }] = [await newPartner(database), await newPartner(database)]
    const before = await ring.sealForPartner(partnerId, 'before', 'c')
    const untouched = await ring.sealForPartner(other, 'other', 'c')
    const keyId = await rotateFor(partnerId)
    const after = await ring.sealForPartner(partnerId, 'after', 'c')
    expect(after.dataKeyId).toBe(keyId)
    expect(before.dataKeyId).not.toBe(keyId)
    expect((await ring.sealForPartner(other, 'other', 'c')).dataKeyId).toBe(untouched.dataKeyId)
    for (const reader of [ring, await openKeyRing(database, first)]) {
      expect(await reader.open(before, 'c')).toBe('before')
      expect(await reader.open(after, 'c')).toBe('after')
    }
    const audited = await database.query(
      sql`select actor, action, partner_id, details from audit_log where subject = ${keyId}`,
    )
    const details = { purpose: 'partner', from: before.dataKeyId }
    expect(audited).toEqual([{ actor: 'ops', action: 'data_key.rotated', partner_id: partnerId, details }])
  })

  test('of the stock is taken up by processes that run', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const ring = await openKeyRing(database, first)
    const before = ring.sealForStock('before', 'c')
    const keyId = await rotateFor('stock')
    expect(ring.sealForStock('x', 'c').dataKeyId).toBe(before.dataKeyId)
    vi.advanceTimersByTime(30_000)
    await vi.waitFor(() => expect(ring.sealForStock('x', 'c').dataKeyId).toBe(keyId), {
      timeout: 3_000,
      interval: 10,
    })
    expect(await ring.open(before, 'c')).toBe('before')
    expect((await openKeyRing(database, first)).sealForStock('x', 'c').dataKeyId).toBe(keyId)
  })

  test('twice at once leaves one current key, and former keys go through a rotation of the master key', async () => {
    const ring = await openKeyRing(database, first)
    const { id: partnerId } = await newPartner(database)
    const before = await ring.sealForPartner(partnerId, 'before', 'c')
    await Promise.all([rotateFor(partnerId), rotateFor(partnerId)])
    const [current] = await database.query(sql`
      select count(*) from data_keys where partner_id = ${partnerId} and retired_at is null`)
    expect(current).toEqual({ count: 1n })
    await rotate(database)
    expect(await (await openKeyRing(database, second)).open(before, 'c')).toBe('before')
  })

  test('of nobody is refused', async () => {
    await openKeyRing(database, first)
    await expect(rotateFor(newId<PartnerId>())).rejects.toMatchObject({ code: 'partner_not_found' })
  })
})
