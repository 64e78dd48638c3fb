import { createTransport } from 'nodemailer'
import type { OutgoingMessage, SendResult } from '../values/outgoing-message.ts'
import { addressSet } from './addresses.ts'

/** Where mail is handed over, and in whose name. */
export type MailSettings = {
  /** smtp://user:password@host:port, or smtps:// for a server that speaks TLS from the start. */
  readonly url: string
  readonly from: MailFrom
}

/** A mailbox with the name that people see. */
export type MailFrom = { readonly name: string; readonly address: string }

export type MailSender = {
  /** Never throws; ends within a minute. */
  send(message: OutgoingMessage): Promise<SendResult>
  /** Cuts off what is being sent. */
  close(): Promise<void>
}

/**
 * Opens a pool of connections to an SMTP server; nothing is connected before the first mail. To another machine it speaks TLS only,
 * with a certificate that can be verified, unless the URL says `?tls=optional`. No part of a message is ever read as a file or an address
 * on the web.
 */
export function openMailSender({ url, from }: MailSettings, timeoutMs = timeoutMsUsual): MailSender {
  const pool = createTransport({
    ...connectionOf(new URL(url)),
    pool: true,
    maxConnections: 5,
    // What a cut connection leaves behind is our own queue's business.
    maxRequeues: 0,
    connectionTimeout: Math.min(10_000, timeoutMs),
    greetingTimeout: Math.min(10_000, timeoutMs),
    socketTimeout: Math.min(30_000, timeoutMs),
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  // A connection that breaks while nobody uses it; the next mail opens another.
  pool.on('error', () => undefined)
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  return {
    async send({ to, subject, text, html, messageId }) {
      // The library reads a recipient as a list of them; a subject with a line end would be two headers.
      if (!oneMailbox.test(to) || controls.test(subject) || !/^[\w.-]+$/.test(messageId))
        return { outcome: 'refused', detail: 'Its address or subject is none that a mail can have.' }
      try {
        const { response } = await pool.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          messageId: `<${messageId}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(timeoutMs),
        })
        return { outcome: 'sent', detail: response }
      } catch (error) {
        return resultOf(error)
      }
    },
    close() {
      pool.close({ force: true })
      return Promise.resolve()
    },
  }
}

function connectionOf(url: URL) {
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLocal = host === 'localhost' || loopback.includes(host)
  const user = decodeURIComponent(url.username)
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Within this machine TLS guards nothing, and the certificates of local servers are seldom good.
    ignoreTLS: !secure && isLocal,
    requireTLS: !secure && !isLocal && url.searchParams.get('tls') !== 'optional',
    tls: { minVersion: 'TLSv1.2' as const },
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
  }
}

/**
 * Only a refusal for good of this very recipient or text refuses the message. One of the sender or of the login is a matter of the
 * settings, and may be mended before the tries end.
 */
function resultOf(error: unknown): SendResult {
  const { code, command, responseCode, response } = fieldsOf(error)
  const isFinal = responseCode >= 500 && responseCode < 600
  const isAboutMessage =
    (code === 'EENVELOPE' && command === 'RCPT TO') || (code === 'EMESSAGE' && command === 'DATA')
  const detail = response === '' ? `${code || 'failed'}${command === '' ? '' : ` at ${command}`}` : response
  return { outcome: isFinal && isAboutMessage ? 'refused' : 'unclear', detail }
}

function fieldsOf(error: unknown) {
  const fields: Readonly<Record<string, unknown>> =
    error instanceof Error ? Object.fromEntries(Object.entries(error)) : {}
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  const { responseCode } = fields
  return {
    code: text('code'),
    command: text('command'),
    response: text('response'),
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
  }
}

const loopback = addressSet(['127.0.0.0/8', '::1/128'])
const oneMailbox = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u
const controls = /[\p{Cc}\u2028\u2029]/u
const timeoutMsUsual = 60_000
