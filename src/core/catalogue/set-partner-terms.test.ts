import { expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { sampleSku } from '../../../test/sample-catalogue.ts'
import { currency, unit } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { PartnerId } from '../../values/ids.ts'
import { openCatalogue } from './open-catalogue.ts'
import { setPartnerTerms } from './set-partner-terms.ts'

const { database } = await createTestDatabase()
const { id: partnerId } = await newPartner(database)
const dollar = currency('USD')

const set = (fxMarginPercent: bigint, discountPercent: bigint, id: PartnerId = partnerId) =>
  database.inTransaction((tx) =>
    setPartnerTerms(tx, { partnerId: id, fxMarginPercent, discountPercent, actor: 'test' }),
  )

test('terms hold for their partner, in processes that run, and are audited once', async () => {
  const live = await openCatalogue(database)
  const costOf = (id: PartnerId) => live.current().convert(id, sampleSku(1n), dollar)?.cost
  expect(costOf(partnerId)).toBe(10n * unit)
  await set(2_500_000n, 5n * unit)
  await set(2_500_000n, 5n * unit)
  await expect.poll(() => costOf(partnerId), { timeout: 5_000 }).toBe(9_500_000n)
  const { id: other } = await newPartner(database)
  expect(costOf(other)).toBe(10n * unit)
  const audited = await database.query(sql`
    select details from audit_log where partner_id = ${partnerId} and action = 'partner.terms_set'`)
  expect(audited).toEqual([{ details: { fxMarginPercent: '2.5', discountPercent: '5' } }])
  await live.close()
})

test.each([
  ['fx_margin', -100n * unit, 0n],
  ['fx_margin', 1_000n * unit + 1n, 0n],
  ['discount', 0n, -1n],
  ['discount', 0n, 100n * unit],
])('a bad %s is refused', async (field, margin, discount) => {
  await expect(set(margin, discount)).rejects.toMatchObject({
    code: 'validation_failed',
    fields: [{ field }],
  })
})

test('terms of nobody are refused', async () => {
  await expect(set(0n, 0n, newId<PartnerId>())).rejects.toMatchObject({ code: 'partner_not_found' })
})
