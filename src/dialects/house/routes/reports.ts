import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { sumProducts } from '../../../core/sales/sum-products.ts'
import type { ProductSum } from '../../../core/sales/sale.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toSale } from '../mapping/goods.ts'
import { SalesFileQuery, SalesQuery, SalesReply } from '../wire/goods.ts'
import { Content, refusals } from '../wire/shared.ts'
import { forPartner, partnerOf, timeZoneOf } from './access.ts'
import { sendTable } from './send-table.ts'

const shared = { tags: ['Reports'] }

/**
 * GET /reports/sales  what was bought, by SKU and currency
 * GET /files/sales    the same as CSV or XLSX
 */
export function reportRoutes(app: DialectApp, { database }: Services): void {
  const read = (request: FastifyRequest, from: string, to: string): Promise<ProductSum[]> => {
    const timeZone = timeZoneOf(request)
    return sumProducts(database, { partnerId: partnerOf(request), timeZone, fromDay: from, toDay: to })
  }

  const sales = {
    ...shared,
    summary: 'What was bought, by SKU and currency',
    description:
      'Orders that delivered something, on days of your time zone; whatever cost most comes first.',
    querystring: SalesQuery,
    response: { 200: SalesReply, ...refusals(401, 422) },
  }
  app.get('/reports/sales', { ...forPartner('read'), schema: sales }, async (request) => {
    const { from, to } = request.query
    return { data: (await read(request, from, to)).map(toSale) }
  })

  const file = {
    ...shared,
    summary: 'What was bought, as a file',
    querystring: SalesFileQuery,
    response: { 200: Content, ...refusals(401, 403, 422) },
  }
  app.get('/files/sales', { ...forPartner('read'), schema: file }, async (request, reply) => {
    const { from, to, format } = request.query
    const rows = (await read(request, from, to)).map(toSale)
    const table = [
      ['sku', 'name', 'orders', 'units', 'paid', 'currency'],
      ...rows.map((row) => [
        row.sku,
        row.name,
        String(row.orders),
        String(row.units),
        row.paid,
        row.currency,
      ]),
    ]
    return sendTable(reply, `sales-${from}-${to}`, format, Readable.from(table))
  })
}
