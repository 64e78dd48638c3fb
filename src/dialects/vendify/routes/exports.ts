import { Readable } from 'node:stream'
import { createExport } from '../../../core/exports/create-export.ts'
import { findExport } from '../../../core/exports/find-export.ts'
import { readExport } from '../../../core/exports/read-export.ts'
import type { Report } from '../../../core/exports/writer.ts'
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
 * POST /api/v1/Report/Reseller/Export  has a report made, whose link is mailed to the account's administrator
 * GET  /Export?token=…                 the report, once it is made
 */
export function exportRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, publicUrl } = services
  const create = {
    tags: ['Reports'],
    security: signed,
    summary: 'A report of any range as a file',
    description: 'A link to it is mailed to the account’s administrator when the file is made.',
    body: ExportBody,
    response: { 200: success(ExportQueued), ...refusals(400) },
  }
  app.post('/api/v1/Report/Reseller/Export', { schema: create }, async (request) => {
    const { body, caller } = request
    daysOf(body, Infinity)
    const { report, fromDate, toDate, status = 'all', format } = body
    const exportId = await database.inTransaction((tx) =>
      createExport(tx, {
        partnerId: caller.partner.id,
        dialect: 'vendify',
        request: { report, fromDate, toDate, status, format } satisfies ExportBody,
        title: `${report}, ${fromDate} to ${toDate}`,
        actor: `credential:${caller.credentialId}`,
        link: `${publicUrl}/vendify/export`,
      }),
    )
    return toSuccess(newIdentity(), { exportId, status: 'QUEUED' as const })
  })

  const read = { hide: true, querystring: ExportQuery } as const
  app.get('/Export', { schema: read, config: { open: true } }, async (request, reply) => {
    const file = await findExport(database, 'vendify', request.query.token)
    if (file === undefined)
      throw new Failure('route_not_found', { sentence: 'This link has ended, or never was.' })
    void reply.headers({
      'content-disposition': `attachment; filename="${file.fileName}"`,
      'content-length': String(file.bytes),
      'cache-control': 'private, no-store',
    })
    return reply.type(file.mediaType).send(Readable.from(readExport(database, keyRing, file)))
  })
}

type Parts = Pick<Services, 'database' | 'keyRing'>

/** The report that a request of the route above asks for. */
export function writeReport(parts: Parts, partnerId: PartnerId, request: unknown): Report {
  const body = request as ExportBody // Written by the route above alone.
  const { report, fromDate, toDate, format } = body
  return { name: `${report}-${fromDate}-${toDate}`, format, rows: rowsOf(parts, partnerId, body) }
}

/** The head of the table, then its rows, a page in memory at a time. */
async function* rowsOf(
  parts: Parts,
  partnerId: PartnerId,
  body: ExportBody,
): AsyncGenerator<readonly string[]> {
  const days = daysOf(body, Infinity)
  if (body.report === 'TransactionSummary') {
    const names = Object.keys(SummaryRow.properties)
    yield names
    for (const row of await summaryRows(parts, partnerId, days, body)) yield cellsOf(row, names)
    return
  }
  const names = Object.keys(HistoryRow.properties)
  yield names
  for await (const page of historyPages(parts, partnerId, days, body.status ?? 'all'))
    for (const row of page) yield cellsOf(row, names)
}

function cellsOf(row: Readonly<Record<string, string>>, names: readonly string[]): string[] {
  return names.map((name) => row[name] ?? '')
}
