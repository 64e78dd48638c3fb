import type { FastifyReply } from 'fastify'
import { askEsimStatus } from '../../../core/fulfilment/ask-esim-status.ts'
import { readLpa } from '../../../core/fulfilment/esim.ts'
import { findEsim } from '../../../core/fulfilment/find-esim.ts'
import type { KeyRing } from '../../../core/keys/ring.ts'
import { findPartner } from '../../../core/partners/find-partner.ts'
import { escapeHtml } from '../../../platform/escape-html.ts'
import { writePage } from '../../../platform/html-page.ts'
import { equalInConstantTime } from '../../../platform/secrets.ts'
import { Failure } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toEsimReply } from '../mapping/esims.ts'
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
      if (parts === undefined) throw new Failure('esim_not_found')
      return sendPage(reply, 'Install your eSIM', setupPage(card, parts))
    },
  )

  app.get(
    '/Esim/balance',
    { schema: { ...hidden, querystring: BalanceQuery }, config: { open: true } },
    async (request, reply) => {
      const { iccid, account, key } = request.query
      const wanted = usageKey(keyRing, account, iccid)
      if (!equalInConstantTime(Buffer.from(wanted), Buffer.from(key))) throw new Failure('esim_not_found')
      const partner = await findPartner(database, { number: BigInt(account) })
      const esim = await findEsim(database, partner.id, iccid)
      const status = await askEsimStatus(suppliers, esim)
      const {
        planName,
        status: word,
        remainingDataGb,
        totalDataAllowanceGb,
      } = toEsimReply(esim, status, new Date())
      const facts = {
        eSIM: iccid,
        Plan: planName,
        Status: word,
        Left: `${remainingDataGb} of ${totalDataAllowanceGb} GB`,
      }
      const lines = Object.entries(facts).map(
        ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
      )
      return sendPage(reply, 'Your data', `<dl>${lines.join('')}</dl>`)
    },
  )
}

/** Proves that who asks was given the link: an ICCID alone is printed in too many places. */
export function usageKey(keyRing: KeyRing, account: string, iccid: string): string {
  return keyRing.fingerprint('esim usage', account, iccid)
}

function setupPage(
  card: string,
  { smdpAddress, matchingId }: { smdpAddress: string; matchingId: string },
): string {
  const link = `https://esimsetup.android.com/esim_qrcode_provisioning?carddata=${encodeURIComponent(card)}`
  return (
    `<p><a href="${escapeHtml(link)}">Install it on this phone</a> (Android 10 or newer).</p>` +
    '<p>By hand: Settings, Network and internet, SIMs, Add SIM, Set up an eSIM; choose to enter a code, and type this:</p>' +
    `<pre>${escapeHtml(card)}</pre>` +
    `<p>Where two fields are asked for:</p><dl><dt>Server (SM-DP+)</dt><dd>${escapeHtml(smdpAddress)}</dd>` +
    `<dt>Activation code</dt><dd>${escapeHtml(matchingId)}</dd></dl>`
  )
}

/** As bytes: the call stands in the API log, not what it showed. */
function sendPage(reply: FastifyReply, title: string, body: string): FastifyReply {
  const { text, headers } = writePage({ title, body: `<h1>${title}</h1>${body}`, style })
  return reply.headers(headers).send(Buffer.from(text))
}

const style = `
body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}
main{max-width:40rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ccc;padding:1rem}
dd{margin:0 0 .6rem;overflow-wrap:anywhere}
dt{color:#555}
`
