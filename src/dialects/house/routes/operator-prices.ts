import { recordAudit } from '../../../core/audit/record-audit.ts'
import type { PriceRuleInput } from '../../../core/catalogue/input.ts'
import {
  approvePriceChange,
  changePrices,
  listPriceProposals,
  rejectPriceChange,
} from '../../../core/catalogue/change-prices.ts'
import type { PriceChange, PriceProposal as CoreProposal } from '../../../core/catalogue/proposal.ts'
import { changeProduct, changeSku } from '../../../core/catalogue/change-catalogue.ts'
import { endPriceRule } from '../../../core/catalogue/end-price-rule.ts'
import { findPartnerTerms, listPriceRules } from '../../../core/catalogue/list-price-rules.ts'
import { listRates } from '../../../core/catalogue/list-rates.ts'
import { listSkus } from '../../../core/catalogue/list-skus.ts'
import { storeCatalogue } from '../../../core/catalogue/store-catalogue.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { parseDecimal } from '../../../values/decimal.ts'
import { Failure } from '../../../values/failure.ts'
import { parseAmount, parseCurrency, percentScale, rateScale } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { ProposalId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toOperatorSku, toPriceProposal, toPriceRule } from '../mapping/prices.ts'
import { toId, toInstant, toPage } from '../mapping/shared.ts'
import {
  CatalogueBody,
  CatalogueCountsReply,
  ChangeProductBody,
  ChangeSkuBody,
  OperatorSkusQuery,
  OperatorSkusReply,
  PriceProposal,
  PriceProposalsReply,
  PriceProposedReply,
  PriceRuleBody,
  PriceRulesQuery,
  PriceRulesReply,
  RateBody,
  RatesReply,
  Terms,
  TermsBody,
} from '../wire/prices.ts'
import { IdPath, nothing, object, pageQuery, refusals } from '../wire/shared.ts'
import { actorIn, forOperator } from './access.ts'
import { toPartnerId } from './keys.ts'

/**
 * GET    /operator/skus                 all that was ever sold
 * POST   /operator/catalogue            stores a catalogue, or a part of one, out of a file
 * PATCH  /operator/skus/{id}            names, how many an order may have, whether it is sold
 * PATCH  /operator/products/{id}        names, whether it is sold
 * GET    /operator/price-rules          how prices come about
 * POST   /operator/price-rules          makes a rule, or replaces the one of its scope
 * DELETE /operator/price-rules/{id}
 * GET    /operator/rates                exchange rates in force
 * POST   /operator/rates                puts one in force
 * GET    /operator/partners/{id}/terms  a partner's margin and discount
 * PUT    /operator/partners/{id}/terms
 * GET    /operator/price-proposals               changes that wait for a second person
 * POST   /operator/price-proposals/{id}/approve  by another person
 * POST   /operator/price-proposals/{id}/reject
 */
export function operatorPriceRoutes(app: DialectApp, services: Services): void {
  catalogueRoutes(app, services)
  ruleRoutes(app, services)
  rateRoutes(app, services)
  termRoutes(app, services)
  proposalRoutes(app, services)
}

