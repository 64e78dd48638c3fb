import type { PartnerId, SessionId } from '../../values/ids.ts'
import type { OperatorRole, PartnerRole, Role, User } from '../../core/users/user.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls the house dialect: set before a handler runs; undefined on routes that anybody may call. */
    principal: Principal | undefined
  }
}

/** What a route of a partner's may need. `read` is everybody's. */
const partnerAbilities = ['read', 'buy', 'develop', 'money', 'people'] as const
/** What a route of the house's may need. */
const operatorAbilities = [
  'read',
  'partners',
  'money',
  'prices',
  'stock',
  'identity',
  'calls',
  'audit',
  'people',
] as const

export type PartnerAbility = (typeof partnerAbilities)[number]
export type OperatorAbility = (typeof operatorAbilities)[number]

/** Whoever is behind a request: a person by a session, or a program by an API key. */
type Principal =
  | {
      readonly kind: 'person'
      readonly side: 'partner' | 'operator'
      readonly user: User
      readonly sessionId: SessionId
    }
  | {
      readonly kind: 'key'
      readonly side: 'partner'
      readonly partnerId: PartnerId
      readonly scopes: readonly string[]
    }

const partnerRights: Readonly<Record<PartnerRole, readonly PartnerAbility[]>> = {
  owner: partnerAbilities,
  developer: ['read', 'buy', 'develop'],
  viewer: ['read'],
}

const operatorRights: Readonly<Record<OperatorRole, readonly OperatorAbility[]>> = {
  admin: operatorAbilities,
  finance: ['read', 'partners', 'money', 'prices'],
  catalogue: ['read', 'prices', 'stock'],
  support: ['read', 'partners', 'identity', 'calls'],
  auditor: ['read', 'audit'],
}

const rights: Readonly<Record<Role, readonly string[]>> = { ...partnerRights, ...operatorRights }

/** What somebody may do on their side. */
export function abilitiesOf(role: Role): readonly string[] {
  return rights[role]
}

/** What a key may do: it reads, and with the scope `write` it buys. What guards the account itself takes a person. */
export function abilitiesOfKey(scopes: readonly string[]): readonly PartnerAbility[] {
  return scopes.includes('write') ? ['read', 'buy'] : ['read']
}
