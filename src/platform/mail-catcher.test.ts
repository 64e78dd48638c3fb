import { createTransport } from 'nodemailer'
import { afterEach, expect, test } from 'vitest'
import { startMailCatcher } from './mail-catcher.ts'
import type { CaughtMail, MailCatcher } from './mail-catcher.ts'
import { openLog } from './log.ts'

let catcher: MailCatcher | undefined
let caught: CaughtMail[] = []

afterEach(async () => {
  await catcher?.close()
  caught = []
})

async function start(keep: (mail: CaughtMail) => Promise<unknown> = async (mail) => caught.push(mail)) {
  catcher = startMailCatcher({ host: '127.0.0.1', port: 0, log: openLog('silent'), keep })
  const port = await catcher.listening
  if (port === undefined) throw new Error('The catcher does not listen.')
  return createTransport({ host: '127.0.0.1', port, auth: { user: 'any', pass: 'thing' } })
}

test('any mail of any program is caught, whoever it is for', async () => {
  const client = await start()
  await client.sendMail({
    from: 'shop@example.com',
    to: ['ada@example.com', 'bob@example.org'],
    subject: 'Привет',
    text: 'Код 1\n',
    html: '<p>Код 1</p>',
    messageId: '<a@b.example>',
    attachments: [{ filename: 'a.bin', content: Buffer.alloc(10_000) }],
  })
  expect(caught).toEqual([
    {
      from: 'shop@example.com',
      to: 'ada@example.com, bob@example.org',
      subject: 'Привет',
      text: 'Код 1\n',
      html: expect.stringContaining('<p>Код 1</p>') as string,
      messageId: '<a@b.example>',
    },
  ])
})

test('one that is too large, or goes to too many, is refused, and the next one is not', async () => {
  const client = await start()
  const mail = { from: 'shop@example.com', to: 'ada@example.com', subject: 'x' }
  await expect(client.sendMail({ ...mail, text: 'x\n'.repeat(700_000) })).rejects.toMatchObject({
    responseCode: 552,
  })
  const many = Array.from({ length: 101 }, (_, place) => `a${place}@example.com`)
  const { rejected } = await client.sendMail({ ...mail, to: many, text: 'x' })
  expect(rejected.length).toBe(1)
  expect(caught.length).toBe(1)
})

test('one that cannot be kept is to come later', async () => {
  const client = await start(() => Promise.reject(new Error('The database is away.')))
  const mail = { from: 'shop@example.com', to: 'ada@example.com', text: 'x' }
  await expect(client.sendMail(mail)).rejects.toMatchObject({ responseCode: 451 })
})

test('what is no mail at all is caught as it is, and nested parts without end do no harm', async () => {
  const client = await start()
  const envelope = { from: 'shop@example.com', to: 'ada@example.com' }
  let nested = 'x'
  for (let depth = 0; depth < 60; depth += 1)
    nested = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested}\r\n--b${depth}--`
  await client.sendMail({ envelope, raw: '\u0000\u0001no header at all' })
  await client.sendMail({ envelope, raw: nested }).catch(() => undefined)
  await client.sendMail({ envelope, raw: 'Subject: still here\r\n\r\nyes' })
  expect(caught.at(-1)).toMatchObject({
    subject: 'still here',
    text: expect.stringContaining('yes') as string,
  })
})

test('a port that is taken is no catastrophe', async () => {
  await start()
  const port = (await catcher?.listening) ?? 0
  const second = startMailCatcher({
    host: '127.0.0.1',
    port,
    log: openLog('silent'),
    keep: async () => undefined,
  })
  expect(await second.listening).toBeUndefined()
  await second.close()
})
