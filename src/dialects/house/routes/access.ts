import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '../../../core/users/user.ts'
import type { User } from '../../../core/users/user.ts'
import { Failure } from '../../../values/failure.ts'
import type { PartnerId, SessionId } from '../../../values/ids.ts'
import { abilitiesOf, abilitiesOfKey } from '../principal.ts'
import type { OperatorAbility, PartnerAbility } from '../principal.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call it, as the role matrix of the tests reads it. */
    access?: { readonly side: 'partner' | 'operator' | 'person'; readonly ability: string }
  }
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

type Guard = {
  readonly config: {
    readonly access: { readonly side: 'partner' | 'operator' | 'person'; readonly ability: string }
  }
  readonly onRequest: Hook
}

/** For a route of the partner's own affairs: its people whose role allows it, and where keys may, its keys. */
export function forPartner(ability: PartnerAbility): Guard {
  return guard('partner', ability)
}

/** For a route of the console. */
export function forOperator(ability: OperatorAbility): Guard {
  return guard('operator', ability)
}

/** For a route of somebody's own account, on either side. */
export function forPerson(): Guard {
  return guard('person', 'read')
}

function guard(side: 'partner' | 'operator' | 'person', ability: string): Guard {
  return {
    config: { access: { side, ability } },
    onRequest(request, _reply, done) {
      done(refusalOf(request, side, ability))
    },
  }
}

function refusalOf(
  { principal }: FastifyRequest,
  side: 'partner' | 'operator' | 'person',
  ability: string,
): Failure | undefined {
  if (principal === undefined) return new Failure('unauthenticated')
  if (side === 'person') return principal.kind === 'person' ? undefined : new Failure('scope_missing')
  if (principal.side !== side) return new Failure('unauthenticated')
  if (abilitiesIn(principal).includes(ability)) return undefined
  return new Failure(principal.kind === 'key' ? 'scope_missing' : 'role_insufficient')
}

function abilitiesIn(principal: NonNullable<FastifyRequest['principal']>): readonly string[] {
  return principal.kind === 'key' ? abilitiesOfKey(principal.scopes) : abilitiesOf(principal.user.role)
}

/** Whether the person behind a guarded route may do something else, too. Throws Failure role_insufficient. */
export function requireAbility({ principal }: FastifyRequest, ability: PartnerAbility): void {
  if (principal === undefined || !abilitiesIn(principal).includes(ability))
    throw new Failure('role_insufficient')
}

/** Whose affairs a guarded route is about. */
export function partnerOf({ principal, caller }: FastifyRequest): PartnerId {
  if (principal?.side !== 'partner') throw new Failure('unauthenticated')
  return principal.kind === 'key' ? caller.partner.id : principal.user.partnerId
}

/** Whose days a guarded route counts by: the person's own time zone, or for a key its partner's. */
export function timeZoneOf({ principal, caller }: FastifyRequest): string {
  return principal?.kind === 'person' ? principal.user.timeZone : caller.partner.timeZone
}

/** Who acts, as the audit log names them. */
export function actorIn({ principal, caller }: FastifyRequest): string {
  if (principal === undefined) throw new Failure('unauthenticated')
  return principal.kind === 'key' ? `key:${caller.credentialId}` : actorOf(principal.user)
}

/** The person behind a guarded route that takes one. */
export function personIn({ principal }: FastifyRequest): {
  readonly user: User
  readonly sessionId: SessionId
} {
  if (principal?.kind !== 'person') throw new Failure('scope_missing')
  return principal
}
