import type { Checkout } from '../../../core/checkout/checkout.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'
import { printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import { pageStyle } from '../../page-style.ts'

/** What every page about an order knows: the order, and the address that lets the buyer in. */
export type PageFrame = {
  readonly checkout: Checkout
  /** The address of a step of this order's page, escaped for an attribute. */
  readonly linkTo: (step?: Readonly<Record<string, string>>) => string
  /** Where its forms may lead, redirects included. */
  readonly formTargets: readonly string[]
}

/** A page about an order: the shop and its amount on top, then what the step says. */
export function orderPage(
  frame: PageFrame,
  page: {
    readonly title: string
    readonly body: string
    readonly script?: string
    readonly isQuiet?: boolean
  },
): HtmlPage {
  const { checkout } = frame
  const head =
    page.isQuiet === true
      ? ''
      : `<header><p class="shop">${escapeHtml(checkout.sellerName)}</p>` +
        `<p class="amount">${pounds(checkout.amount)}</p>` +
        `<p class="reference">Order ${escapeHtml(checkout.reference)}</p></header>`
  return {
    title: `${page.title} – ${checkout.sellerName}`,
    body: `<div class="card">${head}<section>${page.body}</section></div>${footer(checkout)}`,
    style: pageStyle,
    script: page.script,
    formTargets: frame.formTargets,
    locale: 'en-GB',
  }
}

/** A page about no order, or none that can be shown. */
export function plainPage(title: string, sentence: string): HtmlPage {
  const body = `<div class="card"><section><h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p></section></div>`
  return { title, body, style: pageStyle, locale: 'en-GB' }
}

function footer({ sellerName }: Checkout): string {
  return `<footer><p>You pay ${escapeHtml(sellerName)} on a secure page. Keep its link to yourself.</p></footer>`
}

/** A form with one button and nothing to fill in. */
export function buttonForm(
  { linkTo }: PageFrame,
  fields: Readonly<Record<string, string>>,
  label: string,
  kind: 'primary' | 'secondary' | 'quiet' = 'primary',
): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  )
  return (
    `<form method="post" action="${linkTo()}">${hidden.join('')}` +
    `<button class="${kind}" type="submit">${escapeHtml(label)}</button></form>`
  )
}

export function cancelForm(frame: PageFrame): string {
  return buttonForm(frame, { action: 'cancel' }, 'Cancel this order', 'quiet')
}

/** "£1,060.34" */
export function pounds(amount: Micros): string {
  const [whole = '0', fraction = ''] = printAmount(amount).split('.')
  return `£${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${fraction.padEnd(2, '0')}`
}

/** "31 January 2027" */
export function longDay(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`))
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
})
