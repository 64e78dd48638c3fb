import type { PartnerId, SessionId, UserId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'

/** Whoever may do everything stands first in each list. */
export const operatorRoles = ['admin', 'finance', 'catalogue', 'support', 'auditor'] as const
export const partnerRoles = ['owner', 'developer', 'viewer'] as const

export type OperatorRole = (typeof operatorRoles)[number]
export type PartnerRole = (typeof partnerRoles)[number]
export type Role = OperatorRole | PartnerRole

/** Whose people: a partner's use the portal, the house's the console. */
export type Side = 'partner' | 'operator'

/** invited: has no password yet. */
type UserState = 'invited' | 'active' | 'disabled'

/** Somebody who signs in. */
export type User = {
  /** `houseId` for an operator. */
  readonly partnerId: PartnerId
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly locale: Locale
  readonly timeZone: string
  readonly state: UserState
  /** Whether a code from an authenticator app is asked for. */
  readonly hasAuthenticator: boolean
  readonly createdAt: Date
  readonly signedInAt: Date | undefined
}

/** A browser in which somebody is signed in. */
export type Session = {
  readonly id: SessionId
  /** Where it was last seen from. */
  readonly address: string
  /** What the browser calls itself. */
  readonly agent: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
}

/** Which roles there are on a side; the first one may do everything. */
export function rolesOf(side: Side): readonly Role[] {
  return side === 'operator' ? operatorRoles : partnerRoles
}

/** The role as one of a side's; undefined if it is none of them. */
export function parseRole(side: Side, text: string): Role | undefined {
  return rolesOf(side).find((role) => role === text)
}

/** As the audit log names somebody; two persons have two names. */
export function actorOf(user: { readonly id: UserId }): string {
  return `user:${user.id}`
}

/** Undefined, or what is wrong with a new password; length is what counts (NIST SP 800-63B, 3.1.1.2). */
export function passwordProblem(password: string, email: string): string | undefined {
  if (password.length < passwordShortest || password.length > passwordLongest)
    return `The password must have ${passwordShortest} to ${passwordLongest} characters.`
  if (!password.isWellFormed()) return 'The password must be text.'
  const small = password.toLowerCase()
  const [name = ''] = email.split('@')
  if (new Set(small).size < 5 || small === email || small.replaceAll(name, '').length < 6)
    return 'The password is too easy to guess.'
  return undefined
}

/** How an address is kept and compared. */
export function tidyEmail(email: string): string {
  return email.trim().toLowerCase()
}

const passwordShortest = 12
export const passwordLongest = 200
