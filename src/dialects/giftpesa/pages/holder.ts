import { codeLifeMinutes } from '../../../core/holders/holder.ts'
import type { Till } from '../../../core/merchants/merchant.ts'
import type { Redemption } from '../../../core/redemptions/redemption.ts'
import type { Spendable } from '../../../core/vouchers/voucher.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'
import type { Locale } from '../../../values/locale.ts'
import type { Micros } from '../../../values/money.ts'
import { pageStyle } from '../../page-style.ts'
import { holderWords } from './holder-words.ts'
import { dayOf, momentOf, shillings } from './words.ts'

/** What was typed, as it was typed, and what is wrong with it by field. */
export type Draft = {
  readonly values: Readonly<Partial<Record<'phone' | 'one_time_code' | 'till' | 'amount', string>>>
  readonly problems: ReadonlyMap<string, string>
}

const emptyDraft: Draft = { values: {}, problems: new Map() }

/** Where a telephone's owner begins: which telephone. */
export function startPage(locale: Locale, draft: Draft = emptyDraft, notice?: string): HtmlPage {
  const words = holderWords[locale]
  const body =
    noteOf(notice) +
    `<h1>${words.startTitle}</h1><p>${words.startLead}</p>` +
    formOf(locale, 'ask', words.sendCode, [
      problemList(locale, draft),
      field(draft, 'phone', words.phone, words.phoneHint, 'type="tel" autocomplete="tel" maxlength="30"'),
    ])
  return page(locale, words.startTitle, body)
}

/** Whoever has asked gets the same page, whether a code is on its way or not. */
export function codePage(
  locale: Locale,
  asked: { readonly phone: string; readonly form: string },
  draft: Draft = emptyDraft,
): HtmlPage {
  const words = holderWords[locale]
  const digits =
    'class="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" maxlength="10"'
  const body =
    `<h1>${words.codeTitle}</h1><p>${escapeHtml(words.codeLead(asked.phone, codeLifeMinutes))}</p>` +
    formOf(locale, 'open', words.open, [
      hidden('phone', asked.phone),
      hidden('form', asked.form),
      problemList(locale, draft),
      field(draft, 'one_time_code', words.code, words.codeHint, digits),
    ]) +
    `<div class="more"><a class="button quiet" href="${linkTo(locale)}">${words.another}</a></div>`
  return page(locale, words.codeTitle, body)
}

/** What there is to spend, and the form that begins a payment. */
export function pursePage(locale: Locale, purse: Spendable, draft: Draft = emptyDraft): HtmlPage {
  const words = holderWords[locale]
  const { worth, count, vouchers } = purse
  if (count === 0)
    return page(locale, words.title, `<h1>${words.title}</h1><p>${words.none}</p>${leaveForm(locale)}`)
  const rows = vouchers.slice(0, shownMost).map(({ balance, endsAt, merchants }) => {
    const until = words.until(dayOf(new Date(endsAt.getTime() - 1), locale))
    const at = merchants.length === 0 ? '' : `, ${words.at(merchants.join(', '))}`
    return `<li><span>${escapeHtml(until + at)}</span><strong>KES ${shillings(balance)}</strong></li>`
  })
  const rest = count > rows.length ? `<li><span>${words.more(count - rows.length)}</span></li>` : ''
  const body =
    `<h1>${words.payTitle}</h1>` +
    formOf(locale, 'review', words.goOn, [
      problemList(locale, draft),
      field(draft, 'till', words.till, words.tillHint, 'autocomplete="off" maxlength="20"'),
      field(
        draft,
        'amount',
        words.amount,
        words.amountHint,
        'inputmode="decimal" autocomplete="off" maxlength="12"',
      ),
    ]) +
    `<h2 class="more">${words.title}</h2><ul class="purse">${rows.join('')}${rest}</ul>${leaveForm(locale)}`
  return page(locale, words.title, body, { label: words.worth, amount: worth })
}

/** What would be paid, once more, with the button that pays it. */
export function reviewPage(
  locale: Locale,
  payment: {
    readonly till: Till
    readonly amount: Micros
    readonly amountText: string
    readonly form: string
  },
): HtmlPage {
  const words = holderWords[locale]
  const { till, amount, amountText, form } = payment
  const body =
    `<h1>${words.reviewTitle}</h1>` +
    factsOf([
      [words.merchant, till.merchant.name],
      [words.outlet, till.name],
      [words.till, till.number],
      [words.sum, `KES ${shillings(amount)}`],
    ]) +
    formOf(locale, 'pay', words.pay(shillings(amount)), [
      hidden('till', till.number),
      hidden('amount', amountText),
      hidden('form', form),
    ]) +
    `<div class="more"><a class="button quiet" href="${linkTo(locale)}">${words.back}</a></div>`
  return page(locale, words.reviewTitle, body, { label: words.sum, amount })
}

