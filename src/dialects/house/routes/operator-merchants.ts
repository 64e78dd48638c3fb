import { listMerchants } from '../../../core/merchants/list-merchants.ts'
import { listTills } from '../../../core/merchants/list-tills.ts'
import {
  createMerchantKey,
  listMerchantKeys,
  revokeMerchantKey,
} from '../../../core/merchants/merchant-keys.ts'
import { saveMerchant } from '../../../core/merchants/save-merchant.ts'
import { saveTill } from '../../../core/merchants/save-till.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toMerchant, toTill } from '../mapping/merchants.ts'
import { toInstant, toInstantOrNull, toPage } from '../mapping/shared.ts'
import {
  CreateMerchantKeyBody,
  CreatedMerchantKeyReply,
  Merchant,
  MerchantKeysReply,
  MerchantPath,
  MerchantsReply,
  SaveMerchantBody,
  SaveTillBody,
  Till,
  TillPath,
  TillsReply,
} from '../wire/merchants.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'

const shared = { tags: ['Console: merchants'] }

/**
 * GET    /operator/merchants               who takes vouchers
 * PUT    /operator/merchants/{code}        makes one, or changes it
 * GET    /operator/merchants/{code}/tills  where it takes them
 * PUT    /operator/tills/{number}          makes one, or changes it
 * GET    /operator/merchants/{code}/keys   keys of its own systems
 * POST   /operator/merchants/{code}/keys   makes one; shown this once
 * DELETE /operator/merchant-keys/{id}
 */
export function operatorMerchantRoutes(app: DialectApp, { database }: Services): void {
  const list = {
    ...shared,
    summary: 'Merchants by code',
    querystring: object(pageQuery),
    response: { 200: MerchantsReply, ...refusals(401, 422) },
  }
  app.get('/operator/merchants', { ...forOperator('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listMerchants(database, { cursor, limit }), toMerchant)
  })

  const save = {
    ...shared,
    summary: 'Make a merchant, or change one',
    description: 'A closed one takes nothing.',
    params: MerchantPath,
    body: SaveMerchantBody,
    response: { 200: Merchant, ...refusals(401, 403, 422) },
  }
  app.put('/operator/merchants/:code', { ...forOperator('partners'), schema: save }, async (request) => {
    const { name, category, category_code: categoryCode, status = 'active' } = request.body
    const order = {
      code: request.params.code,
      name,
      category: { code: categoryCode, name: category },
      status,
      actor: actorIn(request),
    }
    return toMerchant(await database.inTransaction((tx) => saveMerchant(tx, order)))
  })

  const tills = {
    ...shared,
    summary: 'A merchant’s tills by number',
    params: MerchantPath,
    querystring: object(pageQuery),
    response: { 200: TillsReply, ...refusals(401, 404, 422) },
  }
  app.get('/operator/merchants/:code/tills', { ...forOperator('read'), schema: tills }, async (request) => {
    const { cursor, limit = 25 } = request.query
    return toPage(await listTills(database, request.params.code, { cursor, limit }), toTill)
  })

  const till = {
    ...shared,
    summary: 'Make a till, or change one',
    params: TillPath,
    body: SaveTillBody,
    response: { 200: Till, ...refusals(401, 403, 404, 409, 422) },
  }
  app.put('/operator/tills/:number', { ...forOperator('partners'), schema: till }, async (request) => {
    const { merchant, name, status = 'active' } = request.body
    const order = { number: request.params.number, merchant, name, status, actor: actorIn(request) }
    return toTill(await database.inTransaction((tx) => saveTill(tx, order)))
  })

  const keys = {
    ...shared,
    summary: 'Keys of a merchant’s own systems',
    params: MerchantPath,
    response: { 200: MerchantKeysReply, ...refusals(401, 404) },
  }
  app.get('/operator/merchants/:code/keys', { ...forOperator('read'), schema: keys }, async (request) => ({
    data: (await listMerchantKeys(database, request.params.code)).map((key) => ({
      id: key.id,
      label: key.label,
      hint: key.tokenHint,
      created_at: toInstant(key.createdAt),
      revoked_at: toInstantOrNull(key.revokedAt),
    })),
  }))

  const create = {
    ...shared,
    summary: 'Make a key for a merchant’s own systems; shown this once',
    params: MerchantPath,
    body: CreateMerchantKeyBody,
    response: { 201: CreatedMerchantKeyReply, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/merchants/:code/keys',
    { ...forOperator('partners'), schema: create },
    async (request, reply) => {
      const { label = '' } = request.body
      const order = { merchant: request.params.code, label, actor: actorIn(request) }
      return reply.code(201).send(await database.inTransaction((tx) => createMerchantKey(tx, order)))
    },
  )

  const revoke = {
    ...shared,
    summary: 'End a merchant’s key',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403, 404) },
  }
  app.delete(
    '/operator/merchant-keys/:id',
    { ...forOperator('partners'), schema: revoke },
    async (request, reply) => {
      const order = { id: request.params.id, actor: actorIn(request) }
      await database.inTransaction((tx) => revokeMerchantKey(tx, order))
      return reply.code(204).send(null)
    },
  )
}
