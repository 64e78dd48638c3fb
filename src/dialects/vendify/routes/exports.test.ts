import { beforeAll, describe, expect, test } from 'vitest'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyClient, VendifyWorld } from '../../../../test/vendify-world.ts'
import { buildExports } from '../../../core/exports/build-exports.ts'
import { forgetExports } from '../../../core/exports/forget-exports.ts'
import type { Report, ReportWriter } from '../../../core/exports/writer.ts'
import { showMessage } from '../../../core/messages/show-message.ts'
import { sql } from '../../../platform/database.ts'
import type { Database } from '../../../platform/database.ts'
import type { MessageId } from '../../../values/ids.ts'
import { writeReport } from './exports.ts'

let world: VendifyWorld
let reseller: VendifyClient
const today = new Date().toISOString().slice(0, 10)

beforeAll(async () => {
  world = await createVendifyWorld()
  reseller = await world.reseller()
  await world.stock('AMZ-UK-5', [{ code: 'XCJ-SECRET-UYV' }])
  const body = { productId: world.id('AMZ-UK-5'), faceValue: 5, beneficiaryTelephone: '+2348038030177' }
  expect((await reseller.post('/orders', body)).status).toBe(200)
})

const ask = (more: object = {}, client = reseller): Promise<VendifyAnswer> =>
  client.post('/Report/Reseller/Export', {
    report: 'TransactionHistory',
    fromDate: '2020-01-01',
    toDate: today,
    format: 'csv',
    ...more,
  })

/** As the worker does it, all that waits. */
function build(writer: ReportWriter<Database> = writeReport): Promise<number> {
  const { database, keyRing } = world.app.services
  return buildExports({ database, keyRing, writers: new Map([['vendify', writer]]) })
}

/** The link that was mailed for an export, which is made first. */
async function linkOf(answer: VendifyAnswer): Promise<string> {
  const { database, keyRing } = world.app.services
  const reference = `report:${String(at(answer, 'response.exportId'))}`
  await build()
  const [row] = await database.query<{ id: MessageId; recipient: string }>(
    sql`select id, recipient from messages where reference = ${reference}`,
  )
  if (row === undefined) throw new Error('No mail was written.')
  expect(row.recipient).toMatch(/^reseller-\d+@example\.com$/)
  const { texts } = await database.inTransaction((tx) =>
    showMessage(tx, keyRing, { id: row.id, actor: 'test' }),
  )
  return /http\S+/.exec(texts?.text ?? '')?.[0] ?? ''
}

describe('an export', () => {
  test('of a history is a table of any range, masked as the report is, behind a link in a mail', async () => {
    const answer = await ask()
    expect(at(answer, 'response')).toEqual({ exportId: expect.any(String), status: 'QUEUED' })
    const file = await fetch(await linkOf(answer))
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const [head, row, end] = (await file.text()).split('\r\n')
    expect(head).toMatch(/^transactionReference,transactionDate,voucher,currency,/)
    expect(row).toContain(',XCJ*********UYV,GBP,5.00,USD,6.25,Not Redeemed,')
    expect(row).toContain("'+**********77")
    expect([row?.includes('SECRET'), end]).toEqual([false, ''])
  })

  test('of a summary has a row a product, as a workbook, too', async () => {
    const csv = await (await fetch(await linkOf(await ask({ report: 'TransactionSummary' })))).text()
    expect(csv).toContain('AMZ-UK-5,AMZ-UK-5 card,1,5.00,GBP,United Kingdom,2020-01-01,')
    const book = await fetch(await linkOf(await ask({ report: 'TransactionSummary', format: 'xlsx' })))
    expect(book.headers.get('content-disposition')).toContain('.xlsx')
    expect(
      Buffer.from(await book.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
  })

  test('ends after a week, and cannot be guessed', async () => {
    const link = await linkOf(await ask())
    expect((await fetch(link.replace(/token=.{6}/, 'token=AAAAAA'))).status).toBe(404)
    const { database } = world.app.services
    await database.query(
      sql`update report_exports set created_at = now() - interval '8 days', finished_at = now() - interval '8 days'`,
    )
    await database.query(sql`update report_export_parts set created_at = now() - interval '8 days'`)
    expect((await fetch(link)).status).toBe(404)
    await forgetExports(database)
    expect(await database.query(sql`select id from report_exports`)).toEqual([])
    expect(await database.query(sql`select part from report_export_parts`)).toEqual([])
  })

  test('is queued with the request and mailed when it is made, once, however many make it', async () => {
    const { database } = world.app.services
    const reference = `report:${String(at(await ask(), 'response.exportId'))}`
    expect(await database.query(sql`select id from messages where reference = ${reference}`)).toEqual([])
    const made = await Promise.all([build(), build(), build()])
    expect(made.toSorted((a, b) => a - b)).toEqual([0, 0, 1])
    expect(await build()).toBe(0)
    expect(await database.query(sql`select id from messages where reference = ${reference}`)).toHaveLength(1)
  })

  test('is kept sealed, and its link begins with the configured address, not with the request’s', async () => {
    const { database, publicUrl } = world.app.services
    const asked = await reseller.post(
      '/Report/Reseller/Export',
      { report: 'TransactionHistory', fromDate: '2020-01-01', toDate: today, format: 'csv' },
      { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } },
    )
    const link = await linkOf(asked)
    expect(link.startsWith(`${publicUrl}/vendify/export?token=`)).toBe(true)
    const rows = await database.query<{ ciphertext: Buffer }>(sql`select ciphertext from report_export_parts`)
    expect(rows.length).toBeGreaterThan(0)
    const plain = 'transactionReference'
    for (const { ciphertext } of rows)
      for (const words of [plain, Buffer.from(plain).toString('base64').slice(0, 20)])
        expect(ciphertext.includes(words)).toBe(false)
    const file = await fetch(link)
    expect(Number(file.headers.get('content-length'))).toBe((await file.arrayBuffer()).byteLength)
  })

  test('that broke off is made by a later try, and leaves nothing that stays', async () => {
    const { database } = world.app.services
    const answer = await ask()
    const broken = (): Report => ({
      name: 'x',
      format: 'csv',
      rows: (async function* () {
        // More than a part, so that one is stored.
        yield await Promise.resolve(['x'.repeat(300_000)])
        throw new Error('the database went away')
      })(),
    })
    await expect(build(broken)).rejects.toThrow('1 reports could not be made')
    expect(await build()).toBe(0)
    await database.query(sql`update report_exports set claimed_until = now() - interval '1 second'`)
    expect((await fetch(await linkOf(answer))).status).toBe(200)
    await database.query(sql`update report_export_parts set created_at = now() - interval '2 days'`)
    await forgetExports(database)
    const builds = await database.query(
      sql`select distinct build_id from report_export_parts where export_id::text = ${String(at(answer, 'response.exportId'))}`,
    )
    expect(builds).toHaveLength(1)
  })

  test.each([
    { report: 'Everything' },
    { format: 'pdf' },
    { fromDate: '2020-13-01' },
    { fromDate: today, toDate: '2020-01-01' },
    { status: 'some' },
  ])('is refused for %j', async (more) => {
    const answer = await ask(more)
    expect([answer.status, at(answer, 'response.errorCode')]).toEqual([400, 'INVALID_REQUEST'])
  })
})
