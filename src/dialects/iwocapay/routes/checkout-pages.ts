import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { agreeCheckout } from '../../../core/checkout/agree-checkout.ts'
import type { Agreement } from '../../../core/checkout/agree-checkout.ts'
import { beginCheckout } from '../../../core/checkout/begin-checkout.ts'
import { cancelCheckout } from '../../../core/checkout/cancel-checkout.ts'
import { isEnded, returnUrlOf } from '../../../core/checkout/checkout.ts'
import type { Checkout } from '../../../core/checkout/checkout.ts'
import type { Decision } from '../../../core/checkout/decision.ts'
import { findCheckout, findDay, findDecision } from '../../../core/checkout/find-checkout.ts'
import { hurryDecision } from '../../../core/checkout/retry-decision.ts'
import { isPageKey } from '../../../core/checkout/page-address.ts'
import { sayAtBank } from '../../../core/checkout/say-at-bank.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import { toFailure } from '../../../platform/http-failures.ts'
import { writePage } from '../../../platform/html-page.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'
import { Failure } from '../../../values/failure.ts'
import { parseId } from '../../../values/ids.ts'
import type { CheckoutId } from '../../../values/ids.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toMonths, toTurnover } from '../mapping/forms.ts'
import { plainPage } from '../pages/layout.ts'
import type { PageFrame } from '../pages/layout.ts'
import { bankPage, choosePage, detailsPage, planPage, resultPage, waitingPage } from '../pages/steps.ts'
import { PageForm, PageQuery } from '../wire/pages.ts'

/**
 * GET  /pay?order=…&key=…        the buyer's page; its steps are in the address, and nothing else is remembered anywhere but in the order
 * POST /pay?order=…&key=…        what the buyer does there; each act can come twice, from any window, at any time
 * GET  /pay/state?order=…&key=…  whether there is something new, for a page that waits
 */
export function checkoutPages(app: DialectApp, services: Services): void {
  void app.register(async (pages: DialectApp) => {
    pages.setErrorHandler((error, _request, reply) => {
      const failure = toFailure(error)
      const known = sentences[failure.code]
      // The dialect's own handler writes down what nobody expected.
      if (known === undefined) throw failure
      const [status, title, sentence] = known
      if (status === 503) reply.header('retry-after', 1)
      return send(reply.code(status), plainPage(title, sentence))
    })
    serve(pages, services)
  })
}

