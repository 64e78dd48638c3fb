import { describe, expect, test } from 'vitest'
import { fundedWallet, newPartner, usd } from '../../../test/books.ts'
import { account, createFundingWorld, csvStatement, receiveInto } from '../../../test/funding-world.ts'
import { unit } from '../../../test/world.ts'
import { approveIdentity } from '../identity/decide-identity.ts'
import { submitIdentity } from '../identity/submit-identity.ts'
import type { BankAccountId, PartnerId } from '../../values/ids.ts'
import { assignAccount } from './assign-account.ts'
import { bookStatement } from './book-line.ts'
import { cancelFunding } from './cancel-funding.ts'
import { findFunding } from './find-funding.ts'
import { listDedicatedAccounts, listReceivingAccounts } from './list-accounts.ts'
import { listFundings } from './list-fundings.ts'
import { retireReceivingAccount } from './retire-receiving-account.ts'

const { database, keyRing, freshReference, request, importText, balanceOf } = await createFundingWorld()

describe('a funding request', () => {
  test('tells where to pay and with which reference, and credits nothing', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding, repeated } = await request(wallet)
    expect(repeated).toBe(false)
    expect(funding).toMatchObject({
      state: 'pending',
      amount: 100n * unit,
      fundedAmount: 0n,
      account,
      currency: 'USD',
    })
    expect(funding.paymentReference).toMatch(/^SCR[2-9B-Z]{10}$/)
    expect(await balanceOf(wallet)).toBe(0n)
  })

  test('is the same under the same reference, and another wallet or amount under it is refused', async () => {
    const wallet = await fundedWallet(database, 0n)
    const first = await request(wallet, 5n * unit, 'one')
    expect(await request(wallet, 5n * unit, 'one')).toEqual({ ...first, repeated: true })
    await expect(request(wallet, 6n * unit, 'one')).rejects.toMatchObject({ code: 'transfer_conflict' })
  })

  test.each([
    ['nothing', 0n, undefined, 'validation_failed'],
    ['less than nothing', -1n, undefined, 'validation_failed'],
    ['more than there can be', 10n ** 18n + 1n, undefined, 'validation_failed'],
    ['a reference without text', 1n, '', 'validation_failed'],
    ['a reference of 65 characters', 1n, 'x'.repeat(65), 'validation_failed'],
  ])('of %s is refused', async (_what, amount, reference, code) => {
    await expect(request(await fundedWallet(database, 0n), amount, reference)).rejects.toMatchObject({ code })
  })

  test('of another’s wallet, or in a currency without an account of ours, is refused', async () => {
    const wallet = await fundedWallet(database, 0n)
    const stranger = await newPartner(database)
    await expect(request({ ...wallet, partnerId: stranger.id })).rejects.toMatchObject({
      code: 'wallet_not_found',
    })
    const rows = await listReceivingAccounts(database)
    await database.inTransaction(async (tx) => {
      for (const { id } of rows) await retireReceivingAccount(tx, { id, actor: 'ann' })
    })
    await expect(request(wallet)).rejects.toMatchObject({ code: 'no_receiving_account' })
    await receiveInto(database, usd)
    await expect(
      database.inTransaction((tx) =>
        retireReceivingAccount(tx, { id: wallet.id as string as BankAccountId, actor: 'ann' }),
      ),
    ).rejects.toMatchObject({ code: 'bank_account_not_found' })
    await expect(receiveInto(database, usd)).rejects.toMatchObject({ code: 'already_exists' })
  })

  test('is listed for its partner alone, found by its reference, and cancelled once', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { partnerId } = wallet
    const { funding } = await request(wallet, unit, 'mine')
    expect((await listFundings(database, partnerId, { limit: 10 })).rows).toMatchObject([{ id: funding.id }])
    expect((await listFundings(database, (await newPartner(database)).id, { limit: 10 })).rows).toEqual([])
    const cancel = (owner: PartnerId) =>
      database.inTransaction((tx) =>
        cancelFunding(tx, { partnerId: owner, reference: 'mine', actor: 'partner' }),
      )
    await expect(cancel((await newPartner(database)).id)).rejects.toMatchObject({ code: 'funding_not_found' })
    await cancel(partnerId)
    await cancel(partnerId)
    expect(await findFunding(database, partnerId, 'mine')).toMatchObject({ state: 'cancelled' })
  })
})

