import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { proveBooks } from '../../test/books.ts'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createSettlementWorld } from '../../test/settlement-world.ts'
import { sql } from '../platform/database.ts'

const { database, keyRing, dir } = await createCommandLineWorld()
const world = await createSettlementWorld(database, keyRing)

afterAll(() => proveBooks(database))

const bank = ['--bank', 'First Bank', '--name', 'Naivas Ltd', '--number', '2031234567']

/** As if another person had done what this one has just done at the shell. */
async function byAnother(): Promise<void> {
  await database.query(sql`update settlements set proposed_by = 'cli:ann' where state = 'proposed'`)
  await database.query(sql`update merchant_bank_details set entered_by = 'cli:ann' where state = 'entered'`)
}

async function idOf(key: 'payout' | 'bankDetails', ...argv: readonly string[]): Promise<string> {
  const { json } = await scripJson(...argv)
  return (json[key] as { id: string }).id
}

/** A merchant without bank details that an issuer owes 100 shillings. */
async function owing() {
  const issuer = await world.company(1_000n)
  const { code, tills } = await world.merchant()
  await world.redeem(issuer, { code, till: tills[0] ?? '' }, 100n)
  return { code, partnerId: issuer.partnerId }
}

test('bank details are entered, looked at, and confirmed or rejected by another person', async () => {
  const { code } = await owing()
  const enter = ['merchant', 'bank-details', 'enter', code, 'kes', ...bank]
  const rejected = await idOf('bankDetails', ...enter)
  await byAnother()
  const reason = ['--reason', 'not theirs']
  expect((await scripJson('merchant', 'bank-details', 'reject', rejected, ...reason)).json).toMatchObject({
    repeated: false,
    bankDetails: { state: 'rejected' },
  })
  expect((await scrip('merchant', 'bank-details', 'reject', rejected, ...reason)).out).toContain('before')
  const id = await idOf('bankDetails', ...enter)
  expect(await scripJson('merchant', 'bank-details', 'confirm', id)).toMatchObject({
    code: 1,
    json: { error: { code: 'second_person_required' } },
  })
  await byAnother()
  expect((await scripJson('merchant', 'bank-details', 'confirm', id)).json).toMatchObject({
    repeated: false,
    bankDetails: { state: 'confirmed', currency: 'KES' },
  })
  expect((await scrip('merchant', 'bank-details', 'confirm', id)).out).toContain('before')
  const listed = await scrip('merchant', 'bank-details', 'list', '--merchant', code)
  expect(listed.out).toContain('••••4567')
  expect(listed.out).not.toContain('2031234567')
  expect((await scrip('merchant', 'bank-details', 'show', id)).out).toContain('2031234567')
})

test('a payout is proposed, approved by another person, and sent back', async () => {
  const { code, partnerId } = await owing()
  const propose = ['merchant', 'payout', 'propose', code, partnerId, '60', 'KES', '--reference', 'p-1']
  expect(await scripJson(...propose)).toMatchObject({
    code: 1,
    json: { error: { code: 'bank_account_not_found' } },
  })
  await idOf('bankDetails', 'merchant', 'bank-details', 'enter', code, 'KES', ...bank)
  await byAnother()
  const waiting = await scripJson('merchant', 'bank-details', 'list', '--state', 'entered')
  const [{ id: details } = { id: '' }] = waiting.json['bankDetails'] as { id: string }[]
  await scripJson('merchant', 'bank-details', 'confirm', details)

  const payout = await idOf('payout', ...propose)
  expect((await scripJson(...propose)).json).toMatchObject({ repeated: true, payout: { id: payout } })
  expect((await scripJson('merchant', 'owed', code)).json).toMatchObject({
    owed: [{ merchant: code, partnerId, currency: 'KES', owed: '100', proposed: '60' }],
  })
  expect((await scrip('merchant', 'payout', 'approve', payout)).err).toContain('second person')
  await byAnother()
  expect((await scrip('merchant', 'payout', 'approve', payout)).out).toContain('It is approved.')
  expect((await scrip('merchant', 'payout', 'approve', payout)).out).toContain('nothing was changed')
  expect((await scripJson('merchant', 'owed', '--partner', partnerId)).json).toMatchObject({
    owed: [{ owed: '40', proposed: '0' }],
  })

  const back = ['--reference', 'back-1', '--note', 'account closed']
  const returned = await idOf('payout', 'merchant', 'payout', 'propose-return', payout, ...back)
  await byAnother()
  expect((await scripJson('merchant', 'payout', 'approve', returned)).json).toMatchObject({
    payout: { kind: 'return', state: 'approved', amount: '60', payoutId: payout },
  })
  expect((await scripJson('merchant', 'payout', 'show', payout)).json).toMatchObject({
    payout: { state: 'returned', reference: 'p-1' },
  })
  expect((await scrip('merchant', 'payout', 'show', returned)).out).toContain('account closed')

  const again = await idOf('payout', ...propose.slice(0, -1), 'p-2')
  await byAnother()
  const reject = ['merchant', 'payout', 'reject', again, '--reason', 'wrong month']
  expect((await scrip(...reject)).out).toContain('It is rejected.')
  const states = async (...filter: string[]) => {
    const { json } = await scripJson('merchant', 'payout', 'list', '--merchant', code, ...filter)
    return (json['payouts'] as { state: string }[]).map(({ state }) => state)
  }
  expect(await states()).toEqual(['rejected', 'approved', 'returned'])
  expect(await states('--state', 'returned', '--partner', partnerId)).toEqual(['returned'])
  expect((await scrip('merchant', 'payout', 'list', '--limit', '1')).out).toContain('--after')
})

