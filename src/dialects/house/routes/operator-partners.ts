import { listWallets } from '../../../core/ledger/list-wallets.ts'
import { openWallet } from '../../../core/ledger/open-wallet.ts'
import { createPartner } from '../../../core/partners/create-partner.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { listPartners } from '../../../core/partners/list-partners.ts'
import { setPartnerPlan } from '../../../core/partners/set-partner-plan.ts'
import { setPartnerStatus } from '../../../core/partners/set-partner-status.ts'
import { setRateLimit } from '../../../core/partners/set-rate-limit.ts'
import { listPlans } from '../../../core/plans/list-plans.ts'
import { Failure } from '../../../values/failure.ts'
import { parseCurrency } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toPartner } from '../mapping/operator.ts'
import { toWallet } from '../mapping/partner.ts'
import { toPage } from '../mapping/shared.ts'
import {
  ChangePartnerBody,
  CreatePartnerBody,
  OpenWalletBody,
  Partner,
  PartnerReply,
  PartnersQuery,
  PartnersReply,
  PlansReply,
} from '../wire/operator.ts'
import { Wallet } from '../wire/partner.ts'
import { IdPath, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'
import { toPartnerId } from './keys.ts'

const shared = { tags: ['Console: partners'] }

/**
 * GET   /operator/partners               found by name, address or status
 * POST  /operator/partners               makes one
 * GET   /operator/partners/{id}          one with its wallets
 * PATCH /operator/partners/{id}          status, limit, plan
 * POST  /operator/partners/{id}/wallets  opens a wallet
 * GET   /operator/plans                  plans that a partner may have
 */
export function operatorPartnerRoutes(app: DialectApp, { database }: Services): void {
  const list = {
    ...shared,
    summary: 'Partners, newest first',
    querystring: PartnersQuery,
    response: { 200: PartnersReply, ...refusals(401, 422) },
  }
  app.get('/operator/partners', { ...forOperator('read'), schema: list }, async (request) => {
    const { q, status, cursor, limit = 25 } = request.query
    const filters = { status, text: q === '' ? undefined : q }
    return toPage(await listPartners(database, filters, { cursor, limit }), toPartner)
  })

  const create = {
    ...shared,
    summary: 'Make a partner',
    body: CreatePartnerBody,
    response: { 201: Partner, ...refusals(401, 403, 422) },
  }
  app.post('/operator/partners', { ...forOperator('partners'), schema: create }, async (request, reply) => {
    const { name, email, locale, time_zone: timeZone } = request.body
    const order = { name, email, locale, timeZone, actor: actorIn(request) }
    const partner = await database.inTransaction((tx) => createPartner(tx, order))
    return reply.code(201).send(toPartner(partner))
  })

  const find = {
    ...shared,
    summary: 'One partner with its wallets',
    params: IdPath,
    response: { 200: PartnerReply, ...refusals(401, 404) },
  }
  app.get('/operator/partners/:id', { ...forOperator('read'), schema: find }, async (request) => {
    const id = toPartnerId(request.params.id)
    const partner = await findPartner(database, { id })
    return { ...toPartner(partner), wallets: (await listWallets(database, id)).map(toWallet) }
  })

  const change = {
    ...shared,
    summary: 'Suspend, reopen or close a partner; set its limit and its plan',
    params: IdPath,
    body: ChangePartnerBody,
    response: { 200: Partner, ...refusals(401, 403, 404, 409, 422) },
  }
  app.patch('/operator/partners/:id', { ...forOperator('partners'), schema: change }, async (request) => {
    const partnerId = toPartnerId(request.params.id)
    const { status, reason, requests_per_minute: limit, plan } = request.body
    const actor = actorIn(request)
    const partner = await database.inTransaction(async (tx) => {
      if (plan !== undefined) await setPartnerPlan(tx, { partnerId, plan: plan ?? undefined, actor })
      if (limit !== undefined)
        await setRateLimit(tx, { partnerId, requestsPerMinute: limit ?? undefined, actor })
      if (status !== undefined) await setPartnerStatus(tx, { partnerId, status, reason, actor })
      return findPartner(tx, { id: partnerId })
    })
    return toPartner(partner)
  })

  const wallet = {
    ...shared,
    summary: 'Open a wallet for a partner',
    params: IdPath,
    body: OpenWalletBody,
    response: { 201: Wallet, ...refusals(401, 403, 404, 422) },
  }
  app.post(
    '/operator/partners/:id/wallets',
    { ...forOperator('partners'), schema: wallet },
    async (request, reply) => {
      const partnerId = toPartnerId(request.params.id)
      const currency = parseCurrency(request.body.currency)
      if (currency === undefined) throw new Failure('invalid_currency')
      const { is_default: isDefault } = request.body
      const made = await database.inTransaction(async (tx) => {
        const isFirst = (await listWallets(tx, partnerId)).length === 0
        const order = { partnerId, currency, isDefault: isDefault ?? isFirst, actor: actorIn(request) }
        return openWallet(tx, order)
      })
      return reply.code(201).send(toWallet(made))
    },
  )

  const plans = { ...shared, summary: 'Plans', response: { 200: PlansReply, ...refusals(401) } }
  app.get('/operator/plans', { ...forOperator('read'), schema: plans }, async () => ({
    data: (await listPlans(database)).map((plan) => ({
      code: plan.code,
      name: plan.name,
      requests_per_minute: plan.requestsPerMinute ?? null,
      requests_per_month: plan.requestsPerMonth ?? null,
      partners: Number(plan.partners),
    })),
  }))
}
