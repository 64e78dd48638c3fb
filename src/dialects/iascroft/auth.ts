import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../core/partners/partner.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'

/** `Authorization: Bearer <key>`. Throws Failure credentials_missing, unauthenticated, address_not_allowed, partner_inactive. */
export function authenticate(
  request: FastifyRequest,
  { callers }: Pick<Services, 'callers'>,
): Caller | Promise<Caller> {
  const header = request.headers.authorization?.trim() ?? ''
  if (header === '' || /^bearer$/i.test(header)) throw new Failure('credentials_missing')
  const key = /^bearer +([\w.~+/=-]{1,512})$/i.exec(header)?.[1]
  if (key === undefined) throw new Failure('unauthenticated')
  return callers.remembered('iascroft', key, request.ip) ?? callers.find('iascroft', key, request.ip)
}
