import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** How the far end behaves; `drop` is cut off after the whole mail was received, before anything is answered. */
export type MailServerMode =
  | 'accept'
  | 'refuse-recipient'
  | 'refuse-content'
  | 'refuse-sender'
  | 'refuse-login'
  | 'come-later'
  | 'hang'
  | 'drop'

export type MailServer = {
  readonly url: string
  /** Whole mails as they came over the wire, also those that were not answered well. */
  readonly received: { readonly to: readonly string[]; readonly raw: string }[]
  mode: MailServerMode
  close(): Promise<void>
}

/**
 * A real SMTP server on a port of its own.
 *
 * @param secure it speaks TLS from the start, under a certificate that nobody vouches for
 */
export async function startMailServer(secure = false): Promise<MailServer> {
  const fault = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    secure,
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onAuth: (_auth, _session, done) =>
      mailServer.mode === 'refuse-login' ? done(fault(535, 'Wrong login')) : done(null, { user: 'ada' }),
    onMailFrom: (_address, _session, done) =>
      mailServer.mode === 'refuse-sender' ? done(fault(550, 'Sender not verified')) : done(),
    onRcptTo: ({ address }, _session, done) =>
      mailServer.mode === 'refuse-recipient' ? done(fault(550, `No such user <${address}>`)) : done(),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mode } = mailServer
        const to = session.envelope.rcptTo.map(({ address }) => address)
        if (mode !== 'hang') received.push({ to, raw: Buffer.concat(chunks).toString('utf8') })
        if (mode === 'drop') for (const socket of sockets) socket.destroy()
        else if (mode === 'refuse-content') done(fault(554, 'Looks like spam'))
        else if (mode === 'come-later') done(fault(451, 'Greylisted'))
        else if (mode !== 'hang') done()
      })
    },
  })
  const received: MailServer['received'] = []
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => {
    // Node crashes when the socket below a TLS connection is destroyed in the middle of its handshake.
    if (!secure) sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((settle) => {
    server.listen(0, '127.0.0.1', () => settle())
  })
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const mailServer: MailServer = {
    url: `smtp${secure ? 's' : ''}://127.0.0.1:${port}`,
    received,
    mode: 'accept',
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((settle) => server.close(() => settle()))
    },
  }
  return mailServer
}
