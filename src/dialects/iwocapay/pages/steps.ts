import { monthsOffered } from '../../../core/checkout/schedule.ts'
import { instalmentsOf } from '../../../core/checkout/application.ts'
import { financedOf, returnUrlOf } from '../../../core/checkout/checkout.ts'
import type { Checkout } from '../../../core/checkout/checkout.ts'
import { totalOf } from '../../../core/checkout/schedule.ts'
import type { Instalment } from '../../../core/checkout/schedule.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'
import { printDecimal } from '../../../values/decimal.ts'
import { percentScale, rateScale } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import { buttonForm, cancelForm, longDay, orderPage, pounds } from './layout.ts'
import type { PageFrame } from './layout.ts'

/** Where a buyer begins: what is to be paid, and how it can be. */
export function choosePage(frame: PageFrame): HtmlPage {
  const { checkout } = frame
  const later = checkout.terms.includes('pay_later') ? laterChoice(frame) : ''
  const now = checkout.terms.includes('pay_now') ? nowChoice(frame) : ''
  const body = `<h1>How would you like to pay?</h1>${feeNote(checkout)}${later}${now}${cancelForm(frame)}`
  return orderPage(frame, { title: 'Choose how to pay', body })
}

function laterChoice(frame: PageFrame): string {
  return (
    `<div class="choice"><h2>Pay later</h2><p class="hint">In 1, 3 or 12 monthly payments. You see every payment before you agree to anything.</p>` +
    `${buttonForm(frame, { action: 'begin' }, 'See the payments')}</div>`
  )
}

function nowChoice(frame: PageFrame): string {
  const label = `Pay ${pounds(financedOf(frame.checkout))} now`
  return (
    `<div class="choice"><h2>Pay now</h2><p class="hint">By bank transfer, approved at your bank. No interest.</p>` +
    `${buttonForm(frame, { action: 'pay_now' }, label, 'secondary')}</div>`
  )
}

function feeNote({ feePayer, fee, amount }: Checkout): string {
  if (feePayer === 'seller' || fee === 0n) return ''
  return `<div class="note"><p>A fee of ${pounds(fee)} is added: ${pounds(amount + fee)} in all.</p></div>`
}

/** What paying later would cost, payment by payment. */
export function planPage(frame: PageFrame, months: number, today: string): HtmlPage {
  const { checkout, linkTo } = frame
  const choices = monthsOffered.map(
    (one) =>
      `<a href="${linkTo({ step: 'plan', months: String(one) })}"${one === months ? ' aria-current="true"' : ''}>${monthsText(one)}</a>`,
  )
  const body =
    `<p class="step">Step 1 of 2</p><h1>Choose your payments</h1>` +
    `<nav class="months" aria-label="How long">${choices.join('')}</nav>` +
    scheduleTable(checkout, instalmentsOf(checkout, { months }, today)) +
    `<p class="hint">Interest is ${ratePercent(checkout)} % for 30 days on what you still owe. You agree to nothing yet.</p>` +
    `<a class="button primary" href="${linkTo({ step: 'details', months: String(months) })}">Continue</a>` +
    `<div class="more"><a class="button quiet" href="${linkTo()}">Back to ways to pay</a>${cancelForm(frame)}</div>`
  return orderPage(frame, { title: 'Choose your payments', body })
}

/** What a buyer has typed, as it was typed, and what is wrong with it by field. */
export type DetailsDraft = {
  readonly company: string
  readonly email: string
  readonly turnover: string
  readonly problems: ReadonlyMap<string, string>
}

/** Who borrows, and the consent, below the schedule that it is given to. */
export function detailsPage(frame: PageFrame, months: number, today: string, draft: DetailsDraft): HtmlPage {
  const { checkout, linkTo } = frame
  const instalments = instalmentsOf(checkout, { months }, today)
  const field = (
    name: 'company' | 'email' | 'turnover',
    label: string,
    hint: string,
    attributes: string,
  ): string => {
    const problem = draft.problems.get(name)
    const described = [`${name}-hint`, ...(problem === undefined ? [] : [`${name}-problem`])].join(' ')
    const input = `<input id="${name}" name="${name}" value="${escapeHtml(draft[name])}" required aria-describedby="${described}"${problem === undefined ? '' : ' aria-invalid="true"'} ${attributes}>`
    return (
      `<div class="field${problem === undefined ? '' : ' wrong'}"><label for="${name}">${label}</label><p class="hint" id="${name}-hint">${hint}</p>` +
      (problem === undefined ? '' : `<p class="complaint" id="${name}-problem">${escapeHtml(problem)}</p>`) +
      `${name === 'turnover' ? `<div class="money"><span aria-hidden="true">£</span>${input}</div>` : input}</div>`
    )
  }
  const body =
    `<p class="step">Step 2 of 2</p><h1>Your company</h1>${problemList(draft.problems)}` +
    `<form method="post" action="${linkTo()}" novalidate><input type="hidden" name="action" value="agree"><input type="hidden" name="months" value="${months}"><input type="hidden" name="day" value="${today}">` +
    field('company', 'Company name', 'As it is registered.', 'autocomplete="organization" maxlength="200"') +
    field(
      'email',
      'E-mail address',
      'We remind you here before each payment.',
      'type="email" autocomplete="email" maxlength="254"',
    ) +
    field(
      'turnover',
      'Annual turnover',
      'Roughly, of the last year, in pounds.',
      'inputmode="decimal" autocomplete="off" maxlength="30"',
    ) +
    `<details open id="payments"><summary>Your payments: ${monthsText(months)}</summary>${scheduleTable(checkout, instalments)}</details>` +
    `<p class="hint">By choosing “Agree and apply” you agree to pay ${pounds(totalOf(instalments))} in ${paymentsText(months)} as set out above, if you are accepted.</p>` +
    `<button class="primary" type="submit">Agree and apply</button></form>` +
    `<div class="more"><a class="button quiet" href="${linkTo({ step: 'plan', months: String(months) })}">Back to the payments</a>${cancelForm(frame)}</div>`
  const title = draft.problems.size === 0 ? 'Your company' : 'Please check what you entered'
  return orderPage(frame, { title, body })
}

