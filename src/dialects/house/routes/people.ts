import { houseId } from '../../../core/messages/message.ts'
import { inviteAgain, inviteUser } from '../../../core/users/invite-user.ts'
import { changeUser, listUsers } from '../../../core/users/manage-users.ts'
import type { PartnerId, UserId } from '../../../values/ids.ts'
import type { FastifyRequest } from 'fastify'
import type { DialectApp, Services } from '../../dialect.ts'
import { toUser } from '../mapping/account.ts'
import { toId, toPage } from '../mapping/shared.ts'
import { ChangeUserBody, InviteBody, User, UsersReply } from '../wire/account.ts'
import { IdPath, object, pageQuery, refusals } from '../wire/shared.ts'
import { passwordPage } from './account.ts'
import { actorIn, forOperator, forPartner, partnerOf } from './access.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['People'] }

/**
 * GET   /people                           the company's people
 * POST  /people                           invites somebody
 * PATCH /people/{id}                      another role; shut out or in again
 * POST  /people/{id}/invitation           mails another link
 * and the same of operators under /operator/people; POST /operator/partners/{id}/people invites a partner's.
 */
export function peopleRoutes(app: DialectApp, services: Services): void {
  const sides = [
    { path: '/people', reader: forPartner('read'), manager: forPartner('people'), companyOf: partnerOf },
    {
      path: '/operator/people',
      reader: forOperator('read'),
      manager: forOperator('people'),
      companyOf: () => houseId,
    },
  ] as const
  for (const side of sides) manage(app, services, side)

  const { database, keyRing, publicUrl } = services
  const schema = { ...invite, params: IdPath }
  app.post(
    '/operator/partners/:id/people',
    { ...forOperator('partners'), schema },
    async (request, reply) => {
      const partnerId = toPartnerId(request.params.id)
      const page = passwordPage(publicUrl, 'partner')
      const order = { side: 'partner', partnerId, ...request.body, page, actor: actorIn(request) } as const
      const { user } = await database.inTransaction((tx) => inviteUser(tx, keyRing, order))
      return reply.code(201).send(toUser(user))
    },
  )
  app.get(
    '/operator/partners/:id/people',
    { ...forOperator('read'), schema: { ...list, params: IdPath } },
    async (request) => {
      const { cursor, limit = 25 } = request.query
      return toPage(await listUsers(database, toPartnerId(request.params.id), { cursor, limit }), toUser)
    },
  )
}

const list = {
  ...shared,
  summary: 'People, newest first',
  querystring: object(pageQuery),
  response: { 200: UsersReply, ...refusals(401, 422) },
}

const invite = {
  ...shared,
  summary: 'Invite somebody',
  description: 'A link is mailed by which a password is chosen within a week.',
  body: InviteBody,
  response: { 201: User, ...refusals(401, 403, 404, 409, 422) },
}

type SideOfPeople = {
  readonly path: string
  readonly reader: ReturnType<typeof forPartner>
  readonly manager: ReturnType<typeof forPartner>
  readonly companyOf: (request: FastifyRequest) => PartnerId
}

function manage(
  app: DialectApp,
  services: Services,
  { path, reader, manager, companyOf }: SideOfPeople,
): void {
  const { database, keyRing, publicUrl } = services
  const side = path === '/people' ? 'partner' : 'operator'
  const page = passwordPage(publicUrl, side)

  app.get(path, { ...reader, schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listUsers(database, companyOf(request), { cursor, limit }), toUser)
  })

  app.post(path, { ...manager, schema: invite }, async (request, reply) => {
    const company = { side, partnerId: companyOf(request) } as const
    const order = { ...company, ...request.body, page, actor: actorIn(request) }
    const { user } = await database.inTransaction((tx) => inviteUser(tx, keyRing, order))
    return reply.code(201).send(toUser(user))
  })

  const change = {
    ...shared,
    summary: 'Change somebody’s role, or shut them out or in again',
    params: IdPath,
    body: ChangeUserBody,
    response: { 200: User, ...refusals(401, 403, 404, 409, 422) },
  }
  app.patch(`${path}/:id`, { ...manager, schema: change }, async (request) => {
    const { role, is_disabled: isDisabled } = request.body
    const id = toUserId(request.params.id)
    const order = { partnerId: companyOf(request), id, role, isDisabled, actor: actorIn(request) }
    return toUser(await database.inTransaction((tx) => changeUser(tx, order)))
  })

  const again = {
    ...shared,
    summary: 'Mail another invitation',
    params: IdPath,
    response: { 202: object({}), ...refusals(401, 403, 404, 409) },
  }
  app.post(`${path}/:id/invitation`, { ...manager, schema: again }, async (request, reply) => {
    const order = {
      partnerId: companyOf(request),
      id: toUserId(request.params.id),
      page,
      actor: actorIn(request),
    }
    await database.inTransaction((tx) => inviteAgain(tx, keyRing, order))
    return reply.code(202).send({})
  })
}

function toUserId(text: string): UserId {
  return toId<UserId>(text, 'user_not_found')
}
