import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CaughtMessage, CaughtReader } from '../core/messages/catcher.ts'
import { addressSet } from '../platform/addresses.ts'
import { escapeHtml } from '../platform/escape-html.ts'
import { writePage } from '../platform/html-page.ts'
import { Failure } from '../values/failure.ts'
import { parseId } from '../values/ids.ts'
import type { CaughtMessageId } from '../values/ids.ts'
import type { Page } from '../values/page.ts'

export type CaughtPages = {
  readonly reader: CaughtReader
  /** Opens the pages to other machines, as ?token=; undefined: only this one may look. */
  readonly token: string | undefined
}

/**
 * The pages under /sandbox/messages: what a sandbox has caught instead of sending it. They hold codes and passwords, so they are for this
 * machine alone or for who has the token, and they run and load nothing.
 */
export function serveCaughtMessages(app: FastifyInstance, { reader, token }: CaughtPages): void {
  app.get('/sandbox/messages', async (request, reply) => {
    const given = admit(request, token)
    const cursor = queryOf(request, 'cursor')
    return sendPage(reply, listPage(await reader.list({ cursor, limit: rowsMost }), given))
  })
  app.get<{ Params: { id: string } }>('/sandbox/messages/:id', async (request, reply) => {
    const given = admit(request, token)
    const id = parseId<CaughtMessageId>(request.params.id)
    if (id === undefined) throw new Failure('message_not_found')
    return sendPage(reply, messagePage(await reader.find(id), given))
  })
}

/** Answers with the token that was given rightly, for the links of the page. Throws Failure address_not_allowed. */
function admit(request: FastifyRequest, token: string | undefined): string | undefined {
  const given = queryOf(request, 'token')
  if (token !== undefined && given !== undefined && isSame(given, token)) return given
  if (isFromThisMachine(request)) return undefined
  const sentence =
    'Caught messages are shown to this machine only; others need SCRIP_CATCHER_TOKEN, given as ?token=.'
  throw new Failure('address_not_allowed', { sentence })
}

/**
 * A proxy of this machine speaks for others, and a browser of this machine may have been led here under a foreign name that resolves to
 * it: both come from the loopback address, and neither is let in.
 */
function isFromThisMachine(request: FastifyRequest): boolean {
  const isForwarded = forwardingHeaders.some((name) => request.headers[name] !== undefined)
  const name = request.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const isOwnName = name === 'localhost' || loopback.includes(name)
  return !isForwarded && isOwnName && loopback.includes(request.ip)
}

/** Compared by their hashes, so that the time tells nothing, not even the length. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}

function queryOf(request: FastifyRequest, name: string): string | undefined {
  const query: unknown = request.query
  const value: unknown =
    typeof query === 'object' && query !== null
      ? Object.entries(query).find(([key]) => key === name)?.[1]
      : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

function sendPage(reply: FastifyReply, body: string): FastifyReply {
  const { text, headers } = writePage({ title: 'Caught messages', body, style })
  return reply.headers(headers).send(text)
}

function listPage(page: Page<CaughtMessage>, token: string | undefined): string {
  const rows = page.rows.map(
    (message) =>
      `<tr><td>${timeOf(message)}</td><td>${message.channel}</td><td>${escapeHtml(message.to)}</td>` +
      `<td><a href="${linkTo(`/${message.id}`, { token })}">${escapeHtml(titleOf(message))}</a></td><td>${message.source}</td></tr>`,
  )
  const turns = [
    page.previousCursor === undefined
      ? ''
      : `<a rel="prev" href="${linkTo('', { token, cursor: page.previousCursor })}">Newer</a>`,
    page.nextCursor === undefined
      ? ''
      : `<a rel="next" href="${linkTo('', { token, cursor: page.nextCursor })}">Older</a>`,
  ]
  const table =
    rows.length === 0
      ? '<p>Nothing was caught yet.</p>'
      : `<table><thead><tr><th>Caught</th><th>By</th><th>To</th><th>Subject</th><th>From</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  return `<h1>Caught messages</h1><p>This is a sandbox: messages are kept here instead of being sent.</p>${table}<nav>${turns.join(' ')}</nav>`
}

function messagePage(message: CaughtMessage, token: string | undefined): string {
  const facts = {
    Caught: timeOf(message),
    By: message.channel,
    From: message.from,
    To: message.to,
    Subject: message.subject,
    'Message-ID': message.messageId,
  }
  const lines = Object.entries(facts).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  )
  // HTML is shown as its source: nothing of a foreign mail is ever rendered here.
  const html =
    message.html === undefined ? '' : `<h2>HTML, as source</h2><pre>${escapeHtml(message.html)}</pre>`
  return `<p><a href="${linkTo('', { token })}">All messages</a></p><h1>${escapeHtml(titleOf(message))}</h1><dl>${lines.join('')}</dl><pre>${escapeHtml(message.text)}</pre>${html}`
}

function titleOf({ subject, text }: CaughtMessage): string {
  const line = subject === '' ? (text.trim().split('\n')[0] ?? '') : subject
  return line === '' ? '(nothing)' : line.slice(0, 120)
}

function timeOf({ caughtAt }: CaughtMessage): string {
  return caughtAt.toISOString().slice(0, 19).replace('T', ' ')
}

function linkTo(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const text = new URLSearchParams(given).toString()
  return escapeHtml(`/sandbox/messages${path}${text === '' ? '' : `?${text}`}`)
}

const style = `
body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}
main{max-width:64rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ccc;padding:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}
dd{margin:0;overflow-wrap:anywhere}
nav{margin:1rem 0}
`

const loopback = addressSet(['127.0.0.0/8', '::1/128'])
const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']
const rowsMost = 50
