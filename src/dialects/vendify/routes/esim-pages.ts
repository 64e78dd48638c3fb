import type { FastifyReply } from 'fastify'
import { askEsimStatus } from '../../../core/fulfilment/ask-esim-status.ts'
import { readLpa } from '../../../core/fulfilment/esim.ts'
import type { Esim } from '../../../core/fulfilment/esim.ts'
import type { EsimStatus } from '../../../core/fulfilment/supplier.ts'
import { findEsim } from '../../../core/fulfilment/find-esim.ts'
import type { KeyRing } from '../../../core/keys/ring.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import { writePage } from '../../../platform/html-page.ts'
import { equalInConstantTime } from '../../../platform/secrets.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toEsimReply, toGigabytes } from '../mapping/esims.ts'
import { BalanceQuery, SetupQuery } from '../wire/esims.ts'

/**
 * Pages for whoever bought an eSIM, which need no credential: their links come with the order.
 *
 * GET /Esim/setup?card=LPA:…              how to install it on Android
 * GET /Esim/balance?iccid=…&account=…&key=…  what is left of its data
 */
export function esimPages(app: DialectApp, { database, keyRing, suppliers }: Services): void {
  const hidden = { hide: true } as const
  app.get(
    '/Esim/setup',
    { schema: { ...hidden, querystring: SetupQuery }, config: { open: true } },
    async (request, reply) => {
      const { card } = request.query
      const parts = readLpa(card)
      return parts === undefined
        ? sendPage(reply.code(404), lostLink)
        : sendPage(reply, setupPage(card, parts))
    },
  )

  app.get(
    '/Esim/balance',
    { schema: { ...hidden, querystring: BalanceQuery }, config: { open: true } },
    async (request, reply) => {
      const { iccid, account, key } = request.query
      const wanted = usageKey(keyRing, account, iccid)
      if (!equalInConstantTime(Buffer.from(wanted), Buffer.from(key)))
        return sendPage(reply.code(404), lostLink)
      try {
        const partner = await findPartner(database, { number: BigInt(account) })
        const esim = await findEsim(database, partner.id, iccid)
        return await sendPage(reply, usagePage(esim, await askEsimStatus(suppliers, esim), new Date()))
      } catch (error) {
        // Whoever looks at it is a person: a page, not an envelope.
        if (!(error instanceof Failure)) throw error
        if (error.code === 'unavailable') return sendPage(reply.code(503).header('retry-after', '30'), notNow)
        if (error.code === 'esim_not_found' || error.code === 'partner_not_found')
          return sendPage(reply.code(404), lostLink)
        throw error
      }
    },
  )
}

/** Proves that who asks was given the link: an ICCID alone is printed in too many places. */
export function usageKey(keyRing: KeyRing, account: string, iccid: string): string {
  return keyRing.fingerprint('esim usage', account, iccid)
}

type Page = { readonly title: string; readonly body: string }

const lostLink: Page = {
  title: 'This link does not work',
  body: '<p>It is not complete, or its eSIM is not known here. Open the link again that came with your order, or ask the shop that sold it.</p>',
}

const notNow: Page = {
  title: 'Not now',
  body: '<p>The network does not tell at the moment. Please try again in a minute.</p>',
}

function setupPage(
  card: string,
  { smdpAddress, matchingId }: { smdpAddress: string; matchingId: string },
): Page {
  const link = `https://esimsetup.android.com/esim_qrcode_provisioning?carddata=${encodeURIComponent(card)}`
  const body =
    '<p>You need an Android phone (10 or newer) that takes eSIMs and is online.</p>' +
    `<p><a class="go" href="${escapeHtml(link)}">Install it on this phone</a></p>` +
    '<h2>By hand</h2><ol><li>Open Settings, then Network and internet, then SIMs.</li><li>Choose Add SIM, then Set up an eSIM.</li>' +
    '<li>Choose to enter the code yourself, and type or paste this:</li></ol>' +
    `<pre>${escapeHtml(card)}</pre><h2>Where two fields are asked for</h2>` +
    `<dl><dt>Server (SM-DP+)</dt><dd>${escapeHtml(smdpAddress)}</dd>` +
    `<dt>Activation code</dt><dd>${escapeHtml(matchingId)}</dd></dl>` +
    '<p>Turn on data roaming for it where you travel. An eSIM can be installed once: do not delete it from the phone.</p>'
  return { title: 'Install your eSIM', body }
}

function usagePage(esim: Esim, status: EsimStatus, now: Date): Page {
  const { planName, status: word, remainingDataGb, totalDataAllowanceGb } = toEsimReply(esim, status, now)
  const left = `${remainingDataGb} of ${totalDataAllowanceGb} GB`
  const facts = { Left: left, Status: word, Plan: planName, 'eSIM number': esim.iccid }
  const lines = Object.entries(facts).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  )
  const share = `<meter min="0" max="${totalDataAllowanceGb}" value="${remainingDataGb}" aria-label="Data left">${left}</meter>`
  const packages = status.packages.map((one) => `<li>${packageLines(one)}</li>`).join('')
  const asked = `<p><small>As the network told at ${printTime(now)}.</small></p>`
  const history = packages === '' ? '' : `<h2>What was used</h2><ul>${packages}</ul>`
  return { title: 'Your data', body: `${share}<dl>${lines.join('')}</dl>${history}${asked}` }
}

function packageLines(one: EsimStatus['packages'][number]): string {
  const used = `${toGigabytes(one.totalBytes - one.remainingBytes)} of ${toGigabytes(one.totalBytes)} GB used`
  const begun = one.activatedAt === undefined ? 'not begun' : `begun ${printTime(one.activatedAt)}`
  const ends = one.expiresAt === undefined ? [] : [`ends ${printTime(one.expiresAt)}`]
  const rest = [used, begun, ...ends].map(escapeHtml).join('<br>')
  return `<strong>${escapeHtml(one.name)}</strong><br>${rest}`
}

/** "28 Nov 2025, 13:44 UTC" */
function printTime(at: Date): string {
  return `${times.format(at)} UTC`
}

const times = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** As bytes: the call stands in the API log, not what it showed. */
function sendPage(reply: FastifyReply, { title, body }: Page): FastifyReply {
  const { text, headers } = writePage({ title, body: `<h1>${escapeHtml(title)}</h1>${body}`, style })
  return reply.headers(headers).send(Buffer.from(text))
}

const style = `
body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}
main{max-width:40rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.2}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ccc;border-radius:.5rem;padding:1rem;font-size:1rem}
dd{margin:0 0 .6rem;overflow-wrap:anywhere}
dt{color:#555}
li{margin-bottom:.6rem}
ul{padding-left:1.2rem}
meter{width:100%;height:1.5rem}
.go{display:block;text-align:center;padding:.9rem 1rem;border-radius:.5rem;background:#0b5cad;color:#fff;text-decoration:none}
.go:focus-visible{outline:3px solid #f5a623;outline-offset:2px}
`
