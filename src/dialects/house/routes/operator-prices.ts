import { recordAudit } from '../../../core/audit/record-audit.ts'
import type { PriceRuleInput } from '../../../core/catalogue/input.ts'
import { changeProduct, changeSku } from '../../../core/catalogue/change-catalogue.ts'
import { endPriceRule } from '../../../core/catalogue/end-price-rule.ts'
import { findPartnerTerms, listPriceRules } from '../../../core/catalogue/list-price-rules.ts'
import { listRates } from '../../../core/catalogue/list-rates.ts'
import { listSkus } from '../../../core/catalogue/list-skus.ts'
import { setPartnerTerms } from '../../../core/catalogue/set-partner-terms.ts'
import { setPriceRule } from '../../../core/catalogue/set-price-rule.ts'
import { storeCatalogue } from '../../../core/catalogue/store-catalogue.ts'
import { storeRates } from '../../../core/catalogue/store-rates.ts'
import { findNames } from '../../../core/partners/find-names.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { parseDecimal } from '../../../values/decimal.ts'
import { Failure } from '../../../values/failure.ts'
import { parseAmount, parseCurrency, percentScale, rateScale } from '../../../values/money.ts'
import type { Currency } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toOperatorSku, toPriceRule } from '../mapping/prices.ts'
import { toInstant, toPage } from '../mapping/shared.ts'
import {
  CatalogueBody,
  CatalogueCountsReply,
  ChangeProductBody,
  ChangeSkuBody,
  OperatorSkusQuery,
  OperatorSkusReply,
  PriceRuleBody,
  PriceRulesQuery,
  PriceRulesReply,
  RateBody,
  RatesReply,
  Terms,
  TermsBody,
} from '../wire/prices.ts'
import { IdPath, nothing, refusals } from '../wire/shared.ts'
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
 */
export function operatorPriceRoutes(app: DialectApp, services: Services): void {
  catalogueRoutes(app, services)
  ruleRoutes(app, services)
  rateRoutes(app, services)
  termRoutes(app, services)
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

function ruleRoutes(app: DialectApp, { database }: Services): void {
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
    description: 'Replaces the rule of the same scope; it holds in all processes within a moment.',
    body: PriceRuleBody,
    response: { 204: nothing, ...refusals(401, 403, 404, 422) },
  }
  app.post('/operator/price-rules', { ...forOperator('prices'), schema: set }, async (request, reply) => {
    const { partner_id: partner } = request.body
    const partnerId = partner === undefined || partner === null ? undefined : toPartnerId(partner)
    const rule = { ...toRule(request.body), partnerId, actor: actorIn(request) }
    await database.inTransaction((tx) => setPriceRule(tx, rule))
    return reply.code(204).send(null)
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

function rateRoutes(app: DialectApp, { database }: Services): void {
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
    description: 'The former stays in the history.',
    body: RateBody,
    response: { 204: nothing, ...refusals(401, 403, 422) },
  }
  app.post('/operator/rates', { ...forOperator('prices'), schema: store }, async (request, reply) => {
    const { base, quote, rate, source = 'console' } = request.body
    const given = {
      base: toCurrency('base', base),
      quote: toCurrency('quote', quote),
      rate: parseDecimal(rate, rateScale) ?? 0n,
      source,
    }
    const actor = actorIn(request)
    await database.inTransaction(async (tx) => {
      const { stored } = await storeRates(tx, [given])
      if (stored === 0) return
      const subject = `${base}/${quote}`
      await recordAudit(tx, { actor, action: 'rate.stored', subject, details: { rate, source } })
    })
    return reply.code(204).send(null)
  })
}

function termRoutes(app: DialectApp, { database }: Services): void {
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
    params: IdPath,
    body: TermsBody,
    response: { 200: Terms, ...refusals(401, 403, 404, 422) },
  }
  app.put('/operator/partners/:id/terms', { ...forOperator('prices'), schema: set }, async (request) => {
    const { fx_margin: margin, discount } = request.body
    const order = {
      partnerId: toPartnerId(request.params.id),
      fxMarginPercent: parseDecimal(margin, percentScale) ?? 0n,
      discountPercent: parseDecimal(discount, percentScale) ?? 0n,
      actor: actorIn(request),
    }
    return database.inTransaction(async (tx) => {
      await setPartnerTerms(tx, order)
      const { fxMarginPercent, discountPercent } = await findPartnerTerms(tx, order.partnerId)
      return { fx_margin: fxMarginPercent, discount: discountPercent }
    })
  })
}
