import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { events } from './events.ts'
import { authorizeRoutes } from './routes/authorize.ts'
import { disbursementRoutes } from './routes/disbursements.ts'
import { merchantRoutes } from './routes/merchants.ts'
import { holderPages } from './routes/holder-pages.ts'
import { redemptionRoutes } from './routes/redemptions.ts'
import { ussdRoutes } from './routes/ussd.ts'

/** The voucher API: companies send vouchers to many telephones at once, and tills take them. */
export const giftpesa: Dialect = {
  name: 'giftpesa',
  title: 'Voucher API',
  description: [
    'Send vouchers to up to 10,000 telephones in one call, follow what becomes of them, and take value out of them at a till.',
    '',
    '`GET /authorize` with `Username` and `Authorization: Basic <base64>`: RSA (PKCS #1 v1.5) under the public key `key.crt` of',
    '`API_KEY:yyyyMMddHHmmss`, in UTC or the time zone of the account. The answer’s token opens all other calls for an hour:',
    '`Authorization: Bearer <token>`. `POST /external/redeem` takes a merchant’s own key instead.',
    '',
    'Amounts are Kenyan shillings. A call repeated with the same `DisbursementID` or `TransactionID` and the same body has no further effect.',
  ].join('\n'),
  mountPath: '/giftpesa',
  encryptsTokens: true,
  maskedFields: [
    'Token',
    'access_token',
    'VoucherCode',
    'VoucherCodes',
    'one_time_code',
    'form',
    'text',
    'key',
  ],
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The token that /authorize gave.' },
  },
  authenticate,
  routes(app, services) {
    authorizeRoutes(app, services)
    merchantRoutes(app, services)
    disbursementRoutes(app, services)
    redemptionRoutes(app, services)
    holderPages(app, services)
    ussdRoutes(app, services)
  },
  errorReply,
  events,
}
