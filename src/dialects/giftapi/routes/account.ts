import { findWallet } from '../../../core/ledger/find-wallet.ts'
import { listWalletEntries } from '../../../core/ledger/list-wallet-entries.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toBalance, toBalanceEntry, toPartner } from '../mapping/account.ts'
import { toMeta } from '../mapping/envelope.ts'
import { BalanceHistoryQuery, BalanceHistoryReply, BalanceReply, MeReply } from '../wire/account.ts'
import { refusals } from '../wire/envelope.ts'

const shared = { tags: ['Account'], security: [{ partnerToken: [] }] }

/**
 * GET /me               who calls, and the balance
 * GET /balance          the balance of the wallet that pays
 * GET /balance/history  what changed it, newest first
 */
export function accountRoutes(app: DialectApp, { database }: Services): void {
  app.get(
    '/me',
    { schema: { ...shared, summary: 'The partner', response: { 200: MeReply, ...refusals() } } },
    async (request) => {
      const { partner, defaultWallet } = request.caller
      const wallet = await findWallet(database, partner.id, defaultWallet.id)
      return { success: true as const, data: { partner: toPartner(partner, wallet) } }
    },
  )

  app.get(
    '/balance',
    { schema: { ...shared, summary: 'The balance', response: { 200: BalanceReply, ...refusals() } } },
    async (request) => {
      const { partner, defaultWallet } = request.caller
      return {
        success: true as const,
        data: toBalance(await findWallet(database, partner.id, defaultWallet.id)),
      }
    },
  )

  const history = {
    ...shared,
    summary: 'Balance transaction history',
    querystring: BalanceHistoryQuery,
    response: { 200: BalanceHistoryReply, ...refusals(422) },
  }
  app.get('/balance/history', { schema: history }, async (request) => {
    const { partner, defaultWallet } = request.caller
    const { cursor, per_page: perPage = 50 } = request.query
    const page = await listWalletEntries(database, partner.id, defaultWallet.id, { cursor, limit: perPage })
    return { success: true as const, data: page.rows.map(toBalanceEntry), meta: toMeta(page, perPage) }
  })
}
