import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { newToken, sha256 } from '../../platform/secrets.ts'
import { openRenderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { PartnerId, UserId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import { addressProblem, houseId } from '../messages/message.ts'
import { sendMessage } from '../messages/send-message.ts'
import { selectPartnerName } from './companies.sql.ts'
import { putLink } from './access.sql.ts'
import { parseRole, tidyEmail } from './user.ts'
import type { Side, User } from './user.ts'
import { countUsers, insertUser, selectUser } from './users.sql.ts'

export type InviteUser = {
  /** Whom somebody is to work for; said beside the id, so that no id that came from outside makes an operator. */
  readonly side: Side
  /** `houseId` for an operator. */
  readonly partnerId: PartnerId
  readonly email: string
  readonly name: string
  readonly role: string
  readonly locale?: Locale | undefined
  readonly timeZone?: string | undefined
  /** Where the page is that a link leads to, its token to be put after it. */
  readonly page: string
  readonly actor: string
}

/**
 * Makes somebody without a password, and mails a link by which one is chosen within a week.
 * Throws Failure validation_failed, already_exists, partner_not_found.
 */
export async function inviteUser(
  tx: Tx,
  keyRing: KeyRing,
  command: InviteUser,
): Promise<{ readonly user: User; readonly token: string }> {
  const user = await addUser(tx, command)
  const token = await sendInvitation(tx, keyRing, user, command)
  return { user, token }
}

/** Makes somebody who cannot sign in yet. Throws Failure validation_failed, already_exists, partner_not_found. */
export async function addUser(tx: Tx, command: Omit<InviteUser, 'page'>): Promise<User> {
  const { side, partnerId, locale = 'en', timeZone = 'UTC', actor } = command
  if ((side === 'operator') !== (partnerId === houseId)) throw new Failure('partner_not_found')
  const email = tidyEmail(command.email)
  const name = command.name.trim()
  const role = parseRole(side, command.role)
  const problems: FieldProblem[] = []
  const emailProblem = addressProblem('mail', email)
  if (emailProblem !== undefined) problems.push({ field: 'email', sentence: emailProblem })
  const nameProblem = personNameProblem(name)
  if (nameProblem !== undefined) problems.push({ field: 'name', sentence: nameProblem })
  if (role === undefined) problems.push({ field: 'role', sentence: 'There is no such role here.' })
  if (role === undefined || problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  if (side === 'partner' && (await selectPartnerName(tx, partnerId)) === undefined)
    throw new Failure('partner_not_found')
  if ((await countUsers(tx, partnerId)) >= usersMost) {
    const sentence = `There are ${usersMost} people already.`
    throw new Failure('validation_failed', { fields: [{ field: 'email', sentence }] })
  }
  const id = newId<UserId>()
  const user = await insertUser(tx, { partnerId, id, email, name, role, locale, timeZone, invitedBy: actor })
  const about = side === 'partner' ? partnerId : undefined
  const details = { email, role }
  await recordAudit(tx, { actor, action: 'user.invited', partnerId: about, subject: id, details })
  return user
}

/** Mails another link to somebody who has not taken up the first. Throws Failure user_not_found, decided_otherwise. */
export async function inviteAgain(
  tx: Tx,
  keyRing: KeyRing,
  command: Pick<InviteUser, 'partnerId' | 'page' | 'actor'> & { readonly id: UserId },
): Promise<void> {
  const user = await selectUser(tx, command, true)
  if (user === undefined) throw new Failure('user_not_found')
  if (user.state !== 'invited')
    throw new Failure('decided_otherwise', { sentence: 'The invitation was taken up already.' })
  await sendInvitation(tx, keyRing, user, command)
}

async function sendInvitation(
  tx: Tx,
  keyRing: KeyRing,
  user: User,
  { page }: Pick<InviteUser, 'page'>,
): Promise<string> {
  const { partnerId, id: userId } = user
  const token = newToken('')
  await putLink(tx, {
    partnerId,
    userId,
    kind: 'invitation',
    tokenHash: sha256(token),
    minutes: days * 1_440,
  })
  await sendMessage(tx, keyRing, renderer, {
    partnerId,
    channel: 'mail',
    to: user.email,
    locale: user.locale,
    reference: `user-invited:${newId()}`,
    template: 'user_invited',
    facts: {
      name: user.name,
      company: (await selectPartnerName(tx, partnerId)) ?? 'Scrip',
      url: `${page}#${token}`,
      days,
    },
  })
  return token
}

/** Undefined, or what is wrong with a person's name. */
export function personNameProblem(name: string): string | undefined {
  const isFit = name !== '' && name.length <= 200 && isStorableJson(name) && !/\p{Cc}/u.test(name)
  return isFit ? undefined : 'The name must be 1 to 200 characters of text.'
}

const days = 7
/** Of one company. */
const usersMost = 1_000
const renderer = openRenderer()
