import { parseCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'
import { houseId } from '../../core/messages/message.ts'
import type { Caller } from '../../core/partners/partner.ts'
import { findSignedIn } from '../../core/users/find-signed-in.ts'
import { Failure } from '../../values/failure.ts'
import type { Services } from '../dialect.ts'
import { requireOwnOrigin } from '../own-origin.ts'
import { cookieName } from './cookies.ts'

type Needs = Pick<Services, 'callers' | 'database' | 'publicUrl'>

/**
 * `Authorization: Bearer <key>` for programs, or the cookie of a session for people, whose other calls than reading must prove that they come from
 * our own pages. Throws Failure unauthenticated, address_not_allowed, partner_inactive, origin_not_proven, unavailable.
 */
export function authenticate(request: FastifyRequest, services: Needs): Caller | Promise<Caller | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) return byKey(request, authorization, services)
  return bySession(request, services)
}

function byKey(request: FastifyRequest, authorization: string, { callers }: Needs): Caller | Promise<Caller> {
  const token = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization)?.[1]
  if (token === undefined) throw new Failure('unauthenticated')
  const admit = (caller: Caller): Caller => {
    const { partner, scopes } = caller
    request.principal = { kind: 'key', side: 'partner', partnerId: partner.id, scopes }
    return caller
  }
  const known = callers.remembered('house', token, request.ip)
  return known === undefined ? callers.find('house', token, request.ip).then(admit) : admit(known)
}

/** Which side a page belongs to says the header `X-Scrip-Side`: somebody may be signed in on both. */
async function bySession(request: FastifyRequest, services: Needs): Promise<undefined> {
  const side = request.headers['x-scrip-side'] === 'operator' ? 'operator' : 'partner'
  const token = parseCookie(request.headers.cookie ?? '')[cookieName(side, services.publicUrl)]
  if (token === undefined || token === '') throw new Failure('unauthenticated')
  if (!isReading(request.method)) requireOwnOrigin(request, services)
  const { user, sessionId } = await findSignedIn(services.database, token, request.ip)
  const actual = user.partnerId === houseId ? 'operator' : 'partner'
  if (actual !== side) throw new Failure('unauthenticated')
  request.principal = { kind: 'person', side, user, sessionId }
  return undefined
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
