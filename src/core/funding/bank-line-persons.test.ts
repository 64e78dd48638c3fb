import { expect, test } from 'vitest'
import { fundedWallet } from '../../../test/books.ts'
import { createFundingWorld, csvStatement } from '../../../test/funding-world.ts'
import { unit } from '../../../test/world.ts'
import { sql, violatedConstraint } from '../../platform/database.ts'
import { assignLine, ignoreLine } from './assign-line.ts'
import { bookLine } from './book-line.ts'

const { database, freshReference, importText, linesOf, balanceOf, book } = await createFundingWorld()

type Wallet = Awaited<ReturnType<typeof fundedWallet>>

test('a line that a person has assigned is booked by neither that person nor who brought it', async () => {
  const wallet = await fundedWallet(database, 0n)
  const [line] = await linesOf(
    await importText(csvStatement([{ amount: '8', reference: freshReference(), text: 'no word' }])),
  )
  if (line === undefined) throw new Error('The line is lost.')
  const assign = { lineId: line.id, partnerId: wallet.partnerId, walletId: wallet.id, actor: 'cid' }
  await expect(
    database.inTransaction((tx) => assignLine(tx, { ...assign, note: ' ' })),
  ).rejects.toMatchObject({ code: 'validation_failed' })
  await database.inTransaction((tx) => assignLine(tx, { ...assign, note: 'by mail' }))
  for (const actor of ['ann', 'cid'])
    await expect(book(line.id, actor)).rejects.toMatchObject({ code: 'second_person_required' })
  // The table says so, too, whatever the code does.
  const forced = database.query(
    sql`update bank_lines set state = 'booked', booked_by = 'cid' where id = ${line.id}`,
  )
  expect(violatedConstraint(await forced.catch((error: unknown) => error))).toBe(
    'bank_lines_no_matcher_books',
  )
  await book(line.id)
  expect(await balanceOf(wallet)).toBe(8n * unit)
  await expect(
    database.inTransaction((tx) => assignLine(tx, { ...assign, note: 'again' })),
  ).rejects.toMatchObject({ code: 'decided_otherwise' })
  await expect(
    database.inTransaction((tx) => ignoreLine(tx, { lineId: line.id, note: 'again', actor: 'cid' })),
  ).rejects.toMatchObject({ code: 'decided_otherwise' })
})

test('a line whose owner is another since the booker has seen it is not booked', async () => {
  const [seen, sly] = [await fundedWallet(database, 0n), await fundedWallet(database, 0n)]
  const [line] = await linesOf(
    await importText(csvStatement([{ amount: '17', reference: freshReference() }])),
  )
  if (line === undefined) throw new Error('The line is lost.')
  const assign = ({ partnerId, id: walletId }: Wallet, actor: string) =>
    database.inTransaction((tx) =>
      assignLine(tx, { lineId: line.id, partnerId, walletId, note: 'by mail', actor }),
    )
  const bookInto = ({ id: walletId }: Wallet) =>
    database.inTransaction((tx) => bookLine(tx, { lineId: line.id, walletId, actor: 'bob' }))
  await assign(seen, 'mal')
  await assign(sly, 'eve')
  await expect(bookInto(seen)).rejects.toMatchObject({ code: 'decided_otherwise' })
  expect([await balanceOf(seen), await balanceOf(sly)]).toEqual([0n, 0n])
  await assign(seen, 'mal')
  expect(await bookInto(seen)).toMatchObject({ repeated: false })
  expect(await bookInto(seen)).toMatchObject({ repeated: true })
  await expect(bookInto(sly)).rejects.toMatchObject({ code: 'decided_otherwise' })
  expect([await balanceOf(seen), await balanceOf(sly)]).toEqual([17n * unit, 0n])
})

test('whoever ever said whose a line is cannot book it, even where another has said something else since', async () => {
  const wallet = await fundedWallet(database, 0n)
  const [line] = await linesOf(
    await importText(csvStatement([{ amount: '13', reference: freshReference() }])),
  )
  if (line === undefined) throw new Error('The line is lost.')
  const owner = { lineId: line.id, partnerId: wallet.partnerId, walletId: wallet.id, note: 'by mail' }
  await database.inTransaction((tx) => assignLine(tx, { ...owner, actor: 'mal' }))
  await database.inTransaction((tx) => assignLine(tx, { ...owner, actor: 'eve' }))
  const bookBy = (actor: string) =>
    database.inTransaction((tx) => bookLine(tx, { lineId: line.id, walletId: wallet.id, actor }))
  for (const actor of ['mal', 'eve'])
    await expect(bookBy(actor)).rejects.toMatchObject({ code: 'second_person_required' })
  await bookBy('bob')
  expect(await balanceOf(wallet)).toBe(13n * unit)
})
