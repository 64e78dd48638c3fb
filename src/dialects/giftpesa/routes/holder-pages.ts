import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { askForCode } from '../../../core/holders/ask-for-code.ts'
import { endHolderSession, findHolderSession } from '../../../core/holders/find-holder-session.ts'
import { openHolderSession } from '../../../core/holders/open-holder-session.ts'
import { redeemForHolder } from '../../../core/holders/redeem-for-holder.ts'
import { findTill } from '../../../core/merchants/find-till.ts'
import type { Till } from '../../../core/merchants/merchant.ts'
import { findReceiptOf } from '../../../core/redemptions/find-redemption.ts'
import { listSpendable } from '../../../core/vouchers/list-spendable.ts'
import { toFailure } from '../../../platform/http-failures.ts'
import { writePage } from '../../../platform/html-page.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'
import { randomCharacters } from '../../../platform/secrets.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import type { SessionId } from '../../../values/ids.ts'
import { locales } from '../../../values/locale.ts'
import type { Locale } from '../../../values/locale.ts'
import type { Micros } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { requireOwnOrigin } from '../../own-origin.ts'
import { currency } from '../mapping/amounts.ts'
import { readPhone } from '../mapping/phones.ts'
import { readTypedAmount } from '../mapping/ussd.ts'
import { holderWords } from '../pages/holder-words.ts'
import { codePage, pursePage, receiptPage, reviewPage, sorryPage, startPage } from '../pages/holder.ts'
import { failureWords } from '../pages/words.ts'
import { HolderForm, HolderQuery } from '../wire/holder-pages.ts'
import { formBytesMost, readForms } from './forms.ts'

type Session = { readonly id: SessionId; readonly phone: string }

/**
 * GET  /pay  the page of a telephone's owner: its number, what it can spend, a receipt
 * POST /pay  asks for a code, opens the page by it, looks at a payment, makes it, and leaves
 */
export function holderPages(app: DialectApp, services: Services): void {
  void app.register(async (pages: DialectApp) => {
    readForms(pages)
    pages.setErrorHandler((error, request, reply) => {
      const failure = toFailure(error)
      const words = sorryWords[failure.code]
      // The dialect's own handler writes down what nobody expected.
      if (words === undefined) throw failure
      const [status, texts] = words
      if (failure.retryAfterSeconds !== undefined || status === 503)
        reply.header('retry-after', Math.ceil(failure.retryAfterSeconds ?? 1))
      return send(reply.code(status), sorryPage(localeOf(request), texts[localeOf(request)]))
    })
    serve(pages, services)
  })
}

function serve(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const parts = { database, keyRing, renderer: openRenderer() }
  const open = { schema: { hide: true, querystring: HolderQuery }, config: { open: true } } as const
  const cookieName = services.publicUrl.startsWith('https:') ? '__Host-scrip_holder' : 'scrip_holder'

  const tokenOf = (request: FastifyRequest): string | undefined =>
    parseCookie(request.headers.cookie ?? '')[cookieName]
  const cookie = (token: string, lifeMinutes: number): string =>
    stringifySetCookie({
      name: cookieName,
      value: token,
      path: '/',
      httpOnly: true,
      secure: services.publicUrl.startsWith('https:'),
      sameSite: 'strict',
      maxAge: lifeMinutes * 60,
    })

  app.get('/pay', open, async (request, reply) => {
    const locale = localeOf(request)
    const session = await findHolderSession(database, tokenOf(request))
    if (session === undefined) return send(reply, startPage(locale))
    const { receipt } = request.query
    if (receipt === undefined) return send(reply, pursePage(locale, await purseOf(session)))
    return send(reply, receiptPage(locale, await findReceiptOf(database, session.phone, receipt)))
  })

  app.post(
    '/pay',
    { ...open, schema: { ...open.schema, body: HolderForm }, bodyLimit: formBytesMost },
    async (request, reply) => {
      requireOwnOrigin(request, services)
      const { body } = request
      if (body.action === 'ask') return ask(request, reply, body)
      if (body.action === 'open') return openPurse(request, reply, body)
      const token = tokenOf(request)
      const locale = localeOf(request)
      if (body.action === 'leave') {
        if (token !== undefined) await endHolderSession(database, token)
        return go(reply.header('set-cookie', cookie('', 0)), { lang: locale })
      }
      const session = await findHolderSession(database, token)
      if (session === undefined)
        return send(reply.code(401), startPage(locale, undefined, holderWords[locale].ended))
      return body.action === 'review'
        ? review(locale, reply, session, body)
        : pay(locale, reply, session, body)
    },
  )

  const purseOf = ({ phone }: Session) => listSpendable(database, { phone, currency })

  async function ask(request: FastifyRequest, reply: FastifyReply, body: HolderForm): Promise<FastifyReply> {
    const locale = localeOf(request)
    const phone = readPhone(body.phone)
    if (phone === undefined) {
      const problems = new Map([['phone', holderWords[locale].phoneWrong]])
      return send(reply.code(400), startPage(locale, { values: { phone: body.phone ?? '' }, problems }))
    }
    const form = randomCharacters(formAlphabet, 32)
    await askForCode(parts, {
      purpose: 'web',
      phone,
      requestKey: form,
      address: request.ip,
      currency,
      payment: undefined,
      locale,
    })
    return send(reply, codePage(locale, { phone, form }))
  }

  async function openPurse(
    request: FastifyRequest,
    reply: FastifyReply,
    { phone: typed, form = '', one_time_code: typedCode = '' }: HolderForm,
  ): Promise<FastifyReply> {
    const locale = localeOf(request)
    const phone = readPhone(typed)
    if (phone === undefined) return send(reply.code(400), startPage(locale))
    const code = typedCode.replaceAll(/[\s-]/g, '')
    const opened = await openHolderSession(parts, { phone, requestKey: form, code }).catch((error: unknown) =>
      problemOf(error, { one_time_code_wrong: 'one_time_code' }, locale),
    )
    if (opened instanceof Map)
      return send(reply.code(400), codePage(locale, { phone, form }, { values: {}, problems: opened }))
    return go(reply.header('set-cookie', cookie(opened.token, opened.lifeMinutes)), { lang: locale })
  }

  /** Nothing is paid yet: the till's name and the amount are shown once more. */
  async function review(
    locale: Locale,
    reply: FastifyReply,
    session: Session,
    { till: typedTill = '', amount: amountText = '' }: HolderForm,
  ): Promise<FastifyReply> {
    const amount = readTypedAmount(amountText)
    const till = await payableTill(session, typedTill.trim(), amount).catch((error: unknown) =>
      problemOf(error, { till_not_found: 'till', voucher_balance_insufficient: 'amount' }, locale),
    )
    if (amount !== undefined && !(till instanceof Map))
      return send(
        reply,
        reviewPage(locale, { till, amount, amountText, form: randomCharacters(formAlphabet, 16) }),
      )
    const problems = till instanceof Map ? till : new Map<string, string>()
    if (amount === undefined) problems.set('amount', holderWords[locale].amountWrong)
    const values = { till: typedTill, amount: amountText }
    return send(reply.code(400), pursePage(locale, await purseOf(session), { values, problems }))
  }

  /** The till, where so much can be paid now. Throws Failure till_not_found, voucher_balance_insufficient. */
  async function payableTill({ phone }: Session, number: string, amount: Micros | undefined): Promise<Till> {
    const till = await findTill(database, number)
    const { worth } = await listSpendable(database, { phone, currency, merchant: till.merchant.code })
    if (worth < (amount ?? 0n)) throw new Failure('voucher_balance_insufficient')
    return till
  }

  /** Once for each page that showed it, however often its button is pressed. */
  async function pay(
    locale: Locale,
    reply: FastifyReply,
    session: Session,
    { till: tillNumber = '', amount: amountText = '', form = '' }: HolderForm,
  ): Promise<FastifyReply> {
    const amount = readTypedAmount(amountText)
    if (amount === undefined || !isFormName(form)) throw new Failure('validation_failed')
    const { receipt } = await redeemForHolder(parts, {
      mode: 'web',
      transactionId: `web:${session.id}:${form}`,
      phone: session.phone,
      payment: { tillNumber, amount, currency },
    })
    return go(reply, { lang: locale, receipt })
  }
}