function problemList(problems: ReadonlyMap<string, string>): string {
  if (problems.size === 0) return ''
  const items = [...problems].map(([name, text]) => `<li><a href="#${name}">${escapeHtml(text)}</a></li>`)
  return `<div class="problems" role="alert"><h2>Please check what you entered</h2><ul>${items.join('')}</ul></div>`
}

/** While somebody decides: it looks by itself where scripts run, and on a click where they do not. */
export function waitingPage(frame: PageFrame, step: 'done' | 'back', stateUrl: string): HtmlPage {
  const body =
    `<div class="spin" aria-hidden="true"></div><h1>One moment, please</h1>` +
    `<p id="wait" role="status" data-state="${stateUrl}" data-next="${frame.linkTo({ step: 'done' })}">Your application is being decided. You can close this page and come back to it: nothing is lost.</p>` +
    `<a class="button secondary" href="${frame.linkTo({ step })}">Check again</a><div class="more">${cancelForm(frame)}</div>`
  return orderPage(frame, { title: 'One moment', body, script: waitScript })
}

const waitScript = `
const note=document.getElementById('wait');
const look=async()=>{try{const reply=await fetch(note.dataset.state,{cache:'no-store'});if((await reply.json()).state!=='waiting'){location.replace(note.dataset.next);return}}catch{}
setTimeout(look,1500)};
setTimeout(look,1000);
`

/** The page of a simulated bank. */
export function bankPage(frame: PageFrame): HtmlPage {
  const { checkout } = frame
  const body =
    `<p class="step">Sandbox bank</p><h1>Approve this payment?</h1>` +
    `<p>${escapeHtml(checkout.sellerName)} asks for <strong>${pounds(financedOf(checkout))}</strong> for order ${escapeHtml(checkout.reference)}. This bank is simulated: no money moves.</p>` +
    buttonForm(frame, { action: 'bank', word: 'approve' }, 'Approve the payment') +
    `<div class="more">${buttonForm(frame, { action: 'bank', word: 'decline' }, 'Decline', 'secondary')}</div>`
  return orderPage(frame, { title: 'Sandbox bank', body, isQuiet: true })
}

/** How it ended, with the way back to the shop. */
export function resultPage(frame: PageFrame): HtmlPage {
  const { checkout } = frame
  const { title, text, isGood } = resultOf(checkout)
  const back = `<a class="button ${isGood ? 'primary' : 'secondary'}" href="${escapeHtml(returnUrlOf(checkout))}">Return to ${escapeHtml(checkout.sellerName)}</a>`
  const mark = `<div class="mark${isGood ? '' : ' no'}" aria-hidden="true">${isGood ? '✓' : '–'}</div>`
  return orderPage(frame, { title, body: `${mark}<h1>${title}</h1><p>${escapeHtml(text)}</p>${back}` })
}

function resultOf(checkout: Checkout): {
  readonly title: string
  readonly text: string
  readonly isGood: boolean
} {
  const { sellerName, endReason, chosen, isExpired, status } = checkout
  if (status === 'approved' || status === 'successful') {
    const text =
      chosen === 'pay_later'
        ? `Your application was accepted. ${sellerName} is paid, and your first payment is due in a month.`
        : `Your payment was approved, and ${sellerName} is paid.`
    return { title: 'All done', text, isGood: true }
  }
  if (endReason === 'declined') {
    const text =
      chosen === 'pay_now'
        ? 'The payment was declined at your bank. No money was taken. You can pay in another way in the shop.'
        : 'We cannot offer to pay this order later. You owe nothing, and you can pay in another way in the shop.'
    return { title: chosen === 'pay_now' ? 'The payment was declined' : 'Not this time', text, isGood: false }
  }
  if (endReason === 'expired' || isExpired)
    return {
      title: 'This order is too old',
      text: 'It was not paid in time. Please order again in the shop; you owe nothing.',
      isGood: false,
    }
  return {
    title: 'The order was cancelled',
    text: 'Nothing was paid, and you owe nothing.',
    isGood: false,
  }
}

function scheduleTable(checkout: Checkout, instalments: readonly Instalment[]): string {
  const row = (head: string, principal: Micros, interest: Micros): string =>
    `<tr><th scope="row">${head}<span class="parts">${pounds(principal)} + ${pounds(interest)} interest</span></th><td>${pounds(principal + interest)}</td></tr>`
  const rows = instalments.map(({ dueOn, principal, interest }) => row(longDay(dueOn), principal, interest))
  const total = totalOf(instalments)
  const financed = financedOf(checkout)
  return (
    `<table><caption>What you pay</caption><thead><tr><th scope="col">Date</th><th scope="col">Payment</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody><tfoot>${row('In all', financed, total - financed)}</tfoot></table>`
  )
}

function monthsText(months: number): string {
  return months === 1 ? '1 month' : `${months} months`
}

function paymentsText(months: number): string {
  return months === 1 ? 'one payment' : `${months} monthly payments`
}

function ratePercent({ rate }: Checkout): string {
  return printDecimal(rate * 100n, rateScale).replace(new RegExp(`(\\.\\d{1,${percentScale}})\\d*$`), '$1')
}
