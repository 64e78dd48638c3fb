import type { FastifyRequest } from 'fastify'
import { Failure } from '../values/failure.ts'

/**
 * A browser says where a request comes from, and no page can make it say otherwise (Fetch Metadata; RFC 6454). Beside it, the cookie is not sent
 * by other sites at all (SameSite). Throws Failure origin_not_proven.
 *
 * @param from.publicUrl how clients reach this server from outside
 */
export function requireOwnOrigin(
  request: FastifyRequest,
  { publicUrl }: { readonly publicUrl: string },
): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') throw new Failure('origin_not_proven')
  if (origin === undefined || !URL.canParse(origin)) throw new Failure('origin_not_proven')
  if (origin !== new URL(publicUrl).origin && new URL(origin).host !== host)
    throw new Failure('origin_not_proven')
}
