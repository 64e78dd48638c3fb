import type { Readable } from 'node:stream'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Log } from './log.ts'

/** A mail that some program has handed over. */
export type CaughtMail = {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  readonly messageId: string
}

export type MailCatcher = {
  /** Settled once it listens, with the port; undefined when it cannot. */
  readonly listening: Promise<number | undefined>
  close(): Promise<void>
}

/**
 * An SMTP server that takes every mail from everybody, with any login, and delivers none: for sandboxes. Mails of up to 1 MiB, 20
 * connections at a time. A port in use is told to the log, and costs nothing but the catcher.
 *
 * @param options.keep what becomes of a mail; when it throws, the client is told to come later
 */
export function startMailCatcher(options: {
  readonly host: string
  readonly port: number
  readonly log: Log
  readonly keep: (mail: CaughtMail) => Promise<unknown>
}): MailCatcher {
  const { host, port, log, keep } = options
  const server = new SMTPServer({
    authOptional: true,
    // There is no certificate, and nothing to guard: who can reach it may read it anyway.
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    banner: 'Scrip mail catcher',
    size: bytesMost,
    maxClients: 20,
    socketTimeout: 30_000,
    closeTimeout: 1_000,
    logger: false,
    onAuth: (_auth, _session, done) => done(null, { user: 'anybody' }),
    onRcptTo: (_address, session, done) =>
      session.envelope.rcptTo.length >= recipientsMost ? done(refusal(452, 'Too many recipients')) : done(),
    onData(stream, session, done) {
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
      const to = session.envelope.rcptTo.map(({ address }) => address).join(', ')
      void takeMail(stream, from, to, keep).then((trouble) =>
        // oxlint-disable-next-line promise/no-callback-in-promise -- The server knows no other way, and takeMail never fails.
        trouble === undefined ? done(null, 'Caught') : done(trouble),
      )
    },
  })
  const listening = new Promise<number | undefined>((settle) => {
    server.once('error', (error: Error) => {
      log.warn({ reason: error.message }, 'the mail catcher cannot listen')
      settle(undefined)
    })
    server.listen(port, host, () => {
      // From here on an error is a client's, whose connection ends with it.
      server.on('error', (error: Error) =>
        log.debug({ reason: error.message }, 'a connection of the mail catcher broke'),
      )
      const address = server.server.address()
      settle(typeof address === 'object' && address !== null ? address.port : undefined)
    })
  })
  return {
    listening,
    async close() {
      if ((await listening) === undefined) return
      await new Promise<void>((settle) => server.close(() => settle()))
    },
  }
}

/** Undefined, or why the client is refused. */
async function takeMail(
  stream: Readable,
  from: string,
  to: string,
  keep: (mail: CaughtMail) => Promise<unknown>,
): Promise<Error | undefined> {
  try {
    const mail = await readMail(stream, from, to)
    if (mail === undefined) return refusal(552, 'The mail is too large')
    await keep(mail)
    return undefined
  } catch {
    return refusal(451, 'It could not be kept; come later')
  }
}

/** Undefined for one that is too large, of which the rest is read and forgotten. */
async function readMail(stream: Readable, from: string, to: string): Promise<CaughtMail | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= bytesMost) chunks.push(chunk)
  }
  if (size > bytesMost) return undefined
  const mail = await PostalMime.parse(Buffer.concat(chunks), { maxNestingDepth: 32 })
  return {
    from: from.slice(0, headerLongest),
    to: to.slice(0, headerLongest),
    subject: (mail.subject ?? '').slice(0, headerLongest),
    text: mail.text ?? '',
    html: mail.html,
    messageId: (mail.messageId ?? '').slice(0, headerLongest),
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

const bytesMost = 1_048_576
const recipientsMost = 100
const headerLongest = 1_000
