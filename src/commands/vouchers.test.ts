import { expect, it } from 'vitest'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createVoucherWorld, kes, owedTo, shilling } from '../../test/voucher-world.ts'
import { redeemAtTill } from '../core/redemptions/redeem-at-till.ts'
import { sql } from '../platform/database.ts'
import { openRenderer } from '../platform/templates.ts'

const { database, keyRing } = await createCommandLineWorld()
const world = await createVoucherWorld(database, keyRing)

it('merchants and tills are made, changed, listed and closed', async () => {
  const names = ['--name', 'Naivas', '--category', 'supermarkets', '--category-name', 'Supermarkets']
  expect((await scripJson('merchant', 'save', 'naivas', ...names)).json).toMatchObject({
    merchant: { status: 'active' },
  })
  expect((await scripJson('till', 'save', '123456', '--merchant', 'naivas', '--name', 'Eastgate')).code).toBe(
    0,
  )
  expect((await scrip('merchant', 'list')).out).toContain('Naivas')
  expect((await scripJson('till', 'list', 'naivas')).json).toMatchObject({
    tills: [{ number: '123456', name: 'Eastgate' }],
  })
  expect((await scripJson('merchant', 'save', 'naivas', ...names, '--closed')).json).toMatchObject({
    merchant: { status: 'closed' },
  })
  expect(await scripJson('till', 'save', '1', '--merchant', 'nobody', '--name', 'x')).toMatchObject({
    code: 1,
    json: { error: { code: 'merchant_not_found' } },
  })
})

it("a merchant's key is shown once, listed without its token, and revoked", async () => {
  const { code } = await world.merchant()
  const { json } = await scripJson('merchant', 'key', 'create', code, '--label', 'paybill')
  const token = String(json['token'])
  expect(token).toMatch(/^merchant_/)
  const listed = await scrip('merchant', 'key', 'list', code)
  expect(listed.out).toContain('paybill')
  expect(listed.out).not.toContain(token)
  expect((await scripJson('merchant', 'key', 'revoke', String(json['id']))).json).toMatchObject({
    revoked: true,
  })
  expect((await scrip('merchant', 'key', 'list', code)).out).toContain('revoked')
})

it('fees are shown and set', async () => {
  const { partnerId } = await world.company(0n)
  expect((await scripJson('disbursement', 'fees', partnerId)).json).toEqual({
    fees: { each: '22.5', percent: '0' },
  })
  await scripJson('disbursement', 'fees', partnerId, '--each', '15', '--percent', '0.5')
  expect((await scripJson('disbursement', 'fees', partnerId)).json).toEqual({
    fees: { each: '15', percent: '0.5' },
  })
  expect((await scrip('disbursement', 'fees', partnerId, '--percent', '101')).code).toBe(2)
})

it('a disbursement is shown', async () => {
  const company = await world.company(100n)
  const { voucher } = await world.voucher(company, 40n)
  const shown = await scripJson('disbursement', 'show', company.partnerId, voucher.disbursementId ?? '')
  expect(shown.json).toMatchObject({
    disbursement: { amount: '40', issuedAmount: '40', redeemed: '0', state: 'completed' },
  })
})

it('vouchers are listed without their codes, frozen, released, and sent again, and all of it is audited', async () => {
  const company = await world.company(100n)
  const phone = '+254733000001'
  const { id, code } = await world.voucher(company, 40n, { phone })
  const listed = await scripJson('voucher', 'list', phone)
  expect(listed.json).toMatchObject({ vouchers: [{ id, balance: '40' }] })
  expect(JSON.stringify(listed.json)).not.toContain(code)
  expect((await scrip('voucher', 'freeze', id, '--note', 'lost')).out).toContain('frozen')
  expect((await scrip('voucher', 'unfreeze', id, '--note', 'found')).out).not.toContain('frozen')
  const { out } = await scrip('voucher', 'resend', id, '--note', 'asked')
  expect(out).not.toContain(code)
  expect(
    await database.query(
      sql`select recipient, template from messages where partner_id = ${company.partnerId}`,
    ),
  ).toEqual([{ recipient: phone, template: 'voucher_issued' }])
  const actions = await database.query(sql`select action from audit_log where subject = ${id} order by id`)
  expect(actions.map(({ action }) => action)).toEqual([
    'voucher.frozen',
    'voucher.unfrozen',
    'voucher.resent',
  ])
})

it('a redemption is shown by its receipt, and taken back by two persons alone', async () => {
  const company = await world.company(100n)
  const { code, tills } = await world.merchant()
  const phone = '+254733000002'
  await world.voucher(company, 40n, { phone })
  const { redemption } = await redeemAtTill(
    { database, keyRing, renderer: openRenderer() },
    {
      partnerId: company.partnerId,
      issuerId: company.partnerId,
      mode: 'api',
      transactionId: 'T-1',
      phone,
      name: 'A',
      amount: 30n * shilling,
      currency: kes,
      tillNumber: tills[0] ?? '',
      remarks: '',
      requestKey: '',
      actor: 'test',
    },
  )
  expect((await scrip('redemption', 'show', redemption.receipt.toLowerCase())).out).toContain('30 KES')
  const { json } = await scripJson(
    'redemption',
    'propose-reversal',
    redemption.receipt,
    '--note',
    'wrong till',
  )
  const proposalId = String(json['proposalId'])
  expect(await scripJson('redemption', 'approve-reversal', proposalId)).toMatchObject({
    code: 1,
    json: { error: { code: 'second_person_required' } },
  })
  expect(await owedTo(database, code)).toBe(30n * shilling)
  await database.query(
    sql`update redemptions set proposed_by = 'cli:another' where proposal_id = ${proposalId}`,
  )
  expect((await scripJson('redemption', 'approve-reversal', proposalId)).json).toMatchObject({
    repeated: false,
  })
  expect(await owedTo(database, code)).toBe(0n)
  expect(await scripJson('redemption', 'show', 'NONE0000')).toMatchObject({
    code: 1,
    json: { error: { code: 'redemption_not_found' } },
  })
})
