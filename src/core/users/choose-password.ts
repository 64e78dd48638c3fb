import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { hashPassword, isPassword } from '../../platform/passwords.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import { openRenderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { SessionId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { countGuesses } from './count-guesses.ts'
import { houseId } from '../messages/message.ts'
import { sendMessage } from '../messages/send-message.ts'
import { deleteLinks, hasFreshLink, putLink, takeLink } from './access.sql.ts'
import { endOtherSessions } from './end-sessions.ts'
import { actorOf, passwordProblem, tidyEmail } from './user.ts'
import type { User } from './user.ts'
import { selectUser, updatePassword } from './users.sql.ts'

/**
 * Mails a link by which somebody who forgot the password chooses a new one within half an hour. Nothing tells whether the address is known; asked
 * for again within a minute, nothing is sent.
 *
 * @param page where the link leads, its token to be put after it
 */
export async function requestReset(
  tx: Tx,
  keyRing: KeyRing,
  { email, page }: { readonly email: string; readonly page: string },
): Promise<void> {
  const user = await selectUser(tx, { email: tidyEmail(email).slice(0, 254) }, true)
  if (user?.state !== 'active' || (await hasFreshLink(tx, user, 'reset', 60))) return
  const { partnerId, id: userId, locale } = user
  const token = newToken('')
  await putLink(tx, { partnerId, userId, kind: 'reset', tokenHash: sha256(token), minutes })
  await sendMessage(tx, keyRing, renderer, {
    partnerId,
    channel: 'mail',
    to: user.email,
    locale,
    reference: `password-reset:${newId()}`,
    template: 'password_reset',
    facts: { url: `${page}#${token}`, minutes },
  })
}

/**
 * Gives somebody the password that was chosen by a link of an invitation or a reset; all sessions end. The link works once, and not at all while
 * the password is not good enough. Throws Failure link_ended, validation_failed.
 */
export async function choosePassword(
  database: Database,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<User> {
  return database.inTransaction(async (tx) => {
    const link = await takeLink(tx, sha256(token.slice(0, 200)))
    if (link === undefined) throw new Failure('link_ended')
    const user = await selectUser(tx, { partnerId: link.partnerId, id: link.userId }, true)
    if (user === undefined || user.state === 'disabled') throw new Failure('link_ended')
    await setPassword(tx, user, password, undefined)
    return user
  })
}

/**
 * Another password for somebody who is signed in; the other sessions end.
 * Throws Failure sign_in_failed (the old one is wrong), rate_limited, validation_failed.
 */
export async function changePassword(
  database: Database,
  command: {
    readonly user: User
    readonly sessionId: SessionId
    readonly oldPassword: string
    readonly newPassword: string
  },
): Promise<void> {
  const { user, sessionId, oldPassword, newPassword } = command
  const known = await selectUser(database, user)
  await countGuesses(database, user, async () => {
    if (!(await isPassword(known?.passwordHash, oldPassword))) throw new Failure('sign_in_failed')
  })
  await database.inTransaction(async (tx) => {
    const now = await selectUser(tx, user, true)
    if (now?.passwordHash !== known?.passwordHash) throw new Failure('sign_in_failed')
    await setPassword(tx, user, newPassword, sessionId)
  })
}

/** Throws Failure validation_failed for a password that is not good enough. */
export async function setPassword(
  tx: Tx,
  user: User,
  password: string,
  keep: SessionId | undefined,
): Promise<void> {
  const sentence = passwordProblem(password, user.email)
  if (sentence !== undefined)
    throw new Failure('validation_failed', { fields: [{ field: 'password', sentence }] })
  await updatePassword(tx, user, await hashPassword(password))
  await deleteLinks(tx, user)
  await endOtherSessions(tx, user, keep)
  await recordAudit(tx, {
    actor: actorOf(user),
    action: 'user.password_changed',
    partnerId: user.partnerId === houseId ? undefined : user.partnerId,
    subject: user.id,
  })
}

const minutes = 30
const renderer = openRenderer()
