import { expect, test } from 'vitest'
import { newPartner } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { ProductId } from '../../values/ids.ts'
import { forgetValidations } from './forget-validations.ts'
import { recordValidation } from './record-validation.ts'
import { requireValidation } from './require-validation.ts'

const { database } = await createTestDatabase()

test('a validation counts for half an hour, for its partner, product and account, and is forgotten then', async () => {
  await (await createWorld(database)).sku()
  const [product] = await database.query<{ id: ProductId }>(sql`select id from products`)
  const { id: partnerId } = await newPartner(database)
  const { id: other } = await newPartner(database)
  const account = { partnerId, productId: product?.id ?? ('' as ProductId), account: '4222863979' } // There is one.
  await expect(requireValidation(database, account)).rejects.toMatchObject({ code: 'account_not_validated' })
  await recordValidation(database, account)
  await recordValidation(database, account)
  await requireValidation(database, account)
  for (const wrong of [
    { ...account, partnerId: other },
    { ...account, account: '4222863970' },
  ])
    await expect(requireValidation(database, wrong)).rejects.toMatchObject({ code: 'account_not_validated' })
  expect(await forgetValidations(database)).toBe(0)
  await database.query(sql`update account_validations set validated_at = now() - interval '31 minutes'`)
  await expect(requireValidation(database, account)).rejects.toMatchObject({ code: 'account_not_validated' })
  expect(await forgetValidations(database)).toBe(1)
})