function serve(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const open = { schema: { hide: true, querystring: PageQuery }, config: { open: true } } as const

  const findOrder = async ({ order, key }: PageQuery): Promise<Checkout> => {
    const id = parseId<CheckoutId>(order)
    if (id === undefined || !isPageKey(keyRing, id, key)) throw new Failure('order_not_found')
    return findCheckout(database, id)
  }

  app.get('/pay', open, async (request, reply) => {
    const { query } = request
    const checkout = await findOrder(query)
    // Back from the payer's own page, where it was probably decided.
    if (query.step === 'back') await database.inTransaction((tx) => hurryDecision(tx, checkout.id))
    return show(reply, checkout, await findDecision(database, checkout.id), query)
  })

  app.get('/pay/state', open, async (request) => {
    const { query } = request
    const checkout = await findOrder(query)
    const state = stateOf(checkout, await findDecision(database, checkout.id))
    return { state: state === 'elsewhere' && query.step === 'back' ? 'waiting' : state }
  })

  app.post('/pay', { ...open, schema: { ...open.schema, body: PageForm } }, async (request, reply) => {
    const { query, body } = request
    const { id } = await findOrder(query)
    switch (body.action) {
      case 'begin':
        await database.inTransaction((tx) => beginCheckout(tx, keyRing, id))
        return go(reply, query, { step: 'plan', months: '3' })
      case 'pay_now':
        await agree(id, { chosen: 'pay_now' })
        return follow(reply, query)
      case 'agree':
        return apply(request, reply)
      case 'bank':
        if (services.environment === 'sandbox' && body.word !== undefined)
          await database.inTransaction((tx) =>
            sayAtBank(tx, id, body.word === 'approve' ? 'approve' : 'decline'),
          )
        return follow(reply, query)
      case 'cancel':
        await database.inTransaction((tx) => cancelCheckout(tx, keyRing, id, 'buyer')).catch(unlessEnded)
        return follow(reply, query)
    }
  })

  async function agree(id: CheckoutId, agreement: Agreement): Promise<void> {
    await database.inTransaction((tx) => agreeCheckout(tx, keyRing, id, agreement)).catch(unlessEnded)
  }

  /** The consent with its particulars; what is wrong with them is said beside them. */
  async function apply(
    { query, body }: { readonly query: PageQuery; readonly body: PageForm },
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const checkout = await findOrder(query)
    const { company = '', email = '', turnover = '' } = body
    const months = Number(body.months)
    const buyer = { company, email, turnover: toTurnover(turnover) ?? -1n }
    const day = body.day ?? ''
    // Whoever has chosen already, and whoever comes too late, sees where the order is.
    if (checkout.chosen !== undefined || isOver(checkout)) return follow(reply, query)
    try {
      await agree(checkout.id, { chosen: 'pay_later', months, buyer, day })
      return await follow(reply, query)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'validation_failed') throw error
      const problems = new Map(error.fields.map(({ field, sentence }) => [field, sentence]))
      // What was agreed to must be what was seen: the dates of the payments begin with the day.
      if (problems.has('payments'))
        problems.set('payments', 'The dates have moved on by a day. Please look at your payments again.')
      const draft = { company, email, turnover, problems }
      const frame = frameOf(checkout, query, services)
      return send(reply.code(400), detailsPage(frame, toMonths(body.months), await findDay(database), draft))
    }
  }

  /** Goes where the order is by now, having given whoever decides a moment. */
  async function follow(reply: FastifyReply, query: PageQuery): Promise<FastifyReply> {
    const untilMs = performance.now() + Math.min(services.patienceMs, patienceMostMs)
    for (;;) {
      const checkout = await findOrder(query)
      const decision = await findDecision(database, checkout.id)
      const state = stateOf(checkout, decision)
      if (state === 'waiting' && performance.now() < untilMs) {
        await sleep(lookEveryMs)
        continue
      }
      if (state === 'elsewhere' && decision?.continueUrl !== undefined)
        return reply.redirect(decision.continueUrl, 303)
      if (checkout.status === 'successful' || checkout.endReason === 'cancelled')
        return reply.redirect(returnUrlOf(checkout), 303)
      return go(reply, query, {})
    }
  }

  async function show(
    reply: FastifyReply,
    checkout: Checkout,
    decision: Decision | undefined,
    query: PageQuery,
  ): Promise<FastifyReply> {
    const frame = frameOf(checkout, query, services)
    if (isOver(checkout)) {
      const isJustPaid = checkout.status === 'successful' && (query.step === 'done' || query.step === 'back')
      return isJustPaid ? reply.redirect(returnUrlOf(checkout), 303) : send(reply, resultPage(frame))
    }
    switch (stateOf(checkout, decision)) {
      case 'elsewhere':
        if (services.environment === 'sandbox' && query.step === 'bank') return send(reply, bankPage(frame))
        if (query.step === 'back') return send(reply, waitFor(frame, query, 'back'))
        return reply.redirect(decision?.continueUrl ?? returnUrlOf(checkout), 303)
      case 'waiting':
        return send(reply, waitFor(frame, query, 'done'))
      case 'open':
      case 'over':
        return send(reply, stepPage(frame, query, await findDay(database)))
    }
  }
}

/** A page that waits, for whoever has come from here (`done`) or back from the payer's own page (`back`). */
function waitFor(frame: PageFrame, query: PageQuery, step: 'done' | 'back'): HtmlPage {
  return waitingPage(frame, step, escapeHtml(addressOf('/pay/state', query, { step })))
}