function catalogueRoutes(app: DialectApp, { database, parseCatalogue }: Services): void {
  const shared = { tags: ['Console: catalogue'] }
  const list = {
    ...shared,
    summary: 'SKUs by code, those that are not sold too',
    querystring: OperatorSkusQuery,
    response: { 200: OperatorSkusReply, ...refusals(401, 422) },
  }
  app.get('/operator/skus', { ...forOperator('read'), schema: list }, async (request) => {
    const { q, cursor, limit = 25 } = request.query
    const filter = { text: q === '' ? undefined : q }
    return toPage(await listSkus(database, filter, { cursor, limit }), toOperatorSku)
  })

  const store = {
    ...shared,
    summary: 'Store a catalogue, or a part of one, out of a JSON file',
    description: 'What the file does not name stays. All of it is stored, or nothing.',
    body: CatalogueBody,
    response: { 200: CatalogueCountsReply, ...refusals(401, 403, 413, 422) },
  }
  app.post(
    '/operator/catalogue',
    { ...forOperator('stock'), schema: store, bodyLimit: 48 * 1_048_576 },
    async (request) => {
      const { file_name: name, content } = request.body
      const input = parseCatalogue(name, content)
      const actor = actorIn(request)
      return database.inTransaction(async (tx) => {
        const counts = await storeCatalogue(tx, input)
        const details = { ...counts }
        await recordAudit(tx, { actor, action: 'catalogue.stored', subject: name, details })
        return counts
      })
    },
  )

  const sku = {
    ...shared,
    summary: 'Change a SKU',
    params: IdPath,
    body: ChangeSkuBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.patch('/operator/skus/:id', { ...forOperator('stock'), schema: sku }, async (request, reply) => {
    const { max_per_order: maxPerOrder, is_active: isActive } = request.body
    const names = namesOf(request.body)
    const order = { id: request.params.id, names, maxPerOrder, isActive, actor: actorIn(request) }
    await database.inTransaction((tx) => changeSku(tx, order))
    return reply.code(204).send(null)
  })

  const product = {
    ...shared,
    summary: 'Change a product',
    params: IdPath,
    body: ChangeProductBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.patch(
    '/operator/products/:id',
    { ...forOperator('stock'), schema: product },
    async (request, reply) => {
      const { is_active: isActive } = request.body
      const order = {
        id: request.params.id,
        names: namesOf(request.body),
        isActive,
        actor: actorIn(request),
      }
      await database.inTransaction((tx) => changeProduct(tx, order))
      return reply.code(204).send(null)
    },
  )
}

/** Throws Failure validation_failed for a Russian name without an English one. */
function namesOf({
  name,
  name_ru: russian,
}: {
  readonly name?: string | undefined
  readonly name_ru?: string | null | undefined
}): { readonly en: string; readonly ru?: string } | undefined {
  if (name !== undefined)
    return { en: name, ...(russian === undefined || russian === null ? {} : { ru: russian }) }
  if (russian === undefined) return undefined
  throw new Failure('validation_failed', {
    fields: [{ field: 'name', sentence: 'The English name must stand beside the Russian one.' }],
  })
}

function ruleRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const change = changerOf(services)
  const shared = { tags: ['Console: prices'] }
  const list = {
    ...shared,
    summary: 'Price rules, newest first',
    description:
      'The most specific one counts: a partner’s before everyone’s; then SKU, product, brand, category, all.',
    querystring: PriceRulesQuery,
    response: { 200: PriceRulesReply, ...refusals(401, 422) },
  }
  app.get('/operator/price-rules', { ...forOperator('read'), schema: list }, async (request) => {
    const { partner_id: partner, cursor, limit = 25 } = request.query
    const partnerId = partner === undefined ? undefined : toPartnerId(partner)
    const page = await listPriceRules(database, { partnerId }, { cursor, limit })
    const names = await findNames(
      database,
      page.rows.flatMap((rule) => rule.partnerId ?? []),
    )
    return toPage(page, (rule) =>
      toPriceRule(rule, rule.partnerId === undefined ? undefined : names.get(rule.partnerId)),
    )
  })

  const set = {
    ...shared,
    summary: 'Set how a price comes about',
    description: `Replaces the rule of the same scope; it holds in all processes within a moment. ${waits}`,
    body: PriceRuleBody,
    response: { 202: PriceProposedReply, 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.post('/operator/price-rules', { ...forOperator('prices'), schema: set }, async (request, reply) => {
    const { partner_id: partner } = request.body
    const partnerId = partner === undefined || partner === null ? undefined : toPartnerId(partner)
    const rule = { ...toRule(request.body), partnerId }
    const waiting = await change({ kind: 'rule', rule }, actorIn(request))
    return waiting === undefined ? reply.code(204).send(null) : reply.code(202).send(waiting)
  })

  const end = {
    ...shared,
    summary: 'Take a price rule away',
    description: 'The next one that fits counts again. Repeated, it does nothing.',
    params: IdPath,
    response: { 204: nothing, ...refusals(401, 403) },
  }
  app.delete(
    '/operator/price-rules/:id',
    { ...forOperator('prices'), schema: end },
    async (request, reply) => {
      const order = { id: request.params.id, actor: actorIn(request) }
      await database.inTransaction((tx) => endPriceRule(tx, order))
      return reply.code(204).send(null)
    },
  )
}

/** Throws Failure validation_failed. */
function toRule(body: PriceRuleBody): PriceRuleInput {
  const { scope: kind, code = '', fixed_price: fixed, currency, markup_percent: percent } = body
  const invalid = (field: string, sentence: string): Failure =>
    new Failure('validation_failed', { fields: [{ field, sentence }] })
  if (kind !== 'all' && code === '') throw invalid('code', `It must name the ${kind}.`)
  if ((fixed === undefined) !== (currency === undefined))
    throw invalid('currency', 'A fixed price and its currency belong together.')
  if (fixed === undefined && percent === undefined && body.markup_fixed === undefined)
    throw invalid('markup_percent', 'Give a markup, an amount on top, or a fixed price.')
  const fixedAmount = fixed === undefined ? undefined : parseAmount(fixed)
  return {
    scope: kind === 'all' ? { kind } : { kind, code },
    markupPercent: percent === undefined ? undefined : parseDecimal(percent, percentScale),
    markupFixed: body.markup_fixed === undefined ? undefined : parseAmount(body.markup_fixed),
    fixedPrice:
      fixedAmount === undefined
        ? undefined
        : { amount: fixedAmount, currency: toCurrency('currency', currency) },
  }
}

/** Throws Failure validation_failed. */
function toCurrency(field: string, text = ''): Currency {
  const currency = parseCurrency(text)
  if (currency !== undefined) return currency
  throw new Failure('validation_failed', { fields: [{ field, sentence: 'It must be a currency.' }] })
}

function rateRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const change = changerOf(services)
  const shared = { tags: ['Console: prices'] }
  const list = {
    ...shared,
    summary: 'Exchange rates in force',
    response: { 200: RatesReply, ...refusals(401) },
  }
  app.get('/operator/rates', { ...forOperator('read'), schema: list }, async () => ({
    data: (await listRates(database)).map(({ validFrom, ...rate }) => ({
      ...rate,
      valid_from: toInstant(validFrom),
    })),
  }))

  const store = {
    ...shared,
    summary: 'Put an exchange rate in force',
    description: `The former stays in the history. ${waits}`,
    body: RateBody,
    response: { 202: PriceProposedReply, 204: nothing, ...refusals(401, 403, 422) },
  }
  app.post('/operator/rates', { ...forOperator('prices'), schema: store }, async (request, reply) => {
    const { base, quote, rate, source = 'console' } = request.body
    const given = {
      base: toCurrency('base', base),
      quote: toCurrency('quote', quote),
      rate: parseDecimal(rate, rateScale) ?? 0n,
      source,
    }
    const waiting = await change({ kind: 'rates', rates: [given] }, actorIn(request))
    return waiting === undefined ? reply.code(204).send(null) : reply.code(202).send(waiting)
  })
}

function termRoutes(app: DialectApp, services: Services): void {
  const { database } = services
  const change = changerOf(services)
  const shared = { tags: ['Console: prices'] }
  const find = {
    ...shared,
    summary: 'A partner’s margin and discount where prices follow the exchange rate',
    params: IdPath,
    response: { 200: Terms, ...refusals(401, 404) },
  }
  app.get('/operator/partners/:id/terms', { ...forOperator('read'), schema: find }, async (request) => {
    const { id } = await findPartner(database, { id: toPartnerId(request.params.id) })
    const { fxMarginPercent, discountPercent } = await findPartnerTerms(database, id)
    return { fx_margin: fxMarginPercent, discount: discountPercent }
  })

  const set = {
    ...shared,
    summary: 'Set a partner’s margin and discount',
    description: waits,
    params: IdPath,
    body: TermsBody,
    response: { 200: Terms, 202: PriceProposedReply, ...refusals(401, 403, 404, 422) },
  }
  app.put(
    '/operator/partners/:id/terms',
    { ...forOperator('prices'), schema: set },
    async (request, reply) => {
      const { fx_margin: margin, discount } = request.body
      const terms = {
        partnerId: toPartnerId(request.params.id),
        fxMarginPercent: parseDecimal(margin, percentScale) ?? 0n,
        discountPercent: parseDecimal(discount, percentScale) ?? 0n,
      }
      const waiting = await change({ kind: 'terms', terms }, actorIn(request))
      if (waiting !== undefined) return reply.code(202).send(waiting)
      const { fxMarginPercent, discountPercent } = await findPartnerTerms(database, terms.partnerId)
      return { fx_margin: fxMarginPercent, discount: discountPercent }
    },
  )
}

function proposalRoutes(app: DialectApp, { database }: Services): void {
  const shared = { tags: ['Console: prices'] }
  const named = async (proposals: readonly CoreProposal[]) => {
    const names = await findNames(
      database,
      proposals.flatMap(({ partnerId }) => partnerId ?? []),
    )
    return (one: CoreProposal) =>
      toPriceProposal(one, one.partnerId === undefined ? undefined : names.get(one.partnerId))
  }

  const list = {
    ...shared,
    summary: 'Changes of prices that wait for a second person, the longest waiting first',
    querystring: object(pageQuery),
    response: { 200: PriceProposalsReply, ...refusals(401, 422) },
  }
  app.get('/operator/price-proposals', { ...forOperator('read'), schema: list }, async (request) => {
    const { cursor, limit = 25 } = request.query
    const page = await listPriceProposals(database, { cursor, limit })
    return toPage(page, await named(page.rows))
  })

  const decision = {
    ...shared,
    params: IdPath,
    response: { 200: PriceProposal, ...refusals(401, 403, 404, 409, 422) },
  }
  app.post(
    '/operator/price-proposals/:id/approve',
    {
      ...forOperator('prices'),
      schema: { ...decision, summary: 'Put a change of prices in force, as another person' },
    },
    async (request) => {
      const order = { id: toProposalId(request.params.id), actor: actorIn(request) }
      const { proposal } = await database.inTransaction((tx) => approvePriceChange(tx, order))
      return (await named([proposal]))(proposal)
    },
  )
  app.post(
    '/operator/price-proposals/:id/reject',
    {
      ...forOperator('prices'),
      schema: { ...decision, summary: 'Drop a change of prices that was proposed' },
    },
    async (request) => {
      const order = { id: toProposalId(request.params.id), actor: actorIn(request) }
      const { proposal } = await database.inTransaction((tx) => rejectPriceChange(tx, order))
      return (await named([proposal]))(proposal)
    },
  )
}

/** Changes prices for a person in the console, in a sandbox as in earnest; what it gives back waits for another one. */
function changerOf({ database }: Services) {
  return async (
    change: PriceChange,
    actor: string,
  ): Promise<{ proposal_id: ProposalId; reason: string } | undefined> => {
    const done = await database.inTransaction((tx) => changePrices(tx, { change, actor, needsSecond: true }))
    return done.holds ? undefined : { proposal_id: done.proposalId, reason: done.reason }
  }
}

function toProposalId(text: string): ProposalId {
  return toId<ProposalId>(text, 'proposal_not_found')
}

const waits =
  'What sells goods more than 10 % beneath face value, or moves a rate by more than 10 %, is answered with 202 and waits for a second person.'
