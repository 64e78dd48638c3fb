import { findWallet } from '../../../core/ledger/find-wallet.ts'
import type { WalletEntry } from '../../../core/ledger/ledger.ts'
import { listWalletEntries } from '../../../core/ledger/list-wallet-entries.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import type { WalletId } from '../../../values/ids.ts'
import type { Page } from '../../../values/page.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { entryHead, orderHead, toEntryRow, toOrderRows } from '../mapping/files.ts'
import { toId, readInstant } from '../mapping/shared.ts'
import { EntriesFileQuery, OrdersFileQuery } from '../wire/partner.ts'
import { Content, IdPath, refusals } from '../wire/shared.ts'
import { forPartner, partnerOf } from './access.ts'
import { sendTable } from './send-table.ts'

const shared = { tags: ['Files'] }

/**
 * GET /files/orders                orders as CSV or XLSX, without codes
 * GET /files/wallets/{id}/entries  a wallet's statement
 */
export function fileRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const orders = {
    ...shared,
    summary: 'Orders as a file',
    description: `A row an item, newest first, without codes; at most ${rowsMost.toLocaleString('en')} rows.`,
    querystring: OrdersFileQuery,
    response: { 200: Content, ...refusals(401, 403, 422) },
  }
  app.get('/files/orders', { ...forPartner('read'), schema: orders }, (request, reply) => {
    const partnerId = partnerOf(request)
    const { format, status, from, to } = request.query
    const filters = {
      status,
      from: readInstant(from, 'from'),
      to: readInstant(to, 'to'),
    }
    const rows = tableOf(orderHead, toOrderRows, (cursor) =>
      listOrders(database, keyRing, partnerId, filters, { cursor, limit: pageSize }),
    )
    return sendTable(reply, 'orders', format, rows)
  })

  const entries = {
    ...shared,
    summary: 'A wallet’s statement as a file',
    params: IdPath,
    querystring: EntriesFileQuery,
    response: { 200: Content, ...refusals(401, 403, 404, 422) },
  }
  app.get(
    '/files/wallets/:id/entries',
    { ...forPartner('read'), schema: entries },
    async (request, reply) => {
      const partnerId = partnerOf(request)
      const walletId = toId<WalletId>(request.params.id, 'wallet_not_found')
      // Before the file begins: what is wrong later can only cut it off.
      const { code } = await findWallet(database, partnerId, walletId)
      const rows = tableOf(
        entryHead,
        (entry: WalletEntry) => [toEntryRow(entry)],
        (cursor) => listWalletEntries(database, partnerId, walletId, { cursor, limit: pageSize }),
      )
      return sendTable(reply, `statement-${code}`, request.query.format, rows)
    },
  )
}

const pageSize = 500
const rowsMost = 500_000

/** Page by page, so that few rows are in memory at a time. */
async function* tableOf<Row>(
  head: readonly string[],
  write: (row: Row) => readonly (readonly string[])[],
  read: (cursor: string | undefined) => Promise<Page<Row>>,
): AsyncGenerator<readonly string[]> {
  yield head
  let cursor: string | undefined
  for (let written = 0; written < rowsMost;) {
    const page = await read(cursor)
    for (const row of page.rows.flatMap(write)) {
      written += 1
      yield row
    }
    cursor = page.nextCursor
    if (cursor === undefined) return
  }
}
