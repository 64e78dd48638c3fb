import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { events } from './events.ts'
import { accountRoutes } from './routes/account.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { esimRoutes } from './routes/esims.ts'
import { orderRoutes } from './routes/orders.ts'
import { emptyQueryIsAbsent } from './routes/query.ts'

/** The server-to-server partner API: partners buy vouchers from a wallet, overdraft included, and sign what they buy. */
export const giftapi: Dialect = {
  name: 'giftapi',
  title: 'Partner API',
  description: [
    'Server-to-server API for partners: balance, catalogue with your prices, orders.',
    '',
    'Every call carries `Authorization: Bearer <token>`. `POST /orders` is signed besides: `X-Signature` is the lowercase hex',
    'HMAC-SHA256 of `X-Timestamp` + `item.sku_id` + `external_id` under the partner secret (which is not the token).',
    '',
    'A retry with the same `external_id` and the same item never buys twice: it answers 200 with the first order as it now is.',
  ].join('\n'),
  mountPath: '/giftapi/v1/partner',
  maskedFields: [
    'pin',
    'serialNumber',
    'serial_number',
    'code',
    'url',
    'qr_code',
    'activation_code',
    'ios_install_url',
    'android_install_url',
  ],
  securitySchemes: {
    partnerToken: { type: 'http', scheme: 'bearer', description: 'The API token of the partner.' },
  },
  authenticate,
  routes(app, services) {
    app.addHook('preValidation', emptyQueryIsAbsent)
    accountRoutes(app, services)
    catalogueRoutes(app, services)
    orderRoutes(app, services)
    esimRoutes(app, services)
  },
  errorReply,
  events,
}
