import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { spellPath } from './paths.ts'
import { accountRoutes } from './routes/account.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { esimPages } from './routes/esim-pages.ts'
import { esimRoutes } from './routes/esims.ts'
import { exportRoutes, writeReport } from './routes/exports.ts'
import { orderRoutes } from './routes/orders.ts'
import { reportRoutes } from './routes/reports.ts'
import { validationRoutes } from './routes/validations.ts'
import { voucherRoutes } from './routes/vouchers.ts'

/** The reseller API: gift cards, airtime, data, eSIMs and bills from wallets of several currencies, every call signed with a private key. */
export const vendify: Dialect = {
  name: 'vendify',
  title: 'Reseller API',
  description: [
    'Resellers list products with prices in a wallet of theirs, buy, and report.',
    '',
    'Every call carries `X-Api-Key`, `X-Nonce` (8 to 64 letters or digits, accepted once per key) and `X-Signature`: Base64 of the',
    'RSA-SHA256 signature (PKCS #1 v1.5) over the API key followed by the nonce. `X-Wallet-Id` names the wallet that pays.',
  ].join('\n'),
  mountPath: '/vendify',
  keyPairs: true,
  maskedFields: [
    'voucherCode',
    'voucher',
    'code',
    'pin',
    'token',
    'redemptionUrl',
    'redemptionInfo',
    'qrCodeData',
    'androidInstallUrl',
    'iosInstallUrl',
    'eSimDataUsageUrl',
    'card',
    'key',
  ],
  securitySchemes: {
    apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
    nonce: { type: 'apiKey', in: 'header', name: 'X-Nonce' },
    signature: { type: 'apiKey', in: 'header', name: 'X-Signature' },
  },
  authenticate,
  routes(app, services) {
    accountRoutes(app, services)
    catalogueRoutes(app, services)
    orderRoutes(app, services)
    validationRoutes(app, services)
    esimRoutes(app, services)
    esimPages(app, services)
    voucherRoutes(app, services)
    reportRoutes(app, services)
    exportRoutes(app, services)
  },
  spellPath,
  errorReply,
  reports: writeReport,
}
