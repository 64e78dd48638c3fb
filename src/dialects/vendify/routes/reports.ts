import type { FastifyRequest } from 'fastify'
import { listContacts } from '../../../core/contacts/list-contacts.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import type { Order } from '../../../core/orders/order.ts'
import { summariseSales } from '../../../core/sales/summarise-sales.ts'
import { listCountries } from '../../../platform/countries.ts'
import { Failure } from '../../../values/failure.ts'
import type { PartnerId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { readDays } from '../mapping/days.ts'
import type { Days } from '../mapping/days.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { toStatusWord } from '../mapping/orders.ts'
import { isUsed, toHistoryRow, toSummaryRow } from '../mapping/reports.ts'
import { refusals, success } from '../wire/envelope.ts'
import { HistoryQuery, HistoryReply, SummaryQuery, SummaryReply } from '../wire/reports.ts'
import type { HistoryRow, SummaryRow } from '../wire/reports.ts'
import { signed } from './signed.ts'

const shared = { tags: ['Reports'], security: signed }

/**
 * GET /api/v1/Report/Reseller/TransactionHistory  what was sold, a row an order
 * GET /api/v1/Report/Reseller/TransactionSummary  what was sold, a row a product
 */
export function reportRoutes(app: DialectApp, services: Services): void {
  const history = {
    ...shared,
    summary: 'Transactions, newest first; personal data and codes are masked',
    querystring: HistoryQuery,
    response: { 200: success(HistoryReply), ...refusals(400) },
  }
  app.get('/api/v1/Report/Reseller/TransactionHistory', { schema: history }, async (request) => {
    const days = daysOf(request.query, historyMonthsMost)
    return toSuccess(newIdentity(), await readHistory(services, request, days, request.query.status))
  })

  const summary = {
    ...shared,
    summary: 'Transactions by product',
    querystring: SummaryQuery,
    response: { 200: success(SummaryReply), ...refusals(400) },
  }
  app.get('/api/v1/Report/Reseller/TransactionSummary', { schema: summary }, async (request) => {
    const { query, caller } = request
    const days = daysOf(query, summaryMonthsMost)
    return toSuccess(newIdentity(), await summaryRows(services, caller.partner.id, days, query))
  })
}

/** More than an answer can hold is refused. Throws Failure date_range_too_wide. */
async function readHistory(
  services: Services,
  { caller }: FastifyRequest,
  days: Days,
  status: HistoryQuery['status'],
): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = []
  let pages = 0
  for await (const page of historyPages(services, caller.partner.id, days, status)) {
    rows.push(...page)
    pages += 1
    // What is left out costs as much to read as what is told.
    if (rows.length > rowsMost || pages > pagesMost) throw new Failure('date_range_too_wide')
  }
  return rows
}

/** The rows of a history, page by page, newest first: no statement is large, however long the time. */
export async function* historyPages(
  { database, keyRing }: Pick<Services, 'database' | 'keyRing'>,
  partnerId: PartnerId,
  { from, until }: Days,
  status: HistoryQuery['status'],
): AsyncGenerator<HistoryRow[]> {
  // The list's last instant is included, to the second.
  const filters = { dialect: 'vendify', from, to: new Date(until.getTime() - 1_000) }
  let cursor: string | undefined
  do {
    const page = await listOrders(database, keyRing, partnerId, filters, { cursor, limit: pageRows })
    const wanted = page.rows.filter((order) => isListed(order, status))
    const contacts = await listContacts(
      database,
      partnerId,
      wanted.map(({ id }) => id),
    )
    yield wanted.map((order) => toHistoryRow(order, contacts.get(order.id)))
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

/** The rows of a summary. */
export async function summaryRows(
  { database }: Pick<Services, 'database'>,
  partnerId: PartnerId,
  days: Days,
  query: SummaryQuery,
): Promise<SummaryRow[]> {
  const sums = await summariseSales(database, { partnerId, dialect: 'vendify', ...days })
  return sums.map((sum) => toSummaryRow(sum, countryNames(), query))
}

/** By alpha-2 code. */
function countryNames(): ReadonlyMap<string, string> {
  names ??= new Map(listCountries().map((country) => [country.code, country.names.en]))
  return names
}

let names: ReadonlyMap<string, string> | undefined

function isListed(order: Order, status: HistoryQuery['status']): boolean {
  if (toStatusWord(order.status) !== 'SUCCESS') return false
  return status === 'all' || isUsed(order) === (status === 'used')
}

/** Throws Failure validation_failed, date_range_too_wide. */
export function daysOf(query: Pick<SummaryQuery, 'fromDate' | 'toDate'>, monthsMost: number): Days {
  const days = readDays(query, monthsMost)
  if (days === 'too_wide')
    throw new Failure('date_range_too_wide', {
      sentence: `The report may cover at most ${monthsMost} months.`,
    })
  if ('from' in days) return days
  throw new Failure('validation_failed', { fields: days })
}

const historyMonthsMost = 2
const summaryMonthsMost = 24
const pageRows = 500
const rowsMost = 20_000
const pagesMost = 100
