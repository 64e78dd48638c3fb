import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createVoucherWorld, kes, shilling } from '../../../test/voucher-world.ts'
import { openRenderer } from '../../platform/templates.ts'
import { newReceipt } from './new-receipt.ts'
import { redeemAtTill } from './redeem-at-till.ts'

test('a receipt has a number that no other has', async () => {
  const { database } = await createTestDatabase()
  const world = await createVoucherWorld(database)
  const issuer = await world.company(100n)
  const { tills } = await world.merchant()
  const phone = '+254720000001'
  await world.voucher(issuer, 100n, { phone })
  const { redemption } = await redeemAtTill(
    { database, keyRing: world.keyRing, renderer: openRenderer() },
    {
      partnerId: issuer.partnerId,
      issuerId: issuer.partnerId,
      mode: 'api',
      transactionId: 'T-1',
      phone,
      name: 'Jane Doe',
      amount: shilling,
      currency: kes,
      tillNumber: tills[0] ?? '',
      remarks: '',
      requestKey: '1',
      actor: 'test',
    },
  )
  const drawn = [redemption.receipt, redemption.receipt, 'NEWNEW22']
  expect(await newReceipt(database, () => drawn.shift() ?? '')).toBe('NEWNEW22')
  await expect(newReceipt(database, () => redemption.receipt)).rejects.toThrow('used already')
})
