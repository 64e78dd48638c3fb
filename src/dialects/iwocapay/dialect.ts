import type { Dialect } from '../dialect.ts'
import { authenticate } from './auth.ts'
import { errorReply } from './errors.ts'
import { events } from './events.ts'
import { readForms } from './routes/bodies.ts'
import { checkoutPages } from './routes/checkout-pages.ts'
import { demoShop } from './routes/demo-shop.ts'
import { integrationRoutes } from './routes/integrations.ts'
import { orderRoutes } from './routes/orders.ts'
import { signAnswers } from './routes/bodies.ts'

/** Pay now, pay later: shops create orders, and their buyers pay on a page of ours. */
export const iwocapay: Dialect = {
  name: 'iwocapay',
  title: 'Checkout API',
  description: [
    'Shops create orders that their buyers pay on a hosted page: now, or in instalments.',
    '',
    'Every call carries `Authorization: Bearer <access token>`. Answers to GET carry `X-Iwocapay-Hmac-Sha256`: Base64 of the',
    'HMAC-SHA256 of the raw body under the access token. Paths end with a slash or without one.',
  ].join('\n'),
  mountPath: '/iwocapay',
  signsWithToken: true,
  maskedFields: ['order_url', 'pay_link_id', 'key', 'company', 'email', 'turnover'],
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of the seller.' },
  },
  authenticate,
  routes(app, services) {
    readForms(app)
    signAnswers(app)
    orderRoutes(app, services)
    integrationRoutes(app, services)
    checkoutPages(app, services)
  },
  demoPages: demoShop,
  spellPath: (path) => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path),
  errorReply,
  events,
}
