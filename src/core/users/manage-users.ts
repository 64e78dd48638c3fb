import { isUuid } from '../../platform/cursor.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { isTimeZone } from '../../values/time-zone.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { PartnerId, UserId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'
import type { Page } from '../../values/page.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { houseId } from '../messages/message.ts'
import { endOtherSessions } from './end-sessions.ts'
import { personNameProblem } from './invite-user.ts'
import { actorOf, parseRole, rolesOf } from './user.ts'
import type { User } from './user.ts'
import { lockActiveOf, selectUser, selectUsers, updateUser } from './users.sql.ts'

/** A page of a company's people, or of the operators (`houseId`), newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listUsers(db: Db, partnerId: PartnerId, request: PageRequest): Promise<Page<User>> {
  return keysetPage(
    {
      name: 'users',
      filters: { partnerId },
      keyShapes: [isUuid],
      keyOf: (user) => [user.id],
      find: (position, limit) => selectUsers(db, partnerId, position, limit),
    },
    request,
  )
}

/**
 * Gives one of a company's people another role, or shuts them out or in again; who is shut out is signed out everywhere.
 * Throws Failure user_not_found (another company's, too), validation_failed, own_account, last_in_charge.
 */
export async function changeUser(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly id: UserId
    readonly role?: string | undefined
    readonly isDisabled?: boolean | undefined
    readonly actor: string
  },
): Promise<User> {
  const { partnerId, id, actor } = command
  const side = partnerId === houseId ? 'operator' : 'partner'
  const [chief] = rolesOf(side)
  if (chief === undefined) throw new Error('Each side has roles.')
  // Before the person: two who demote each other wait here.
  const inCharge = await lockActiveOf(tx, partnerId, chief)
  const former = await selectUser(tx, { partnerId, id }, true)
  if (former === undefined) throw new Failure('user_not_found')
  if (actorOf(former) === actor) throw new Failure('own_account')
  const role = command.role === undefined ? former.role : parseRole(side, command.role)
  if (role === undefined) throw refuse([{ field: 'role', sentence: 'There is no such role here.' }])
  const isDisabled = command.isDisabled ?? former.state === 'disabled'
  const staysInCharge = role === chief && !isDisabled
  if (inCharge.includes(id) && !staysInCharge && inCharge.length === 1) throw new Failure('last_in_charge')
  const { name, locale, timeZone } = former
  const user = await updateUser(tx, former, { name, locale, timeZone, role, isDisabled })
  if (isDisabled || role !== former.role) await endOtherSessions(tx, former, undefined)
  await recordAudit(tx, {
    actor,
    action: 'user.changed',
    partnerId: side === 'partner' ? partnerId : undefined,
    subject: id,
    details: { from: { role: former.role, state: former.state }, to: { role, state: user.state } },
  })
  return user
}

/** What somebody may change of their own. Throws Failure validation_failed, user_not_found. */
export async function changeProfile(
  tx: Tx,
  { partnerId, id }: Pick<User, 'partnerId' | 'id'>,
  change: { readonly name: string; readonly locale: Locale; readonly timeZone: string },
): Promise<User> {
  const former = await selectUser(tx, { partnerId, id }, true)
  if (former === undefined) throw new Failure('user_not_found')
  const name = change.name.trim()
  const problems: FieldProblem[] = []
  const sentence = personNameProblem(name)
  if (sentence !== undefined) problems.push({ field: 'name', sentence })
  if (!isTimeZone(change.timeZone))
    problems.push({ field: 'time_zone', sentence: 'The time zone must be one such as "Africa/Lagos".' })
  if (problems.length > 0) throw refuse(problems)
  const { role, state } = former
  const { locale, timeZone } = change
  return updateUser(tx, former, { name, locale, timeZone, role, isDisabled: state === 'disabled' })
}

function refuse(fields: readonly FieldProblem[]): Failure {
  return new Failure('validation_failed', { fields })
}
