import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../core/partners/partner.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'

/** `Authorization: Bearer <access token>`. Throws Failure unauthenticated, address_not_allowed, partner_inactive. */
export function authenticate(
  request: FastifyRequest,
  { callers }: Pick<Services, 'callers'>,
): Caller | Promise<Caller> {
  const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new Failure('unauthenticated')
  const address = request.ip
  return callers.remembered('iwocapay', token, address) ?? callers.find('iwocapay', token, address)
}