/** What was wrong with a field, in words; what is about none goes on. */
function problemOf(
  error: unknown,
  fields: Readonly<Partial<Record<Failure['code'], string>>>,
  locale: Locale,
): Map<string, string> {
  if (!(error instanceof Failure)) throw error
  const field = fields[error.code]
  if (field === undefined) throw error
  return new Map([[field, failureWords[error.code]?.[locale] ?? error.sentence]])
}

/** What the address says, else what the browser prefers. */
function localeOf(request: FastifyRequest): Locale {
  const { lang } = request.query as HolderQuery // Its schema is that of the routes of this page.
  const wanted = lang ?? request.headers['accept-language']?.slice(0, 2)
  return locales.find((locale) => locale === wanted) ?? 'en'
}

function isFormName(text: string): boolean {
  return /^[0-9a-z]{16}$/.test(text)
}

function go(reply: FastifyReply, query: Readonly<Record<string, string>>): FastifyReply {
  return reply.redirect(`?${new URLSearchParams(query).toString()}`, 303)
}

/** As bytes: the call stands in the API log, not what it showed. */
function send(reply: FastifyReply, page: HtmlPage): FastifyReply {
  const { text, headers } = writePage(page)
  return reply.headers(headers).send(Buffer.from(text))
}

const notUnderstood = {
  en: 'The page was sent something that it does not understand. Please go back and try again.',
  ru: 'Страница получила что-то непонятное. Вернитесь и попробуйте снова.',
}

const sorryWords: Readonly<
  Partial<Record<Failure['code'], readonly [number, Readonly<Record<Locale, string>>]>>
> = {
  validation_failed: [400, notUnderstood],
  malformed_body: [400, notUnderstood],
  unsupported_media_type: [415, notUnderstood],
  body_too_large: [413, notUnderstood],
  origin_not_proven: [
    403,
    {
      en: 'This was not sent from our page. Please open the page again.',
      ru: 'Это отправлено не с нашей страницы. Откройте страницу снова.',
    },
  ],
  redemption_not_found: [
    404,
    { en: 'There is no such receipt on this number.', ru: 'Такого чека на этом номере нет.' },
  ],
  unavailable: [
    503,
    {
      en: 'We are back in a moment. Nothing is lost: please try again.',
      ru: 'Мы скоро вернёмся. Ничего не потеряно: попробуйте снова.',
    },
  ],
  till_not_found: [400, failureWordsOf('till_not_found')],
  voucher_balance_insufficient: [400, failureWordsOf('voucher_balance_insufficient')],
  external_id_conflict: [400, failureWordsOf('external_id_conflict')],
  too_many_failures: [429, failureWordsOf('too_many_failures')],
}

function failureWordsOf(code: Failure['code']): Readonly<Record<Locale, string>> {
  const words = failureWords[code]
  if (words === undefined) throw new Error(`There are no words for ${code}.`)
  return words
}

const formAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
