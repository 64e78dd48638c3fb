import type { FastifyInstance } from 'fastify'
import { findDemoShop } from '../../../core/demo/ensure-demo-shop.ts'
import { writePage } from '../../../platform/html-page.ts'
import { equalInConstantTime } from '../../../platform/secrets.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import { parseJson } from '../../../values/json.ts'
import type { Services } from '../../dialect.ts'
import { demoItems, shopPage } from '../pages/shop.ts'
import { hmacHeader } from '../signature.ts'

/**
 * GET  /demo/shop           a counter with a few things; with ?orderId=, how that order ended
 * POST /demo/shop?item=…    creates an order as a shop's program does, and leads to its page
 *
 * It plays a shop, so it knows the API alone: it calls the dialect as others do, with the demo shop's own token.
 */
export function demoShop(app: FastifyInstance, { database, keyRing, publicUrl }: Services): void {
  const formTargets = ["'self'", new URL(publicUrl).origin]
  // A form without fields: what is bought stands in its address.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, _body, done) => done(null, undefined),
  )

  const shop = async () => {
    const found = await findDemoShop(database, keyRing, 'iwocapay')
    if (found === undefined)
      throw new Failure('route_not_found', { sentence: 'There is no demo shop in this database.' })
    return found
  }
  const call = async (method: 'GET' | 'POST', url: string, accessToken: string, payload?: object) =>
    app.inject({
      method,
      url: `/iwocapay${url}`,
      headers: { authorization: `Bearer ${accessToken}` },
      ...(payload === undefined ? {} : { payload }),
    })

  app.get<{ Querystring: { orderId?: string } }>('/demo/shop', async ({ query }, reply) => {
    const { accessToken } = await shop()
    const orderId = parseId(query.orderId ?? '')
    const order = orderId === undefined ? undefined : await readOrder(orderId, accessToken)
    const { text, headers } = writePage(shopPage(formTargets, order))
    return reply.headers(headers).send(text)
  })

  async function readOrder(orderId: string, accessToken: string) {
    const answer = await call('GET', `/api/lending/edge/ecommerce/order/${orderId}/`, accessToken)
    const [wanted = ''] = Object.values(hmacHeader(accessToken, answer.body))
    const given = String(answer.headers['x-iwocapay-hmac-sha256'])
    const isOurs = equalInConstantTime(Buffer.from(wanted), Buffer.from(given))
    if (answer.statusCode !== 200 || !isOurs) return undefined
    const { data } = parseJson(answer.body) as { data: { status: string; reference: string } } // Our own wire.
    return { orderId, status: data.status, reference: data.reference }
  }

  app.post<{ Querystring: { item?: string } }>('/demo/shop', async ({ query }, reply) => {
    const { sellerId, accessToken } = await shop()
    const item = demoItems[Number(query.item)]
    if (item === undefined) throw new Failure('route_not_found')
    const reference = `#${Date.now().toString(36).toUpperCase()}`
    const data = {
      amount: item.amount,
      reference,
      redirect_url: `${publicUrl}/demo/shop`,
      source: 'demo shop',
    }
    const answer = await call('POST', `/api/lending/edge/ecommerce/seller/${sellerId}/order/`, accessToken, {
      data,
    })
    if (answer.statusCode !== 201) throw new Failure('unavailable', { internal: answer.body })
    const { data: order } = parseJson(answer.body) as { data: { order_url: string } } // Our own wire.
    return reply.redirect(order.order_url, 303)
  })
}
