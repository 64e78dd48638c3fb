import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import { recordAudit } from './record-audit.ts'

const { database } = await createTestDatabase()

test('a record keeps who did what to whom, amounts digit by digit', async () => {
  const partnerId = newId<PartnerId>()
  const details = { from: undefined, to: 9_007_199_254_740_993n, at: new Date(0), tags: ['a'] }
  await database.inTransaction((tx) =>
    recordAudit(tx, { actor: 'ops', action: 'wallet.overdraft_set', partnerId, subject: 'w', details }),
  )
  const rows = await database.query(
    sql`select actor, action, partner_id, subject, details from audit_log where partner_id = ${partnerId}`,
  )
  const stored = { to: '9007199254740993', at: '1970-01-01T00:00:00.000Z', tags: ['a'] }
  expect(rows).toEqual([
    { actor: 'ops', action: 'wallet.overdraft_set', partner_id: partnerId, subject: 'w', details: stored },
  ])
})

test('a record of the house has no partner, and may have no details', async () => {
  await database.inTransaction((tx) =>
    recordAudit(tx, { actor: 'ops', action: 'master_key.rotated', subject: 'house' }),
  )
  const rows = await database.query(sql`select partner_id, details from audit_log where subject = 'house'`)
  expect(rows).toEqual([{ partner_id: null, details: {} }])
})

test('a record goes with the change that it tells of when that is taken back', async () => {
  const failing = database.inTransaction(async (tx) => {
    await recordAudit(tx, { actor: 'ops', action: 'partner.closed', subject: 'taken back' })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await database.query(sql`select from audit_log where subject = 'taken back'`)).toEqual([])
})
