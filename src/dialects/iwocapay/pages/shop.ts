import { escapeHtml } from '../../../platform/escape-html.ts'
import type { HtmlPage } from '../../../platform/html-page.ts'

export type DemoItem = { readonly name: string; readonly text: string; readonly amount: string }

/** What the demo shop sells: something to pay later, something dear, something that can only be paid now. */
export const demoItems: readonly DemoItem[] = [
  { name: 'Espresso machine', text: 'Two groups, for a small café.', amount: '4200.00' },
  { name: 'Delivery bicycle', text: 'Electric, with a box in front.', amount: '6890.50' },
  { name: 'A box of cups', text: 'Forty-eight, in six colours.', amount: '84.90' },
]

/** The counter of a shop that is none, to try the checkout with. */
export function shopPage(
  formTargets: readonly string[],
  back?: { readonly orderId: string; readonly status: string; readonly reference: string },
): HtmlPage {
  const note =
    back === undefined
      ? ''
      : `<div class="note" role="status"><h2>${headingOf(back.status)}</h2><p>Order ${escapeHtml(back.reference)} is <strong>${escapeHtml(back.status)}</strong>: the shop has asked the API, and checked the signature of the answer.</p></div>`
  const items = demoItems.map(
    ({ name, text, amount }, place) =>
      `<li><div><h2>${name}</h2><p>${text}</p></div><form method="post" action="/demo/shop?item=${place}"><button type="submit" aria-label="Buy for £${amount}: ${name}">Buy for £${amount}</button></form></li>`,
  )
  return {
    title: 'Bright Tools, a demo shop',
    body: `<p class="kicker">A demo shop of this sandbox</p><h1>Bright Tools</h1>${note}<ul>${items.join('')}</ul><p class="hint">Nothing here is for sale. Buying creates an order through the API and leads to its page; the shop learns by the API how it ended.</p>`,
    style,
    formTargets,
    locale: 'en-GB',
  }
}

function headingOf(status: string): string {
  if (status === 'SUCCESSFUL') return 'Thank you for your order'
  return status === 'UNSUCCESSFUL' ? 'The order was not paid' : 'The order is not paid yet'
}

const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#fbfaf7;color:#1c2321;font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:42rem;margin:0 auto;padding:2rem 1rem 3rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 1.5rem;letter-spacing:-.02em}
h2{font-size:1.0625rem;margin:0}
p{margin:0}
.kicker,.hint,li p{color:#5b645f;font-size:.9375rem}
ul{list-style:none;margin:0 0 1.5rem;padding:0;display:grid;gap:.75rem}
li{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:center;justify-content:space-between;background:#fff;border:1px solid #e4e1d9;border-radius:.875rem;padding:1.125rem 1.25rem}
button{font:inherit;font-weight:600;border:0;border-radius:.625rem;background:#3b3a6b;color:#fff;padding:.7rem 1.1rem;cursor:pointer}
button:hover{background:#2c2b52}
:focus-visible{outline:3px solid #2b7fd4;outline-offset:2px}
.note{background:#eceaf6;border-radius:.875rem;padding:1.125rem 1.25rem;margin:0 0 1.5rem}
`