/** What a cashier looks at. */
export function receiptPage(locale: Locale, redemption: Redemption): HtmlPage {
  const words = holderWords[locale]
  const { receipt, transactionCode, merchantName = '', tillName = '', tillNumber = '', amount } = redemption
  const body =
    `<div class="mark" aria-hidden="true">✓</div><h1>${words.doneTitle}</h1><p>${words.doneLead}</p>` +
    factsOf([
      [words.receipt, receipt],
      [words.transaction, transactionCode],
      [words.merchant, merchantName],
      [words.outlet, `${tillName} (${tillNumber})`],
      [words.when, momentOf(redemption.createdAt, locale)],
    ]) +
    `<a class="button secondary" href="${linkTo(locale)}">${words.payMore}</a><div class="more">${leaveForm(locale)}</div>`
  return page(locale, words.doneTitle, body, { label: words.sum, amount })
}

/** What cannot be gone on with. */
export function sorryPage(locale: Locale, sentence: string): HtmlPage {
  const words = holderWords[locale]
  const body =
    `<h1>${words.title}</h1><p role="alert">${escapeHtml(sentence)}</p>` +
    `<a class="button secondary" href="${linkTo(locale)}">${words.back}</a>`
  return page(locale, words.title, body)
}

function page(
  locale: Locale,
  title: string,
  content: string,
  head?: { readonly label: string; readonly amount: Micros },
): HtmlPage {
  const words = holderWords[locale]
  const other = locale === 'en' ? 'ru' : 'en'
  const header =
    head === undefined
      ? ''
      : `<header><p class="shop">${head.label}</p><p class="amount">KES ${shillings(head.amount)}</p></header>`
  const languages = `<p class="languages"><a href="${linkTo(other)}" hreflang="${other}" lang="${other}">${words.otherLanguage}</a></p>`
  return {
    title,
    body: `<div class="card">${header}<section>${content}</section></div><footer><p>${words.footer}</p>${languages}</footer>`,
    style: pageStyle,
    formTargets: ["'self'"],
    tellsOrigin: true,
    locale,
  }
}

/** Relative to this very page, so that it works under whatever name the server was reached. */
function linkTo(locale: Locale): string {
  return `?lang=${locale}`
}

function formOf(locale: Locale, action: string, label: string, parts: readonly string[]): string {
  return (
    `<form method="post" action="${linkTo(locale)}" novalidate>${hidden('action', action)}${parts.join('')}` +
    `<button class="primary" type="submit">${escapeHtml(label)}</button></form>`
  )
}

function leaveForm(locale: Locale): string {
  return `<form method="post" action="${linkTo(locale)}">${hidden('action', 'leave')}<button class="quiet" type="submit">${holderWords[locale].leave}</button></form>`
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`
}

function field(
  { values, problems }: Draft,
  name: 'phone' | 'one_time_code' | 'till' | 'amount',
  label: string,
  hint: string,
  attributes: string,
): string {
  const problem = problems.get(name)
  const described = [`${name}-hint`, ...(problem === undefined ? [] : [`${name}-problem`])].join(' ')
  const complaint =
    problem === undefined ? '' : `<p class="complaint" id="${name}-problem">${escapeHtml(problem)}</p>`
  return (
    `<div class="field${problem === undefined ? '' : ' wrong'}"><label for="${name}">${label}</label>` +
    `<p class="hint" id="${name}-hint">${hint}</p>${complaint}` +
    `<input id="${name}" name="${name}" value="${escapeHtml(values[name] ?? '')}" required aria-describedby="${described}"` +
    `${problem === undefined ? '' : ' aria-invalid="true"'} ${attributes}></div>`
  )
}

function problemList(locale: Locale, { problems }: Draft): string {
  if (problems.size === 0) return ''
  const items = [...problems].map(([name, text]) => `<li><a href="#${name}">${escapeHtml(text)}</a></li>`)
  return `<div class="problems" role="alert"><h2>${holderWords[locale].problems}</h2><ul>${items.join('')}</ul></div>`
}

function noteOf(notice: string | undefined): string {
  return notice === undefined ? '' : `<div class="note" role="status"><p>${escapeHtml(notice)}</p></div>`
}

function factsOf(facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`)
  return `<dl class="facts">${rows.join('')}</dl>`
}

/** More would only be scrolled past; what they are worth stands above. */
const shownMost = 20
