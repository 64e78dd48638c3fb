import { listWallets } from '../../../core/ledger/list-wallets.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toWalletBalance } from '../mapping/account.ts'
import { toSuccess } from '../mapping/envelope.ts'
import { AccountBalance } from '../wire/account.ts'
import { refusals, success } from '../wire/envelope.ts'
import { signed } from './signed.ts'

const shared = { tags: ['Account'], security: signed }

/** GET /api/v1/Report/AccountBalance  the wallets of the account */
export function accountRoutes(app: DialectApp, { database }: Services): void {
  const balance = { ...shared, summary: 'Wallets', response: { 200: success(AccountBalance), ...refusals() } }
  app.get('/api/v1/Report/AccountBalance', { schema: balance }, async (request) => {
    const wallets = await listWallets(database, request.caller.partner.id)
    return toSuccess(newIdentity(), wallets.map(toWalletBalance))
  })
}
