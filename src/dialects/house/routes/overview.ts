import { listWallets } from '../../../core/ledger/list-wallets.ts'
import { listOrders } from '../../../core/orders/list-orders.ts'
import { sumDays } from '../../../core/sales/sum-days.ts'
import { printAmount } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toOrder } from '../mapping/orders.ts'
import { toWallet } from '../mapping/partner.ts'
import { OverviewReply } from '../wire/partner.ts'
import { refusals } from '../wire/shared.ts'
import { forPartner, partnerOf, timeZoneOf } from './access.ts'

/** GET /overview  balances, sales of the last 30 days, the newest orders */
export function overviewRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const schema = {
    tags: ['Overview'],
    summary: 'Balances, sales of 30 days, newest orders',
    response: { 200: OverviewReply, ...refusals(401) },
  }
  app.get('/overview', { ...forPartner('read'), schema }, async (request) => {
    const partnerId = partnerOf(request)
    const [wallets, days, recent] = await Promise.all([
      listWallets(database, partnerId),
      sumDays(database, { partnerId, timeZone: timeZoneOf(request), days: 30 }),
      listOrders(database, keyRing, partnerId, {}, { limit: 5 }),
    ])
    return {
      wallets: wallets.map(toWallet),
      sales: days.map(({ day, currency, orders, total }) => ({
        day,
        currency,
        orders,
        total: printAmount(total),
      })),
      recent: recent.rows.map(toOrder),
    }
  })
}