function stepPage(frame: PageFrame, { step, months }: PageQuery, day: string): HtmlPage {
  const isLater = frame.checkout.terms.includes('pay_later')
  if (isLater && step === 'plan') return planPage(frame, toMonths(months), day)
  if (isLater && step === 'details') {
    const draft = { company: '', email: '', turnover: '', problems: new Map<string, string>() }
    return detailsPage(frame, toMonths(months), day, draft)
  }
  return choosePage(frame)
}

/**
 * open       the buyer has not agreed to anything yet
 * waiting    somebody decides
 * elsewhere  the buyer has to go on at a page of whoever pays
 */
function stateOf(
  checkout: Checkout,
  decision: Decision | undefined,
): 'open' | 'waiting' | 'elsewhere' | 'over' {
  if (isOver(checkout)) return 'over'
  if (decision === undefined) return 'open'
  return decision.continueUrl !== undefined && decision.word === undefined && decision.state === 'waiting'
    ? 'elsewhere'
    : 'waiting'
}

function isOver(checkout: Checkout): boolean {
  return isEnded(checkout.status) || (checkout.isExpired && checkout.status !== 'approved')
}

function frameOf(checkout: Checkout, query: PageQuery, services: Services): PageFrame {
  return {
    checkout,
    linkTo: (step = {}) => escapeHtml(addressOf('/pay', query, step)),
    formTargets: formTargetsOf(checkout, services),
  }
}

/**
 * A browser holds every redirect behind a form against the policy, those of a shop or a bank among themselves, too: so any server under TLS may
 * follow, and without TLS the shop's own, or in a sandbox any.
 */
function formTargetsOf(checkout: Checkout, { environment }: Services): string[] {
  const { protocol, origin } = new URL(checkout.redirectUrl)
  const inTheClear = environment === 'sandbox' ? ['http:'] : protocol === 'http:' ? [origin] : []
  return ["'self'", 'https:', ...inTheClear]
}

/** Relative to this very page, so that it works under whatever name the server was reached. */
function addressOf(
  path: '/pay' | '/pay/state',
  { order, key }: PageQuery,
  step: Readonly<Record<string, string>>,
): string {
  return `${path.slice(1)}?${new URLSearchParams({ order, key, ...step }).toString()}`
}

function go(reply: FastifyReply, query: PageQuery, step: Readonly<Record<string, string>>): FastifyReply {
  return reply.redirect(
    `?${new URLSearchParams({ order: query.order, key: query.key, ...step }).toString()}`,
    303,
  )
}

/** As bytes: the call stands in the API log, not what it showed. */
function send(reply: FastifyReply, page: HtmlPage): FastifyReply {
  const { text, headers } = writePage(page)
  return reply.headers(headers).send(Buffer.from(text))
}

/** Whoever comes too late sees how it ended. */
function unlessEnded(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== 'order_ended') throw error
}

const sentences: Readonly<Partial<Record<Failure['code'], readonly [number, string, string]>>> = {
  order_not_found: [
    404,
    'There is no such order',
    'The link is incomplete or wrong. Please open it again from the shop.',
  ],
  validation_failed: [
    400,
    'That did not work',
    'The page was sent something that it does not understand. Please go back and try again.',
  ],
  malformed_body: [
    400,
    'That did not work',
    'The page was sent something that it does not understand. Please go back and try again.',
  ],
  unsupported_media_type: [
    415,
    'That did not work',
    'The page was sent something that it does not understand. Please go back and try again.',
  ],
  unavailable: [
    503,
    'We are back in a moment',
    'Something is being restarted here. Nothing is lost: please try again in a moment.',
  ],
}

/** Most decisions take less; the page that waits does the rest. */
const patienceMostMs = 6_000
const lookEveryMs = 100