describe('an account that is one wallet’s alone', () => {
  test('needs an approved identity, and what comes in on it is that wallet’s', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { partnerId, id: walletId } = wallet
    const own = {
      ...account,
      accountNumber: 'DE89 3704 0044 0532 0130 00',
      partnerId,
      walletId,
      actor: 'ann',
    }
    const assign = (order: typeof own) => database.inTransaction((tx) => assignAccount(tx, order))
    await expect(assign(own)).rejects.toMatchObject({ code: 'identity_not_approved' })
    await approve(partnerId)
    await expect(assign({ ...own, accountNumber: '?' })).rejects.toMatchObject({ code: 'validation_failed' })
    await assign(own)
    expect(await listDedicatedAccounts(database, partnerId)).toMatchObject([
      { accountNumber: 'DE89370400440532013000' },
    ])
    const other = await fundedWallet(database, 0n)
    await approve(other.partnerId)
    await expect(assign({ ...own, partnerId: other.partnerId, walletId: other.id })).rejects.toMatchObject({
      code: 'already_exists',
    })
    const result = await importText(
      csvStatement([
        { amount: '6', reference: freshReference(), account: 'DE89370400440532013000', text: 'thanks' },
      ]),
    )
    expect(await bookStatement(database, { statementId: result.statement.id, actor: 'bob' })).toEqual({
      booked: 1,
      left: 0,
      byAnother: 0,
    })
    expect(await balanceOf(wallet)).toBe(6n * unit)
  })

  test('is none of ours, and was never another wallet’s', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { partnerId, id: walletId } = wallet
    await approve(partnerId)
    const assign = (accountNumber: string, of = { partnerId, walletId }) =>
      database.inTransaction((tx) => assignAccount(tx, { ...account, ...of, accountNumber, actor: 'ann' }))
    // All that comes in for everybody would be this wallet's.
    await expect(assign(account.accountNumber)).rejects.toMatchObject({ code: 'already_exists' })
    // A statement may write it shorter, or with the bank's code before it.
    for (const spelling of [account.accountNumber.slice(-7), `NG0123${account.accountNumber}`])
      await expect(assign(spelling)).rejects.toMatchObject({ code: 'already_exists' })
    await assign('7000 0000 01')
    await assign('7000 0000 02')
    const other = await fundedWallet(database, 0n)
    await approve(other.partnerId)
    // Whoever was told of the old number goes on paying to it.
    await expect(
      assign('7000000001', { partnerId: other.partnerId, walletId: other.id }),
    ).rejects.toMatchObject({ code: 'already_exists' })
    await assign('7000000001')
    for (const spelling of ['7000000002', '0000002', 'KE007000000002'])
      await expect(receiveInto(database, wallet.currency, spelling)).rejects.toMatchObject({
        code: 'already_exists',
      })
  })

  async function approve(partnerId: PartnerId): Promise<void> {
    const details = {
      officerName: 'Ada',
      officerBirthDate: '',
      registrationNumber: '1',
      country: 'NG',
      address: '',
    }
    const documents = [{ name: 'a.pdf', content: Buffer.from('%PDF-1.7') }]
    await database.inTransaction(async (tx) => {
      const id = await submitIdentity(tx, keyRing, {
        partnerId,
        kind: 'company',
        legalName: 'Acme',
        details,
        documents,
        actor: 'partner',
      })
      await approveIdentity(tx, { id, actor: 'ann' })
    })
  }
})
