import { houseId } from '../../../core/messages/message.ts'
import { createCredential } from '../../../core/partners/create-credential.ts'
import { findFormatOf, listCredentials } from '../../../core/partners/list-credentials.ts'
import { revokeCredential } from '../../../core/partners/revoke-credential.ts'
import { rotateCredential } from '../../../core/partners/rotate-credential.ts'
import { Failure } from '../../../values/failure.ts'
import type { CredentialId, PartnerId } from '../../../values/ids.ts'
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { DialectApp, Services } from '../../dialect.ts'
import { toIssuedKey, toKey } from '../mapping/developers.ts'
import { readInstant, toId, toPage } from '../mapping/shared.ts'
import { CreateKeyBody, FormatsReply, IssuedKey, KeysReply, RotateBody } from '../wire/developers.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator, forPartner, partnerOf, requireAbility } from './access.ts'

const shared = { tags: ['API keys'] }
const day = 86_400

/**
 * GET    /formats                                 wire formats that keys open
 * GET    /keys                                    the partner's keys, ended ones too
 * POST   /keys                                    makes one; token and secret are seen this once
 * POST   /keys/{id}/rotate                        replaces it
 * DELETE /keys/{id}                               ends it
 * GET    /operator/partners/{id}/keys             the same for an operator
 * POST   /operator/partners/{id}/keys
 */
export function keyRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing, formats, publicUrl } = services

  const kinds = {
    ...shared,
    summary: 'Wire formats',
    response: { 200: FormatsReply, ...refusals(401) },
  }
  const allFormats = () => ({
    data: formats.map(({ name, title, mountPath, events }) => ({
      name,
      title,
      base_url: publicUrl + mountPath,
      events: [...(events?.eventTypes ?? [])],
    })),
  })
  app.get('/formats', { ...forPartner('read'), schema: kinds }, () => allFormats())
  app.get('/operator/formats', { ...forOperator('read'), schema: kinds }, () => allFormats())

  const list = {
    ...shared,
    summary: 'Keys, newest first; never the tokens',
    querystring: object(pageQuery),
    response: { 200: KeysReply, ...refusals(401, 422) },
  }
  app.get('/keys', { ...forPartner('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listCredentials(database, partnerOf(request), { cursor, limit }), toKey)
  })

  const create = {
    ...shared,
    summary: 'Make a key',
    description: 'Its token, and what goes with it, are in this answer and never again.',
    body: CreateKeyBody,
    response: { 201: IssuedKey, ...refusals(401, 403, 422) },
  }
  /** A key of a format that pays out is money out: it takes who may ask for that. */
  const requireMoneyFor = (request: FastifyRequest, name: string | undefined): void => {
    if (formats.some((format) => format.name === name && format.paysOut === true))
      requireAbility(request, 'money')
  }
  app.post('/keys', { ...forPartner('develop'), schema: create }, async (request, reply) => {
    requireMoneyFor(request, request.body.format)
    return reply.code(201).send(await makeKey(services, partnerOf(request), request.body, actorIn(request)))
  })

  const rotate = {
    ...shared,
    summary: 'Replace a key',
    description: 'The old one works on for the grace, a day unless it is given.',
    params: IdPath,
    body: RotateBody,
    response: { 201: IssuedKey, ...refusals(401, 403, 404, 422) },
  }
  app.post('/keys/:id/rotate', { ...forPartner('develop'), schema: rotate }, async (request, reply) => {
    const [partnerId, credentialId] = [partnerOf(request), toKeyId(request.params.id)]
    const graceSeconds = request.body.grace_seconds ?? day
    const issued = await database.inTransaction(async (tx) => {
      requireMoneyFor(request, await findFormatOf(tx, partnerId, credentialId))
      return rotateCredential(tx, keyRing, {
        partnerId,
        credentialId,
        graceSeconds,
        actor: actorIn(request),
      })
    })
    return reply.code(201).send(toIssuedKey(issued))
  })

  const revoke = {
    ...shared,
    summary: 'End a key at once',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404) },
  }
  app.delete('/keys/:id', { ...forPartner('develop'), schema: revoke }, async (request, reply) => {
    const credentialId = toKeyId(request.params.id)
    await database.inTransaction((tx) =>
      revokeCredential(tx, { partnerId: partnerOf(request), credentialId, actor: actorIn(request) }),
    )
    return reply.code(204).send(null)
  })

  app.get(
    '/operator/partners/:id/keys',
    { ...forOperator('read'), schema: { ...list, params: IdPath } },
    async (request) => {
      const { cursor, limit = 25 } = request.query
      return toPage(await listCredentials(database, toPartnerId(request.params.id), { cursor, limit }), toKey)
    },
  )
  app.post(
    '/operator/partners/:id/keys',
    { ...forOperator('partners'), schema: { ...create, params: IdPath } },
    async (request, reply) => {
      const partnerId = toPartnerId(request.params.id)
      return reply.code(201).send(await makeKey(services, partnerId, request.body, actorIn(request)))
    },
  )
}

async function makeKey(
  { database, keyRing, formats, environment }: Services,
  partnerId: PartnerId,
  body: Static<typeof CreateKeyBody>,
  actor: string,
): Promise<IssuedKey> {
  const format = formats.find(({ name }) => name === body.format)
  if (format === undefined) {
    const sentence = `The format must be one of: ${formats.map(({ name }) => name).join(', ')}.`
    throw new Failure('validation_failed', { fields: [{ field: 'format', sentence }] })
  }
  const { keyPairs = false, signsWithToken = false, encryptsTokens = false, tokenPrefixes } = format
  const { label = '', scopes = [], addresses = [], expires_at: expiresAt } = body
  const issued = await database.inTransaction((tx) =>
    createCredential(tx, keyRing, {
      partnerId,
      dialect: format.name,
      label,
      withSecret: !keyPairs && !encryptsTokens && format.name !== 'house',
      keepToken: signsWithToken,
      withEncryption: encryptsTokens,
      withKeyPair: keyPairs,
      scopes,
      allowedAddresses: addresses,
      expiresAt: readInstant(expiresAt, 'expires_at'),
      tokenPrefix: tokenPrefixes?.[environment],
      actor,
    }),
  )
  return toIssuedKey(issued)
}

function toKeyId(text: string): CredentialId {
  return toId<CredentialId>(text, 'credential_not_found')
}

/** Of a partner: the house is none, though its own rows have an id where partners' have theirs. Throws Failure partner_not_found. */
export function toPartnerId(text: string): PartnerId {
  const id = toId<PartnerId>(text, 'partner_not_found')
  if (id === houseId) throw new Failure('partner_not_found')
  return id
}