test('a statement is shown page by page, and written whole as CSV and PDF', async () => {
  const issuer = await world.company(1_000n)
  const merchant = await world.merchantWithBank()
  await world.redeem(issuer, merchant, 100n)
  await world.pay(issuer, merchant, 60n)
  const ask = ['merchant', 'statement', merchant.code, issuer.partnerId, 'KES', '--from', '2020-01-01']
  const first = await scripJson(...ask, '--limit', '1')
  expect(first.json).toMatchObject({
    statement: { opening: '0', closing: '40', lineCount: 2 },
    lines: [{ number: 1, kind: 'redemption', amount: '100', balanceAfter: '100' }],
  })
  const second = await scrip(...ask, '--limit', '1', '--after', String(first.json['nextCursor']))
  expect(second.out).toContain('-60')
  expect(second.out).toContain('Closing balance')

  const [csv, pdf] = [join(dir, 'statement.csv'), join(dir, 'statement.pdf')]
  expect((await scripJson(...ask, '--output', csv)).json).toMatchObject({ file: csv })
  const lines = (await readFile(csv, 'utf8')).trimEnd().split('\r\n')
  expect(lines).toHaveLength(5)
  expect(lines[0]).toBe('number,at,kind,description,amount,balance')
  expect(lines[1]).toMatch(/^,2020-01-01T00:00:00\.000Z,opening balance,,,0$/)
  expect(lines[2]).toMatch(/^1,[^,]+,redemption,Receipt [^,]+,100,100$/)
  expect(lines[3]).toMatch(/^2,[^,]+,payout,Payout payout \d+,-60,40$/)
  expect(lines[4]).toMatch(/closing balance,,,40$/)
  expect((await scrip(...ask, '--output', pdf)).out).toContain(pdf)
  expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-')
  expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([])
})

test.each([
  [['merchant', 'owed', 'nobody'], 1],
  [['merchant', 'owed', '--at', 'soon'], 2],
  [['merchant', 'statement', 'nobody', '1', 'KES', '--from', '2020-01-01'], 1],
  [['merchant', 'statement', 'nobody', '1', 'KES', '--from', '2020-01-01', '--output', 'a.txt'], 2],
  [['merchant', 'statement', 'nobody', '1', 'KES'], 2],
  [['merchant', 'payout', 'propose', 'nobody', '1', '-5', 'KES', '--reference', 'x'], 2],
  [['merchant', 'payout', 'approve', '0199a1b2-0000-7000-8000-000000000000'], 1],
  [['merchant', 'payout', 'reject', '0199a1b2-0000-7000-8000-000000000000'], 2],
  [['merchant', 'payout', 'show', '0199a1b2-0000-7000-8000-000000000000'], 1],
  [['merchant', 'payout', 'list', '--state', 'lost'], 2],
  [['merchant', 'bank-details', 'enter', 'nobody', 'KES', ...bank], 1],
  [['merchant', 'bank-details', 'show', '0199a1b2-0000-7000-8000-000000000000'], 1],
])('refuses %j', async (args, code) => {
  expect((await scrip(...args)).code).toBe(code)
})
