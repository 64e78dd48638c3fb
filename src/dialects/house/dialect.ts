import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { events } from './events.ts'
import { accountRoutes } from './routes/account.ts'
import { callRoutes } from './routes/calls.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { disbursementRoutes } from './routes/disbursements.ts'
import { fileRoutes } from './routes/files.ts'
import { goodsRoutes } from './routes/goods.ts'
import { identityRoutes } from './routes/identity.ts'
import { operatorApprovalRoutes } from './routes/operator-approvals.ts'
import { operatorBookRoutes } from './routes/operator-books.ts'
import { operatorCaseRoutes } from './routes/operator-cases.ts'
import { operatorMerchantRoutes } from './routes/operator-merchants.ts'
import { operatorMoneyRoutes } from './routes/operator-money.ts'
import { operatorPartnerRoutes } from './routes/operator-partners.ts'
import { operatorPriceRoutes } from './routes/operator-prices.ts'
import { operatorSaleRoutes } from './routes/operator-sales.ts'
import { operatorSettlementRoutes } from './routes/operator-settlements.ts'
import { operatorStockRoutes } from './routes/operator-stock.ts'
import { operatorSystemRoutes } from './routes/operator-system.ts'
import { keyRoutes } from './routes/keys.ts'
import { orderRoutes } from './routes/orders.ts'
import { overviewRoutes } from './routes/overview.ts'
import { peopleRoutes } from './routes/people.ts'
import { reportRoutes } from './routes/reports.ts'
import { walletRoutes } from './routes/wallets.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** Our own API, which the portal and the console speak. */
export const house: Dialect = {
  name: 'house',
  title: 'Scrip API',
  description: [
    'What the portal and the console are made of, for programs too.',
    '',
    'A program shows `Authorization: Bearer <API key>`; a key reads, and with the scope `write` it buys. A person signs in and has a cookie; calls that',
    'change something must come from our own pages (`Origin`). Amounts are texts of major units, exact to six digits. Lists are paged: `next_cursor`',
    'leads on. Refusals are problems (RFC 9457) whose `code` stays. A repeated `Idempotency-Key` (orders, fundings, withdrawals) answers the first.',
  ].join('\n'),
  mountPath: '/api/v1',
  maskedFields: [
    'password',
    'old_password',
    'new_password',
    'code',
    'codes',
    'pin',
    'serial',
    'url',
    'lpa',
    'token',
    'secret',
    'address',
    'recovery_codes',
    'private_key',
    'encryption_key',
    'account_number',
    'content',
    'legal_name',
    'officer_name',
    'officer_birth_date',
    'registration_number',
  ],
  securitySchemes: {
    apiKey: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie', name: 'scrip_portal' },
  },
  authenticate,
  routes(app, services) {
    accountRoutes(app, services)
    overviewRoutes(app, services)
    catalogueRoutes(app, services)
    orderRoutes(app, services)
    walletRoutes(app, services)
    fileRoutes(app, services)
    goodsRoutes(app, services)
    reportRoutes(app, services)
    disbursementRoutes(app, services)
    keyRoutes(app, services)
    webhookRoutes(app, services)
    callRoutes(app, services)
    peopleRoutes(app, services)
    identityRoutes(app, services)
    operatorApprovalRoutes(app, services)
    operatorMoneyRoutes(app, services)
    operatorPartnerRoutes(app, services)
    operatorCaseRoutes(app, services)
    operatorSaleRoutes(app, services)
    operatorMerchantRoutes(app, services)
    operatorSettlementRoutes(app, services)
    operatorPriceRoutes(app, services)
    operatorStockRoutes(app, services)
    operatorBookRoutes(app, services)
    operatorSystemRoutes(app, services)
  },
  errorReply,
  events,
}
