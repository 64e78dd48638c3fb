import { openDatabase, sql } from '../platform/database.ts'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { proveBooks } from '../../test/books.ts'
import { createCommandLineWorld } from '../../test/command-line-world.ts'
import { scrip, scripJson } from '../../test/command-line.ts'
import { csvStatement } from '../../test/funding-world.ts'
import { unit } from '../../test/world.ts'
import type { TestPartner } from '../../test/world.ts'
import { findWallet } from '../core/ledger/find-wallet.ts'

let world: Awaited<ReturnType<typeof createCommandLineWorld>>
let partner: TestPartner

beforeAll(async () => {
  world = await createCommandLineWorld()
  partner = await world.partner(100n * unit)
  await scripJson('bank', 'account-add', '--currency', 'USD', ...accountOf('2031234567'))
  return () => proveBooks(world.database)
})

function accountOf(number: string): string[] {
  return ['--bank', 'First Bank', '--name', 'Scrip Ltd', '--number', number]
}

async function balance(): Promise<bigint> {
  return (await findWallet(world.database, partner.partnerId, partner.walletId)).balance / unit
}

/** As if another person had done what this one has just done at the shell. */
async function byAnother(table: 'lines' | 'withdrawals' | 'checks'): Promise<void> {
  const statements = {
    lines: sql`update bank_lines set actor = 'cli:ann', matchers = '{}', matched_by = case when matched_by = 'system' then 'system' when matched_by is not null then 'cli:ann' end where state in ('matched', 'unmatched')`,
    withdrawals: sql`update withdrawals set requested_by = 'cli:ann' where state = 'pending_approval'`,
    checks: sql`update identity_checks set submitted_by = 'cli:ann' where state = 'submitted'`,
  }
  await world.database.query(statements[table])
}

describe('money that comes in', () => {
  test('goes from a request over a statement into the wallet, in two persons', async () => {
    const before = await balance()
    const asked = await scripJson('funding', 'request', partner.partnerId, 'USD-1', '50')
    const funding = asked.json['funding'] as { paymentReference: string; reference: string }
    const file = join(world.dir, 'one.csv')
    const lines = [
      { amount: '50', reference: 'FT1', text: funding.paymentReference },
      { amount: '9', reference: 'FT2', text: 'rent' },
    ]
    await writeFile(file, csvStatement(lines))
    const imported = await scripJson('bank', 'import', file)
    expect(imported.json).toMatchObject({ repeated: false, known: 0 })
    expect((await scripJson('bank', 'import', file)).json).toMatchObject({ repeated: true })
    const { id } = imported.json['statement'] as { id: string }
    expect((await scrip('bank', 'book', '--statement', id)).code).toBe(1)
    await byAnother('lines')
    expect((await scripJson('bank', 'book', '--statement', id)).json).toEqual({
      booked: 1,
      left: 0,
      byAnother: 0,
    })
    expect(await balance()).toBe(before + 50n)
    const listed = await scripJson('bank', 'lines', '--state', 'unmatched', '--statement', id)
    const [line] = listed.json['lines'] as { id: string }[]
    await scripJson('bank', 'assign', line?.id ?? '', partner.partnerId, 'USD-1', '--note', 'by mail')
    const booking = ['bank', 'book', line?.id ?? '', partner.partnerId, 'USD-1']
    expect((await scripJson(...booking)).code).toBe(1)
    await byAnother('lines')
    expect((await scripJson('bank', 'book', '--statement', id)).json).toEqual({
      booked: 0,
      left: 1,
      byAnother: 0,
    })
    expect((await scripJson(...booking)).json).toMatchObject({ repeated: false })
    expect(await balance()).toBe(before + 59n)
    expect((await scrip('funding', 'list', partner.partnerId)).out).toContain('funded')
  })

  test('by hand, and what was set aside', async () => {
    const typed = ['--account', '2031234567', '--date', '2027-01-31', '--reference', 'FT9']
    const first = await scripJson('bank', 'receive', '12', 'USD', ...typed)
    expect(first.json).toMatchObject({ repeated: false, line: { state: 'unmatched', amount: '12' } })
    expect((await scripJson('bank', 'receive', '12', 'USD', ...typed)).json).toEqual({ repeated: true })
    const { id } = first.json['line'] as { id: string }
    expect((await scripJson('bank', 'ignore', id, '--note', 'interest')).code).toBe(0)
    expect((await scrip('bank', 'lines', '--state', 'ignored')).out).toContain('interest')
  })

  test('of a live database is not made by saying that it is a sandbox', async () => {
    const database = openDatabase({ url: process.env['DATABASE_URL'] ?? '', poolSize: 1 })
    await database.query(sql`insert into installation (environment) values ('live')`)
    const args = ['wallet', 'credit', partner.partnerId, 'USD-1', '7', '--reference', 'sly']
    const before = await balance()
    const refused = await scripJson(...args)
    await database.query(sql`delete from installation`)
    await database.close()
    expect(refused).toMatchObject({ code: 1, json: { error: { code: 'bad_setting' } } })
    expect(await balance()).toBe(before)
  })

  test('into a live wallet is written down, and another person books it', async () => {
    const before = await balance()
    process.env['SCRIP_ENVIRONMENT'] = 'live'
    const args = ['wallet', 'credit', partner.partnerId, 'USD-1', '7', '--reference', 'cash 1']
    const { json } = await scripJson(...args)
    expect((await scripJson(...args)).json).toEqual({ repeated: true })
    process.env['SCRIP_ENVIRONMENT'] = 'sandbox'
    expect(await balance()).toBe(before)
    const booking = ['bank', 'book', String(json['lineId']), partner.partnerId, 'USD-1']
    const refused = await scripJson(...booking)
    expect(refused).toMatchObject({ code: 1, json: { error: { code: 'second_person_required' } } })
    await byAnother('lines')
    await scripJson(...booking)
    expect(await balance()).toBe(before + 7n)
  })

  test.each([
    [['bank', 'import', '/nowhere/at/all.csv'], 1],
    [['bank', 'import', 'x', '--format', 'pdf'], 2],
    [['bank', 'import', 'x', '--column', 'nothing=Y'], 2],
    [['bank', 'book'], 2],
    [['bank', 'book', '0199a1b2-0000-7000-8000-000000000000'], 2],
    [['bank', 'book', '0199a1b2-0000-7000-8000-000000000000', '1', 'USD-1'], 1],
    [['bank', 'assign', '0199a1b2-0000-7000-8000-000000000000', '1', 'USD-1', '--note', 'x'], 1],
    [['bank', 'account-retire', '0199a1b2-0000-7000-8000-000000000000'], 1],
    [['funding', 'cancel', '1', 'nothing'], 1],
    [['withdrawal', 'approve', '0199a1b2-0000-7000-8000-000000000000'], 1],
    [['kyc', 'show', '0199a1b2-0000-7000-8000-000000000000'], 1],
    [['kyc', 'submit', '1', '--kind', 'dog'], 2],
  ])('refuses %j', async (args, code) => {
    expect((await scrip(...args)).code).toBe(code)
  })
})

