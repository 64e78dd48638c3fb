import { Readable } from 'node:stream'
import { createExport } from '../../../core/exports/create-export.ts'
import { findExport } from '../../../core/exports/find-export.ts'
import { toCsvLine, toWorkbook } from '../../../platform/spreadsheets.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { refusals, success } from '../wire/envelope.ts'
import { ExportBody, ExportQuery, ExportQueued, HistoryRow, SummaryRow } from '../wire/reports.ts'
import { daysOf, historyPages, summaryRows } from './reports.ts'
import { signed } from './signed.ts'

/**
 * POST /api/v1/Report/Reseller/Export  mails a link to a report to the account's administrator
 * GET  /Export?token=…                 the report, made while it is read
 */
export function exportRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const create = {
    tags: ['Reports'],
    security: signed,
    summary: 'A report of any range as a file',
    description: 'A link to it is mailed to the account’s administrator.',
    body: ExportBody,
    response: { 200: success(ExportQueued), ...refusals(400) },
  }
  app.post('/api/v1/Report/Reseller/Export', { schema: create }, async (request) => {
    const { body, caller } = request
    daysOf(body, Infinity)
    const { report, fromDate, toDate, status = 'all', format } = body
    // On a host of its own the dialect begins at the root.
    const mount = request.originalUrl.startsWith('/vendify') ? '/vendify' : ''
    const origin = `${request.protocol}://${request.host}${mount}`
    const exportId = await database.inTransaction((tx) =>
      createExport(
        tx,
        { keyRing, renderer },
        {
          partner: caller.partner,
          dialect: 'vendify',
          request: { report, fromDate, toDate, status, format } satisfies ExportBody,
          title: `${report}, ${fromDate} to ${toDate}`,
          actor: `credential:${caller.credentialId}`,
          urlOf: (token) => `${origin}/export?token=${token}`,
        },
      ),
    )
    return toSuccess(newIdentity(), { exportId, status: 'QUEUED' as const })
  })

  const read = { hide: true, querystring: ExportQuery } as const
  app.get('/Export', { schema: read, config: { open: true } }, async (request, reply) => {
    const found = await findExport(database, 'vendify', request.query.token)
    if (found === undefined)
      throw new Failure('route_not_found', { sentence: 'This link has ended, or never was.' })
    const body = found.request as ExportBody // Written by the route above alone.
    const rows = rowsOf(services, found.partnerId, body)
    const name = `${body.report}-${body.fromDate}-${body.toDate}.${body.format}`
    void reply.header('content-disposition', `attachment; filename="${name}"`)
    if (body.format === 'xlsx') {
      const sheet: (readonly string[])[] = []
      for await (const row of rows) {
        if (sheet.length > sheetRowsMost)
          throw new Failure('date_range_too_wide', {
            sentence: `A workbook has at most ${sheetRowsMost} rows; ask for csv.`,
          })
        sheet.push(row)
      }
      return reply.type(workbookType).send(toWorkbook(sheet))
    }
    return reply.type('text/csv; charset=utf-8').send(Readable.from(linesOf(rows)))
  })
}

async function* linesOf(rows: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const row of rows) yield toCsvLine(row)
}

/** The head of the table, then its rows, a page in memory at a time. */
async function* rowsOf(
  services: Services,
  partnerId: PartnerId,
  body: ExportBody,
): AsyncGenerator<readonly string[]> {
  const days = daysOf(body, Infinity)
  if (body.report === 'TransactionSummary') {
    const names = Object.keys(SummaryRow.properties)
    yield names
    for (const row of await summaryRows(services, partnerId, days, body)) yield cellsOf(row, names)
    return
  }
  const names = Object.keys(HistoryRow.properties)
  yield names
  for await (const page of historyPages(services, partnerId, days, body.status ?? 'all'))
    for (const row of page) yield cellsOf(row, names)
}

function cellsOf(row: Readonly<Record<string, string>>, names: readonly string[]): string[] {
  return names.map((name) => row[name] ?? '')
}

const renderer = openRenderer()
const sheetRowsMost = 100_000
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
