import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Instant, Uuid, nullable, pageOf } from './shared.ts'

const Side = Type.Union([Type.Literal('partner'), Type.Literal('operator')])
const Email = Type.String({ minLength: 3, maxLength: 254 })
const Password = Type.String({ minLength: 1, maxLength: 200 })
const Locale = Type.Union([Type.Literal('en'), Type.Literal('ru')])
/** Of an authenticator app, or a recovery code. */
const Code = Type.String({ minLength: 6, maxLength: 20 })

export const User = Type.Object({
  id: Uuid,
  email: Type.String(),
  name: Type.String(),
  role: Type.String(),
  locale: Locale,
  time_zone: Type.String(),
  state: Type.Union([Type.Literal('invited'), Type.Literal('active'), Type.Literal('disabled')]),
  has_authenticator: Type.Boolean(),
  created_at: Instant,
  signed_in_at: nullable(Instant),
})
export type User = Static<typeof User>

/** Who is signed in, and what they may do. */
export const SignedIn = Type.Object({
  side: Side,
  user: User,
  session_id: Uuid,
  /** The company's, or the house's. */
  company: Type.String(),
  abilities: Type.Array(Type.String()),
  environment: Type.Union([Type.Literal('sandbox'), Type.Literal('live')]),
})
export type SignedIn = Static<typeof SignedIn>

export const SignInBody = Type.Object({
  side: Side,
  email: Email,
  password: Password,
  code: Type.Optional(Code),
})
export const ResetBody = Type.Object({ side: Side, email: Email })
export const ChooseBody = Type.Object({
  token: Type.String({ minLength: 1, maxLength: 200 }),
  password: Password,
})
export const ChosenReply = Type.Object({ side: Side, email: Type.String() })
export const ChangePasswordBody = Type.Object({ old_password: Password, new_password: Password })
export const ProfileBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  locale: Locale,
  time_zone: Type.String({ maxLength: 64 }),
})
export const SetupReply = Type.Object({ needed: Type.Boolean() })
export const SetupBody = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 100 }),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  email: Email,
  password: Password,
})

export const Session = Type.Object({
  id: Uuid,
  address: Type.String(),
  agent: Type.String(),
  created_at: Instant,
  seen_at: Instant,
  expires_at: Instant,
  is_current: Type.Boolean(),
})
export type Session = Static<typeof Session>
export const SessionsReply = pageOf(Session)

export const AuthenticatorReply = Type.Object({ secret: Type.String(), address: Type.String() })
export const ConfirmBody = Type.Object({ code: Code })
export const RecoveryReply = Type.Object({ recovery_codes: Type.Array(Type.String()) })
export const RemoveAuthenticatorBody = Type.Object({ password: Password, code: Code })

export const UsersReply = pageOf(User)
export const InviteBody = Type.Object({
  email: Email,
  name: Type.String({ minLength: 1, maxLength: 200 }),
  role: Type.String({ maxLength: 32 }),
})
export const ChangeUserBody = Type.Object({
  role: Type.Optional(Type.String({ maxLength: 32 })),
  is_disabled: Type.Optional(Type.Boolean()),
})
