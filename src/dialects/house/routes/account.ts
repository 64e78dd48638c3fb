import { findPartner } from '../../../core/partners/find-partner.ts'
import { houseId } from '../../../core/messages/message.ts'
import { changePassword, choosePassword, requestReset } from '../../../core/users/choose-password.ts'
import { endOtherSessions, endSession } from '../../../core/users/end-sessions.ts'
import { listSessions } from '../../../core/users/list-sessions.ts'
import { changeProfile } from '../../../core/users/manage-users.ts'
import { needsFirstOperator, setUpOperator } from '../../../core/users/set-up-operator.ts'
import {
  beginAuthenticator,
  confirmAuthenticator,
  removeAuthenticator,
} from '../../../core/users/set-up-authenticator.ts'
import { signIn } from '../../../core/users/sign-in.ts'
import type { Side } from '../../../core/users/user.ts'
import type { SessionId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { requireOwnOrigin } from '../../own-origin.ts'
import { sessionCookie } from '../cookies.ts'
import { toSession, toUser } from '../mapping/account.ts'
import { toPage } from '../mapping/shared.ts'
import { abilitiesOf } from '../principal.ts'
import {
  AuthenticatorReply,
  ChangePasswordBody,
  ChooseBody,
  ChosenReply,
  ConfirmBody,
  ProfileBody,
  RecoveryReply,
  RemoveAuthenticatorBody,
  ResetBody,
  SessionsReply,
  SetupBody,
  SetupReply,
  SignedIn,
  SignInBody,
  User,
} from '../wire/account.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { forPerson, personIn } from './access.ts'

const shared = { tags: ['Account'] }
const anyone = { config: { open: true } }
/** For the reference: no credential is asked for. */
const open = { ...shared, security: [] }

/**
 * GET    /setup                          whether the first operator is still to be made
 * POST   /setup                          makes it, for the code that the server printed
 * POST   /session                        signs in
 * GET    /session                        who is signed in
 * DELETE /session                        signs out
 * POST   /password-resets                mails a link
 * POST   /passwords                      chooses a password by a link
 * PUT    /account/password               changes it
 * PATCH  /account                        name, language, time zone
 * GET    /account/sessions               browsers in which one is signed in
 * DELETE /account/sessions               ends the others
 * DELETE /account/sessions/{id}          ends one
 * POST   /account/authenticator          a secret for an app
 * PUT    /account/authenticator          puts it into force
 * POST   /account/authenticator/removal  does without
 */
export function accountRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, publicUrl, environment } = services

  app.get(
    '/setup',
    {
      ...anyone,
      schema: { ...open, summary: 'Whether there is an operator', response: { 200: SetupReply } },
    },
    async () => ({ needed: await needsFirstOperator(database) }),
  )

  const setUp = {
    ...open,
    summary: 'Make the first operator',
    description: 'The code is printed by the server when it starts, and by `scrip user setup-code`.',
    body: SetupBody,
    response: { 201: User, ...refusals(403, 410, 422) },
  }
  app.post('/setup', { ...anyone, schema: setUp }, async (request, reply) => {
    requireOwnOrigin(request, services)
    return reply.code(201).send(toUser(await setUpOperator(database, request.body)))
  })

  const enter = {
    ...open,
    summary: 'Sign in',
    description:
      'Answers with the cookie of a session. `code_required` says that the password was right and a code of the authenticator app is needed.',
    body: SignInBody,
    response: { 201: User, ...refusals(401, 403, 422, 429) },
  }
  app.post('/session', { ...anyone, schema: enter }, async (request, reply) => {
    requireOwnOrigin(request, services)
    const { side } = request.body
    const agent = request.headers['user-agent'] ?? ''
    const opened = await signIn(database, keyRing, { ...request.body, address: request.ip, agent })
    return reply
      .code(201)
      .header('set-cookie', sessionCookie(side, publicUrl, opened.token, opened.lifeSeconds))
      .send(toUser(opened.user))
  })

  const who = {
    ...shared,
    summary: 'Who is signed in',
    response: { 200: SignedIn, ...refusals(401) },
  }
  app.get('/session', { ...forPerson(), schema: who }, async (request) => {
    const { user, sessionId } = personIn(request)
    const isHouse = user.partnerId === houseId
    return {
      side: isHouse ? ('operator' as const) : ('partner' as const),
      user: toUser(user),
      session_id: sessionId,
      company: isHouse ? 'Scrip' : (await findPartner(database, { id: user.partnerId })).name,
      abilities: [...abilitiesOf(user.role)],
      environment,
    }
  })

  const leave = { ...shared, summary: 'Sign out', response: { 204: nothing, ...refusals(401) } }
  app.delete('/session', { ...forPerson(), schema: leave }, async (request, reply) => {
    const { user, sessionId } = personIn(request)
    const side: Side = user.partnerId === houseId ? 'operator' : 'partner'
    await database.inTransaction((tx) => endSession(tx, user, sessionId))
    return reply
      .code(204)
      .header('set-cookie', sessionCookie(side, publicUrl, '', 0))
      .send(null)
  })

  const forgot = {
    ...open,
    summary: 'Ask for a link by which a new password is chosen',
    description: 'The answer is the same whether the address is known or not.',
    body: ResetBody,
    response: { 202: object({}), ...refusals(403, 422) },
  }
  app.post('/password-resets', { ...anyone, schema: forgot }, async (request, reply) => {
    requireOwnOrigin(request, services)
    const { email, side } = request.body
    const page = passwordPage(publicUrl, side)
    await database.inTransaction((tx) => requestReset(tx, keyRing, { email, page }))
    return reply.code(202).send({})
  })

  const choose = {
    ...open,
    summary: 'Choose a password by a link',
    body: ChooseBody,
    response: { 200: ChosenReply, ...refusals(403, 410, 422) },
  }
  app.post('/passwords', { ...anyone, schema: choose }, async (request) => {
    requireOwnOrigin(request, services)
    const user = await choosePassword(database, request.body)
    const side = user.partnerId === houseId ? ('operator' as const) : ('partner' as const)
    return { side, email: user.email }
  })

  const change = {
    ...shared,
    summary: 'Change the password; the other sessions end',
    body: ChangePasswordBody,
    response: { 204: nothing, ...refusals(401, 422) },
  }
  app.put('/account/password', { ...forPerson(), schema: change }, async (request, reply) => {
    const { old_password: oldPassword, new_password: newPassword } = request.body
    await changePassword(database, { ...personIn(request), oldPassword, newPassword })
    return reply.code(204).send(null)
  })

  const profile = {
    ...shared,
    summary: 'Change the own name, language and time zone',
    body: ProfileBody,
    response: { 200: User, ...refusals(401, 422) },
  }
  app.patch('/account', { ...forPerson(), schema: profile }, async (request) => {
    const { user } = personIn(request)
    const { name, locale, time_zone: timeZone } = request.body
    return toUser(await database.inTransaction((tx) => changeProfile(tx, user, { name, locale, timeZone })))
  })

  const sessions = {
    ...shared,
    summary: 'Where one is signed in',
    querystring: object(pageQuery),
    response: { 200: SessionsReply, ...refusals(401) },
  }
  app.get('/account/sessions', { ...forPerson(), schema: sessions }, async (request) => {
    const { user, sessionId } = personIn(request)
    const { cursor, limit = 25 } = request.query
    const page = await listSessions(database, user, { cursor, limit })
    return toPage(page, (session) => toSession(session, sessionId))
  })

  const endOthers = {
    ...shared,
    summary: 'End the other sessions',
    response: { 204: nothing, ...refusals(401) },
  }
  app.delete('/account/sessions', { ...forPerson(), schema: endOthers }, async (request, reply) => {
    const { user, sessionId } = personIn(request)
    await database.inTransaction((tx) => endOtherSessions(tx, user, sessionId))
    return reply.code(204).send(null)
  })

  const endOne = {
    ...shared,
    summary: 'End one session',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 404) },
  }
  app.delete('/account/sessions/:id', { ...forPerson(), schema: endOne }, async (request, reply) => {
    const { user } = personIn(request)
    const id = request.params.id as SessionId // The schema's own check; a session of another answers as none.
    await database.inTransaction((tx) => endSession(tx, user, id))
    return reply.code(204).send(null)
  })

  const begin = {
    ...shared,
    summary: 'Make a secret for an authenticator app',
    response: { 201: AuthenticatorReply, ...refusals(401, 409) },
  }
  app.post('/account/authenticator', { ...forPerson(), schema: begin }, async (request, reply) => {
    const { user } = personIn(request)
    return reply.code(201).send(await database.inTransaction((tx) => beginAuthenticator(tx, keyRing, user)))
  })

  const confirm = {
    ...shared,
    summary: 'Put the app into force, for a code that it shows',
    body: ConfirmBody,
    response: { 200: RecoveryReply, ...refusals(401, 409) },
  }
  app.put('/account/authenticator', { ...forPerson(), schema: confirm }, async (request) => {
    const { user } = personIn(request)
    const { code } = request.body
    const codes = await database.inTransaction((tx) => confirmAuthenticator(tx, keyRing, user, code))
    return { recovery_codes: [...codes] }
  })

  const remove = {
    ...shared,
    summary: 'Do without the app',
    body: RemoveAuthenticatorBody,
    response: { 204: nothing, ...refusals(401, 409) },
  }
  app.post('/account/authenticator/removal', { ...forPerson(), schema: remove }, async (request, reply) => {
    const { user } = personIn(request)
    await removeAuthenticator(database, keyRing, { user, ...request.body })
    return reply.code(204).send(null)
  })
}

/** Where links in mails lead; what is secret of them stands behind the "#" and is never sent to a server. */
export function passwordPage(publicUrl: string, side: Side): string {
  return `${publicUrl}/${side === 'operator' ? 'console' : 'portal'}/password`
}
