import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { events } from './events.ts'
import { airtimeRoutes } from './routes/airtime.ts'
import { digitalRoutes } from './routes/digital.ts'
import { giftCardRoutes } from './routes/gift-cards.ts'
import { voucherRoutes } from './routes/vouchers.ts'
import { walletMoneyRoutes } from './routes/wallet-money.ts'
import { walletRoutes } from './routes/wallet.ts'

/** The merchant API: gift cards, airtime and digital products from wallets, with plans and idempotency keys. */
export const iascroft: Dialect = {
  name: 'iascroft',
  title: 'Merchant API',
  description: [
    'Merchants buy gift cards, airtime and digital products from their wallets.',
    '',
    'Every call carries `Authorization: Bearer <secret key>`. A purchase that may have to be repeated carries `X-Idempotency-Key`. Every answer',
    'has `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds) of the plan’s minute or month, whichever is nearer to its end.',
  ].join('\n'),
  mountPath: '/iascroft/v1',
  tellsLimits: true,
  paysOut: true,
  tokenPrefixes: { sandbox: 'sk_test_', live: 'sk_live_' },
  maskedFields: [
    'code',
    'pin',
    'serial',
    'license_keys',
    'redeem_url',
    'account_number',
    'token',
    'secret',
    'key',
  ],
  securitySchemes: { secretKey: { type: 'http', scheme: 'bearer' } },
  authenticate,
  routes(app, services) {
    giftCardRoutes(app, services)
    airtimeRoutes(app, services)
    digitalRoutes(app, services)
    walletRoutes(app, services)
    walletMoneyRoutes(app, services)
    voucherRoutes(app, services)
  },
  errorReply,
  events,
}