test('a withdrawal is asked for, looked at, and approved or rejected by another person', async () => {
  const before = await balance()
  const ask = async (reference: string) => {
    const args = ['withdrawal', 'request', partner.partnerId, 'USD-1', '10', '--reference', reference]
    const { json } = await scripJson(...args, ...accountOf('5551234567'))
    return (json['withdrawal'] as { id: string }).id
  }
  const [one, two] = [await ask('w-1'), await ask('w-2')]
  expect((await scrip('withdrawal', 'approve', one)).err).toContain('second person')
  await byAnother('withdrawals')
  expect((await scripJson('withdrawal', 'destination', one)).json).toMatchObject({
    destination: { accountNumber: '5551234567' },
  })
  expect((await scrip('withdrawal', 'list', '--state', 'pending_approval')).out).not.toContain('5551234567')
  await scripJson('withdrawal', 'approve', one)
  expect((await scripJson('withdrawal', 'approve', one)).json).toMatchObject({ repeated: true })
  await scripJson('withdrawal', 'reject', two, '--reason', 'not theirs')
  expect(await balance()).toBe(before - 10n)
  const listed = await scripJson('withdrawal', 'list', '--partner', partner.partnerId)
  expect((listed.json['withdrawals'] as { state: string }[]).map(({ state }) => state).toSorted()).toEqual([
    'paid',
    'rejected',
  ])
})

test('an identity is submitted, looked at, approved, and a wallet gets an account of its own', async () => {
  const file = join(world.dir, 'register.pdf')
  await writeFile(file, '%PDF-1.7 register')
  const dedicated = [
    'bank',
    'account-assign',
    partner.partnerId,
    'USD-1',
    ...accountOf('DE89370400440532013000'),
  ]
  expect((await scrip(...dedicated)).code).toBe(1)
  const { json } = await scripJson(
    'kyc',
    'submit',
    partner.partnerId,
    '--kind',
    'company',
    '--legal-name',
    'Acme',
    '--officer',
    'Ada',
    '--country',
    'ng',
    '--document',
    file,
  )
  const id = String(json['checkId'])
  const shown = await scripJson('kyc', 'show', id)
  const [document] = shown.json['documents'] as { id: string }[]
  const copy = join(world.dir, 'copy.pdf')
  await scripJson('kyc', 'document', document?.id ?? '', '--to', copy)
  expect(await readFile(copy, 'utf8')).toBe('%PDF-1.7 register')
  expect((await scrip('kyc', 'approve', id)).err).toContain('second person')
  await byAnother('checks')
  await scripJson('kyc', 'reject', id, '--reason', 'too old')
  const again = await scripJson(
    'kyc',
    'submit',
    partner.partnerId,
    '--kind',
    'person',
    '--legal-name',
    'Ada',
    '--officer',
    'Ada',
    '--country',
    'NG',
    '--document',
    file,
  )
  await byAnother('checks')
  await scripJson('kyc', 'approve', String(again.json['checkId']))
  expect((await scrip('kyc', 'list', '--state', 'approved')).out).toContain('Ada')
  expect((await scrip(...dedicated)).code).toBe(0)
  expect((await scrip('bank', 'accounts', partner.partnerId)).out).toContain('DE89370400440532013000')
  expect((await scrip('bank', 'accounts')).out).toContain('2031234567')
})
