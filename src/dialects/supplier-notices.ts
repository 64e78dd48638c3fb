import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Notice } from '../core/fulfilment/notice.ts'

/** Takes what a supplier sent; see `take-notice.ts`. */
export type TakeNotice = (
  supplierCode: string,
  notice: Notice,
) => Promise<'taken' | 'refused' | 'unknown_supplier'>

/**
 * POST /suppliers/{code}/notices  where a supplier tells by itself that an order has come further
 *
 * No partner calls here and no dialect speaks: the supplier's own signature is the credential.
 */
export function serveSupplierNotices(app: FastifyInstance, take: TakeNotice): void {
  // Signatures are made over bytes, whatever type they are said to have.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyBytesMost }, (_request, body, done) =>
    done(null, body),
  )
  app.post('/suppliers/:code/notices', async (request, reply) => {
    const outcome = await take(codeOf(request), {
      headers: headersOf(request),
      body: typeof request.body === 'string' ? request.body : '',
    })
    return reply.code(statuses[outcome]).send()
  })
}

const statuses = { taken: 204, refused: 401, unknown_supplier: 404 } as const

function codeOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'code' in params ? String(params.code) : ''
}

function headersOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
  )
}

const bodyBytesMost = 262_144
