import type { Session as CoreSession, User as CoreUser } from '../../../core/users/user.ts'
import type { Session, User } from '../wire/account.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toUser(user: CoreUser): User {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    locale: user.locale,
    time_zone: user.timeZone,
    state: user.state,
    has_authenticator: user.hasAuthenticator,
    created_at: toInstant(user.createdAt),
    signed_in_at: toInstantOrNull(user.signedInAt),
  }
}

export function toSession(session: CoreSession, currentId: string): Session {
  return {
    id: session.id,
    address: session.address,
    agent: session.agent,
    created_at: toInstant(session.createdAt),
    seen_at: toInstant(session.seenAt),
    expires_at: toInstant(session.expiresAt),
    is_current: session.id === currentId,
  }
}
