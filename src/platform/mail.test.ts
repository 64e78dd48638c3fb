import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startMailServer } from '../../test/mail-server.ts'
import type { MailServer, MailServerMode } from '../../test/mail-server.ts'
import { openMailSender } from './mail.ts'
import type { MailSender } from './mail.ts'

const from = { name: 'Scrip', address: 'no-reply@scrip.example' }
const message = {
  to: 'ada@example.com',
  subject: 'Ваш код',
  text: '.dot\nКод: 123\n',
  messageId: 'some-id.1',
}

let server: MailServer
let sender: MailSender

beforeAll(async () => {
  server = await startMailServer()
  sender = openMailSender({ url: server.url.replace('//', '//ada:secret@'), from }, 20_000)
})

afterEach(() => {
  server.mode = 'accept'
  server.received.length = 0
})

afterAll(async () => {
  await sender.close()
  await server.close()
})

describe('a mail', () => {
  test('arrives as it was written, in both forms, from the mailbox of the settings', async () => {
    const result = await sender.send({ ...message, html: '<p>Код: 123</p>' })
    expect(result.outcome).toBe('sent')
    const [mail] = server.received
    expect(mail?.to).toEqual(['ada@example.com'])
    expect(await PostalMime.parse(mail?.raw ?? '')).toMatchObject({
      from,
      to: [{ address: 'ada@example.com' }],
      subject: 'Ваш код',
      messageId: '<some-id.1@scrip.example>',
      text: '.dot\nКод: 123\n',
      html: expect.stringContaining('<p>Код: 123</p>') as string,
    })
  })

  test.each<[MailServerMode, 'sent' | 'refused' | 'unclear', RegExp]>([
    ['refuse-recipient', 'refused', /550/],
    ['refuse-content', 'refused', /554/],
    ['come-later', 'unclear', /451/],
    ['refuse-sender', 'unclear', /550/],
    ['hang', 'unclear', /./],
    ['drop', 'unclear', /./],
  ])('to a server that would %s is %s', async (mode, outcome, detail) => {
    server.mode = mode
    const patient = mode !== 'hang'
    const own = patient ? sender : openMailSender({ url: server.url, from }, 1_000)
    const startedAt = performance.now()
    const result = await own.send(message)
    expect(result).toEqual({ outcome, detail: expect.stringMatching(detail) as string })
    expect(result.detail).not.toContain('123')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    if (!patient) await own.close()
    server.mode = 'accept'
    expect((await sender.send(message)).outcome).toBe('sent')
  })

  test('is not lost to a login that is refused today', async () => {
    server.mode = 'refuse-login'
    const fresh = openMailSender({ url: server.url.replace('//', '//ada:wrong@'), from }, 20_000)
    expect((await fresh.send(message)).outcome).toBe('unclear')
    await fresh.close()
  })

  test('has the same Message-ID when it is sent again', async () => {
    await sender.send(message)
    await sender.send(message)
    const ids = server.received.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim())
    expect(ids).toEqual(['<some-id.1@scrip.example>', '<some-id.1@scrip.example>'])
  })

  test.each([
    ['a subject', { subject: 'Hi\r\nBcc: eve@evil.example' }],
    ['a subject with another line end', { subject: 'Hi\u2028Bcc: eve@evil.example' }],
    ['a recipient', { to: 'ada@example.com\r\nRCPT TO:<eve@evil.example>' }],
    ['a Message-ID', { messageId: 'a>\r\nBcc: eve@evil.example' }],
  ])('does not go out when %s would begin another header', async (_what, changes) => {
    expect((await sender.send({ ...message, ...changes })).outcome).toBe('refused')
    expect(server.received).toEqual([])
  })

  test.each([
    'ada@example.com,eve@evil.example',
    'ada@example.com;eve@evil.example',
    'Ada <eve@evil.example>',
    '"eve@evil.example x"@example.com',
    'all: eve@evil.example;',
  ])('goes to one mailbox alone, and not to %s', async (to) => {
    expect((await sender.send({ ...message, to })).outcome).toBe('refused')
    expect(server.received).toEqual([])
  })

  test('does not read files or addresses that its text names', async () => {
    await sender.send({ ...message, text: '{"path":"/etc/passwd"}', html: '<img src="file:///etc/passwd">' })
    expect(server.received[0]?.raw).not.toContain('root:')
  })
})

test('a server that only ever drips is given up in time', async () => {
  const drip = createServer((socket) => {
    const timer = setInterval(() => socket.write('220-still here\r\n'), 50)
    socket.on('error', () => undefined).on('close', () => clearInterval(timer))
  })
  await new Promise<void>((settle) => {
    drip.listen(0, '127.0.0.1', () => settle())
  })
  const { port } = drip.address() as AddressInfo // A TCP server's address is no string.
  const slow = openMailSender({ url: `smtp://127.0.0.1:${port}`, from }, 500)
  const startedAt = performance.now()
  expect((await slow.send(message)).outcome).toBe('unclear')
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  await slow.close()
  drip.close()
})

test('a close cuts off what is being sent', async () => {
  server.mode = 'hang'
  const doomed = openMailSender({ url: server.url, from }, 30_000)
  const sending = doomed.send(message)
  await new Promise((settle) => setTimeout(settle, 200))
  await doomed.close()
  expect((await sending).outcome).toBe('unclear')
})

describe('another machine', () => {
  // The loopback address in a spelling that only the resolver knows: to us, a name like any other.
  const elsewhere = () => server.url.replace('127.0.0.1', '2130706433')

  test('gets nothing without TLS, unless the settings say so', async () => {
    server.mode = 'accept'
    const strict = openMailSender({ url: elsewhere(), from }, 20_000)
    expect(await strict.send(message)).toMatchObject({ outcome: 'unclear' })
    expect(server.received).toEqual([])
    const lax = openMailSender({ url: `${elsewhere()}?tls=optional`, from }, 20_000)
    expect(await lax.send(message)).toMatchObject({ outcome: 'sent' })
    await Promise.all([strict.close(), lax.close()])
  })

  test('gets nothing under a certificate that cannot be verified', async () => {
    const impostor = await startMailServer(true)
    const strict = openMailSender({ url: impostor.url, from }, 20_000)
    expect(await strict.send(message)).toMatchObject({ outcome: 'unclear' })
    expect(impostor.received).toEqual([])
    await strict.close()
    await impostor.close()
  })
})
