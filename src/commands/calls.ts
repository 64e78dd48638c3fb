import { listCalls } from '../core/calls/list-calls.ts'
import type { Call } from '../core/calls/call.ts'
import { openCall } from '../core/calls/open-call.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { locales } from '../values/locale.ts'
import { command, group } from './command.ts'
import { pageOptions, pageText } from './pages.ts'
import { argument, instant, oneOf, option, requiredOption, text, wholeNumber } from './params.ts'
import { partnerReference } from './references.ts'
import { facts, table } from './table.ts'

const search = command({
  name: 'search',
  summary:
    'Search the API log, newest first: who called what, when, and how it was answered; never what was sent.',
  details: [
    'A text is looked for in request ids, paths and bodies, codes and secrets left out: those are masked before they are kept.',
  ],
  examples: [
    'calls search --partner 1 --status 4xx',
    'calls search --text order-1001 --from 2027-01-31',
    'calls search --dialect vendify --status 402 --limit 10 --json',
  ],
  params: {
    partner: option('--partner <partner>', "a partner's calls; all by default", partnerReference),
    dialect: option('--dialect <dialect>', 'calls in one wire format', text),
    method: option(
      '--method <method>',
      'GET, POST, PUT, PATCH, DELETE',
      oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    ),
    status: option('--status <status>', 'one such as 402, or a class such as 4xx', statusRange),
    text: option('--text <text>', 'a reference, a request id, a part of a path', text),
    from: option('--from <time>', 'a day, or an instant such as 2027-01-31T12:00:00Z', instant),
    to: option('--to <time>', 'before that day or instant', instant),
    ...pageOptions,
  },
  async run(context, { partner, dialect, method, status, text: wanted, from, to, limit, after }) {
    const database = await context.database()
    const partnerId = partner === undefined ? undefined : (await findPartner(database, partner)).id
    const filter = { dialect, method, ...status, text: wanted, from, to }
    const page = await listCalls(database, partnerId, filter, { limit, cursor: after })
    const calls = page.rows.map(withoutBodies)
    const rows = calls.map((call) => [
      call.calledAt.toISOString(),
      `${call.status}`,
      call.dialect,
      call.method,
      plain(call.path).slice(0, 80),
      call.id,
    ])
    return {
      json: { calls, nextCursor: page.nextCursor },
      text: [
        ...table(
          ['Called', 'Status', 'Dialect', 'Method', 'Path', 'Request id'],
          rows,
          'There are no calls.',
        ),
        ...pageText(page),
      ],
    }
  },
})

const show = command({
  name: 'show',
  summary:
    'Show what was sent and answered in a call; the audit log keeps that you looked, and you are mailed that you did.',
  details: [
    'Codes and secrets are masked. A client that used a request id several times has several calls under it.',
  ],
  examples: ['calls show 0199a1b2-0000-7000-8000-000000000000 --mail-to ada@example.com'],
  params: {
    id: argument('<request>', 'the request id, from "scrip calls search"', text),
    mailTo: requiredOption('--mail-to <address>', 'your own e-mail address', text),
    locale: option('--locale <locale>', 'of the mail: en or ru (en)', oneOf(locales), 'en'),
  },
  async run(context, { id, mailTo: email, locale }) {
    const database = await context.database()
    const keyRing = await context.keyRing()
    const viewer = { actor: context.actor, email, locale, partnerId: undefined }
    const calls = await database.inTransaction((tx) => openCall(tx, keyRing, viewer, id))
    return { json: { calls }, text: calls.flatMap(linesOf) }
  },
})

/** "402" or "4xx". */
function statusRange(given: string): { readonly statusFrom: number; readonly statusTo: number } {
  if (/^[1-5]xx$/i.test(given)) {
    const statusFrom = Number(given[0]) * 100
    return { statusFrom, statusTo: statusFrom + 99 }
  }
  const status = wholeNumber(100, 599)(given)
  return { statusFrom: status, statusTo: status }
}

function withoutBodies({ request, response, ...call }: Call) {
  return { ...call, hasRequest: request !== undefined, hasResponse: response !== undefined }
}

function linesOf(call: Call): string[] {
  return [
    ...facts({
      Call: call.id,
      Called: call.calledAt.toISOString(),
      Partner: call.partnerId,
      Dialect: call.dialect,
      What: plain(`${call.method} ${call.path}`),
      Status: `${call.status}`,
      Took: `${(call.durationUs / 1_000).toFixed(1)} ms`,
      From: call.address,
    }),
    '',
    'Request',
    plain(call.request ?? '(none is kept)'),
    '',
    'Response',
    plain(call.response ?? '(none is kept)'),
    '',
  ]
}

/** What a client sent shall not move the operator's cursor. */
function plain(given: string): string {
  return given.replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd')
}

export const calls = group('calls', 'The API log: what clients sent and were answered.', [search, show])
