import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fundedWallet } from '../../../test/books.ts'
import { account, createFundingWorld, csvStatement } from '../../../test/funding-world.ts'
import { unit } from '../../../test/world.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { BankLineId, PartnerId } from '../../values/ids.ts'
import { assignLine, ignoreLine } from './assign-line.ts'
import { bookStatement } from './book-line.ts'
import { cancelFunding } from './cancel-funding.ts'
import { findFunding } from './find-funding.ts'
import { importBankStatement } from './import-bank-statement.ts'
import { recordIncoming } from './record-incoming.ts'

const { database, url, folder, freshReference, request, importText, linesOf, balanceOf, book } =
  await createFundingWorld()

type Wallet = Awaited<ReturnType<typeof fundedWallet>>

async function eventsOf(partnerId: PartnerId) {
  return database.query<{ type: string; details: Record<string, unknown> }>(
    sql`select type, details from events where partner_id = ${partnerId} order by id`,
  )
}

describe('a line of a statement', () => {
  test('is matched by the payment reference, and booked by another person, once, with its event', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const typed = funding.paymentReference.toLowerCase().replace(/(.{4})/g, '$1 ')
    const result = await importText(
      csvStatement([{ amount: '99.5', reference: freshReference(), text: `pay ${typed} ok` }]),
    )
    const [line] = await linesOf(result)
    if (line === undefined) throw new Error('The line is lost.')
    expect(line).toMatchObject({
      state: 'matched',
      walletId: wallet.id,
      fundingId: funding.id,
      matchedBy: 'system',
    })
    expect(await balanceOf(wallet)).toBe(0n)
    await expect(book(line.id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
    expect(await book(line.id)).toMatchObject({ repeated: false })
    expect(await book(line.id)).toMatchObject({ repeated: true })
    expect(await balanceOf(wallet)).toBe(99_500_000n)
    expect(await findFunding(database, wallet.partnerId, funding.reference)).toMatchObject({
      state: 'funded',
      fundedAmount: 99_500_000n,
    })
    expect(await eventsOf(wallet.partnerId)).toMatchObject([
      {
        type: 'wallet.funded',
        details: { amount: '99500000', currency: 'USD', reference: funding.reference },
      },
    ])
    await expect(
      database.inTransaction((tx) =>
        cancelFunding(tx, { partnerId: wallet.partnerId, reference: funding.reference, actor: 'partner' }),
      ),
    ).rejects.toMatchObject({ code: 'decided_otherwise' })
  })

  test('is booked though its request was cancelled: the money is there', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet, unit, 'late')
    await database.inTransaction((tx) =>
      cancelFunding(tx, { partnerId: wallet.partnerId, reference: 'late', actor: 'partner' }),
    )
    const [line] = await linesOf(
      await importText(
        csvStatement([{ amount: '1', reference: freshReference(), text: funding.paymentReference }]),
      ),
    )
    if (line !== undefined) await book(line.id)
    expect(await balanceOf(wallet)).toBe(unit)
  })

  test('comes once, in the same file, in a file with other lines, and in two that are imported at once', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const first = { amount: '10', reference: freshReference(), text: funding.paymentReference }
    const second = { amount: '10', text: funding.paymentReference }
    const text = csvStatement([first, second, second])
    const once = await importText(text)
    expect(once).toMatchObject({ repeated: false, known: 0 })
    expect(await importText(text)).toMatchObject({ repeated: true })
    const more = { amount: '7', reference: freshReference(), text: funding.paymentReference }
    const others = await Promise.all([
      importText(csvStatement([more, first, second, second])),
      importText(csvStatement([second, more, second, first])),
    ])
    expect(others.map(({ statement }) => Number(statement.lines)).toSorted((a, b) => a - b)).toEqual([0, 1])
    for (const { statement } of [once, ...others])
      await bookStatement(database, { statementId: statement.id, actor: 'bob' })
    expect(await balanceOf(wallet)).toBe(37n * unit)
  })

  test('is booked once by any number of people at once, over several connections', async () => {
    const other = openDatabase({ url, role: 'scrip_app', poolSize: 8 })
    for (let trial = 0; trial < 15; trial += 1) {
      const wallet = await fundedWallet(database, 0n)
      const { funding } = await request(wallet)
      const [line] = await linesOf(
        await importText(
          csvStatement([{ amount: '3', reference: freshReference(), text: funding.paymentReference }]),
        ),
      )
      if (line === undefined) throw new Error('The line is lost.')
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, place) =>
          book(line.id, `person ${place}`, place % 2 === 0 ? database : other),
        ),
      )
      expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
      expect(await balanceOf(wallet)).toBe(3n * unit)
    }
    await other.close()
  })

  test('with the references of two wallets, in another currency, or without any, is nobody’s', async () => {
    const [one, two] = [await fundedWallet(database, 0n), await fundedWallet(database, 0n)]
    const [first, second] = [(await request(one)).funding, (await request(two)).funding]
    const both = `${first.paymentReference} ${second.paymentReference}`
    const result = await importText(
      csvStatement([
        { amount: '1', reference: freshReference(), text: both },
        { amount: '1', text: 'rent' },
        { amount: '-4', text: 'fee' },
      ]),
    )
    expect((await linesOf(result)).map(({ state }) => state)).toEqual(['unmatched', 'unmatched', 'outgoing'])
    const foreign = await importText(csvStatement([{ amount: '1', text: first.paymentReference }], 'EUR'))
    const [line] = await linesOf(foreign)
    expect(line).toMatchObject({ state: 'unmatched' })
    if (line === undefined) return
    await expect(book(line.id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    const assign = (wallet: Wallet) =>
      database.inTransaction((tx) =>
        assignLine(tx, {
          lineId: line.id,
          partnerId: wallet.partnerId,
          walletId: wallet.id,
          note: 'by mail',
          actor: 'cid',
        }),
      )
    await expect(assign(one)).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('that was set aside is never booked', async () => {
    const [line] = await linesOf(await importText(csvStatement([{ amount: '2', text: 'interest' }])))
    if (line === undefined) throw new Error('The line is lost.')
    await database.inTransaction((tx) => ignoreLine(tx, { lineId: line.id, note: 'interest', actor: 'ann' }))
    await expect(book(line.id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    await expect(book(newId<BankLineId>())).rejects.toMatchObject({
      code: 'bank_line_not_found',
    })
  })
})

describe('one transfer in two spellings', () => {
  const mt940 = (paymentReference: string, own: string, bank = '') =>
    `:20:A\n:25:${own}\n:60F:C270130USD0,\n:61:2701310131C10,NTRFNONREF${bank === '' ? '' : `//${bank}`}\n:86:${paymentReference}\n:62F:C270131USD10,\n-}`

  test('is one line where the account is one of ours, and nobody’s until a person has looked where it is not sure', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const reference = freshReference()
    const first = await importText(
      csvStatement([{ amount: '10', reference, text: funding.paymentReference }]),
    )
    await bookStatement(database, { statementId: first.statement.id, actor: 'bob' })
    const again = await importText(
      mt940(funding.paymentReference, `FIRNNGLA/${account.accountNumber}`, reference),
    )
    expect(again).toMatchObject({ known: 1 })
    const nameless = await importText(mt940(funding.paymentReference, account.accountNumber))
    const [line] = await linesOf(nameless)
    expect(line).toMatchObject({ state: 'unmatched', note: expect.stringContaining('Looks like the line') })
    if (line !== undefined) await expect(book(line.id)).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await balanceOf(wallet)).toBe(10n * unit)
  })

  test('is one person’s to look at where both statements come at once', async () => {
    for (let trial = 0; trial < 10; trial += 1) {
      const wallet = await fundedWallet(database, 0n)
      const { funding } = await request(wallet)
      const reference = freshReference()
      const both = await Promise.all([
        importText(csvStatement([{ amount: '10', reference, text: funding.paymentReference }])),
        importText(mt940(funding.paymentReference, account.accountNumber, `OTHER${reference}`)),
      ])
      const lines = (await Promise.all(both.map(linesOf))).flat()
      expect(lines.map(({ state }) => state).toSorted()).toEqual(['matched', 'unmatched'])
    }
  })

  test('of two that are equal in one statement, both are booked', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const line = { amount: '4', text: funding.paymentReference }
    const { statement } = await importText(csvStatement([line, line]))
    expect(await bookStatement(database, { statementId: statement.id, actor: 'bob' })).toEqual({
      booked: 2,
      left: 0,
      byAnother: 0,
    })
  })
})

describe('a statement', () => {
  test('with many lines of another, in the opposite order and at once, waits and does not fail', async () => {
    const lines = Array.from({ length: 5_000 }, (_, place) => ({ amount: '1', reference: `CROSS${place}` }))
    for (let trial = 0; trial < 2; trial += 1) {
      const own = lines.map((line) => ({ ...line, reference: `${line.reference}-${trial}` }))
      const both = await Promise.all([
        importText(csvStatement(own)),
        importText(csvStatement(own.toReversed())),
      ])
      expect(both.reduce((sum, { statement }) => sum + statement.lines, 0n)).toBe(5_000n)
    }
  })

  test('is booked but for the lines that a person has matched, which another person books one by one', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const lines = [
      { amount: '1', reference: freshReference(), text: 'no word' },
      { amount: '2', reference: freshReference(), text: funding.paymentReference },
    ]
    const result = await importText(csvStatement(lines))
    const first = (await linesOf(result)).find(({ state }) => state === 'unmatched')
    if (first === undefined) throw new Error('The line is lost.')
    const owner = { partnerId: wallet.partnerId, walletId: wallet.id, note: 'by mail', actor: 'bob' }
    await database.inTransaction((tx) => assignLine(tx, { lineId: first.id, ...owner }))
    const bookAs = (actor: string) => bookStatement(database, { statementId: result.statement.id, actor })
    await expect(bookAs('ann')).rejects.toMatchObject({ code: 'second_person_required' })
    expect(await bookAs('bob')).toEqual({ booked: 1, left: 1, byAnother: 1 })
    await expect(bookAs('bob')).rejects.toMatchObject({ code: 'second_person_required' })
    expect(await bookAs('cid')).toEqual({ booked: 0, left: 1, byAnother: 0 })
    await book(first.id, 'cid')
    expect(await balanceOf(wallet)).toBe(3n * unit)
  })

  test('that takes back what names a payment is for a person to look at, and is nobody’s income', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const [line] = await linesOf(
      await importText(
        csvStatement([{ amount: '-5', reference: freshReference(), text: funding.paymentReference }]),
      ),
    )
    if (line === undefined) throw new Error('The line is lost.')
    expect(line.state).toBe('unmatched')
    const owner = { partnerId: wallet.partnerId, walletId: wallet.id, note: 'x', actor: 'cid' }
    await expect(
      database.inTransaction((tx) => assignLine(tx, { lineId: line.id, ...owner })),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('with a text that cannot be stored is refused', async () => {
    const text = ':20:A\n:25:1234567\n:60F:C270130USD0,\n:61:270131C1,NTRFA\n:86:a\0b\n:62F:C270131USD1,'
    await expect(importText(text)).rejects.toMatchObject({ code: 'invalid_file' })
  })
})

test('a line that was set aside by mistake comes back', async () => {
  const wallet = await fundedWallet(database, 0n)
  const [line] = await linesOf(
    await importText(csvStatement([{ amount: '11', reference: freshReference() }])),
  )
  if (line === undefined) throw new Error('The line is lost.')
  await database.inTransaction((tx) => ignoreLine(tx, { lineId: line.id, note: 'ours', actor: 'ann' }))
  const owner = { partnerId: wallet.partnerId, walletId: wallet.id, note: 'theirs', actor: 'cid' }
  await database.inTransaction((tx) => assignLine(tx, { lineId: line.id, ...owner }))
  await book(line.id)
  expect(await balanceOf(wallet)).toBe(11n * unit)
})

describe('a transfer that a person has seen', () => {
  const typed = (wallet: Wallet, changes: object = {}) => ({
    account: account.accountNumber,
    bookedOn: '2027-01-31',
    amount: 40n * unit,
    currency: wallet.currency,
    bankReference: freshReference(),
    remittance: '',
    payer: 'Ada',
    actor: 'ann',
    ...changes,
  })

  test('waits for another person, and does not come again with the statement', async () => {
    const wallet = await fundedWallet(database, 0n)
    const { funding } = await request(wallet)
    const order = typed(wallet, { remittance: funding.paymentReference })
    const line = await database.inTransaction((tx) => recordIncoming(tx, order))
    if (line === undefined) throw new Error('The line is lost.')
    expect(line).toMatchObject({ state: 'matched', statementId: undefined })
    await expect(book(line.id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
    await book(line.id)
    expect(await database.inTransaction((tx) => recordIncoming(tx, order))).toBeUndefined()
    const result = await importText(
      csvStatement([
        { amount: '40', reference: order.bankReference, text: `other words ${funding.paymentReference}` },
      ]),
    )
    expect(result).toMatchObject({ known: 1 })
    expect(await balanceOf(wallet)).toBe(40n * unit)
  })

  test.each([
    ['no reference of the bank', { bankReference: '' }],
    ['nothing', { amount: 0n }],
    ['money that went out', { amount: -1n }],
    ['a day that is none', { bookedOn: '2027-02-30' }],
    ['no account', { account: '' }],
    ['a NUL', { remittance: 'a\0b' }],
  ])('with %s is refused', async (_what, changes) => {
    const wallet = await fundedWallet(database, 0n)
    await expect(
      database.inTransaction((tx) => recordIncoming(tx, typed(wallet, changes))),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })
})

describe('a file', () => {
  test.each([
    ['of another currency code', csvStatement([{ amount: '1' }], 'Euro')],
    ['with a bad line at its end', csvStatement([{ amount: '1' }, { amount: 'x' }])],
    ['that is no statement', 'hello'],
    ['of XML with entities', '<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>'],
  ])('%s is refused, and nothing of it is kept', async (_what, text) => {
    const count = () => database.query(sql`select count(*) from bank_lines`)
    const before = await count()
    await expect(importText(text)).rejects.toMatchObject({ code: 'invalid_file' })
    expect(await count()).toEqual(before)
  })

  test('that is not there, or is a folder, is refused', async () => {
    for (const path of [join(folder, 'nothing.csv'), folder])
      await expect(importBankStatement(database, { path, actor: 'ann' })).rejects.toMatchObject({
        code: 'invalid_file',
      })
  })

  test('of many lines is written once, in blocks', async () => {
    const lines = Array.from({ length: 5_000 }, (_, place) => ({ amount: '1', reference: `MANY${place}` }))
    const seen: number[] = []
    const path = join(folder, 'many.csv')
    await writeFile(path, csvStatement(lines))
    const result = await importBankStatement(database, {
      path,
      actor: 'ann',
      onProgress: (done) => seen.push(done),
    })
    expect(result.statement.lines).toBe(5_000n)
    expect(seen).toEqual([2_000, 4_000, 5_000])
    expect(result.states).toEqual([{ state: 'unmatched', count: 5_000n }])
  })
})
