import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTransport } from 'nodemailer'
import { createTestDatabase } from '../../test/database.ts'
import { startMailServer } from '../../test/mail-server.ts'
import { createWorld } from '../../test/world.ts'
import type { World } from '../../test/world.ts'
import { houseId } from '../core/messages/message.ts'
import { readCaught } from '../core/messages/read-caught.ts'
import { sendMessage } from '../core/messages/send-message.ts'
import { readConfig } from '../platform/config.ts'
import type { Database } from '../platform/database.ts'
import { openDatabase, sql } from '../platform/database.ts'
import { newId } from '../platform/ids.ts'
import { openLog } from '../platform/log.ts'
import { openMetrics } from '../platform/metrics.ts'
import type { Metrics } from '../platform/metrics.ts'
import { collectOpenThings } from '../platform/shutdown.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import { openRenderer } from '../platform/templates.ts'
import { sendMessages } from './deliver-messages.ts'
import { messagesFinding } from './doctor-messages.ts'
import type { Engine } from './engine.ts'

let database: Database
let owner: Database
let world: World
let metrics: Metrics
let things: OpenThings
const log = openLog('silent')

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  owner = openDatabase({ url: made.url, poolSize: 2 })
  world = await createWorld(database)
  return () => owner.close()
})

beforeEach(async () => {
  await owner.query(sql`delete from messages`)
  await owner.query(sql`delete from caught_messages`)
})

afterEach(() => things.close())

function start(environment: Readonly<Record<string, string>>): void {
  metrics = openMetrics()
  things = collectOpenThings(log)
  const engine = { database, keyRing: world.keyRing } as Engine // All of it that sending needs.
  sendMessages({ config: readConfig(environment, '/nowhere'), engine, metrics, log }, things)
}

async function queue(): Promise<void> {
  const call = {
    partnerId: houseId,
    locale: 'en',
    template: 'login_code',
    facts: { code: '482913', minutes: 5 },
  } as const
  await database.inTransaction(async (tx) => {
    const send = (channel: 'mail' | 'sms', to: string) =>
      sendMessage(tx, world.keyRing, openRenderer(), { ...call, channel, to, reference: newId() })
    await send('mail', 'ada@example.com')
    await send('sms', '+2348012345678')
  })
}

async function states(): Promise<string[]> {
  const rows = await database.query<{ state: string }>(sql`select state from messages order by channel`)
  return rows.map(({ state }) => state)
}

const bothSent = ['sent', 'sent']

async function untilBothAre(wanted: readonly string[]): Promise<void> {
  await expect.poll(states, { timeout: 25_000, interval: 50 }).toEqual(wanted)
}

test('a sandbox catches what it would send, in both channels', async () => {
  await queue()
  start({})
  await untilBothAre(bothSent)
  const { rows } = await readCaught(database, world.keyRing).list({ limit: 10 })
  expect(rows.map(({ channel, to }) => `${channel} ${to}`).toSorted()).toEqual([
    'mail ada@example.com',
    'sms +2348012345678',
  ])
  expect(rows.every(({ text }) => text.includes('482913'))).toBe(true)
  expect(await metrics.text()).toContain('scrip_messages_total{channel="mail",outcome="sent"} 1')
})

test('with settings, mail goes to the SMTP server and short messages to the gateway, also from a sandbox', async () => {
  const server = await startMailServer()
  const texts: string[] = []
  const gateway = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => texts.push(chunk.toString('utf8'))).on('end', () => response.end())
  })
  await new Promise<void>((settle) => {
    gateway.listen(0, '127.0.0.1', () => settle())
  })
  const { port } = gateway.address() as AddressInfo // A TCP server's address is no string.
  await queue()
  start({
    SCRIP_SMTP_URL: server.url,
    SCRIP_MAIL_FROM: 'Shop <shop@example.com>',
    SCRIP_SMS_URL: `http://127.0.0.1:${port}/sms`,
  })
  await untilBothAre(bothSent)
  expect(server.received[0]?.raw).toContain('Shop <shop@example.com>')
  expect(texts.join('')).toContain('482913')
  expect((await readCaught(database, world.keyRing).list({ limit: 10 })).rows).toEqual([])
  await things.close()
  await server.close()
  gateway.closeAllConnections()
  gateway.close()
})

test('in live without settings everything waits, is counted, and the doctor says what to set', async () => {
  await queue()
  start({ SCRIP_ENVIRONMENT: 'live' })
  await expect.poll(() => metrics.text(), { timeout: 20_000 }).toContain('scrip_messages_waiting_mail 1')
  expect(await states()).toEqual(['waiting', 'waiting'])
  expect(await metrics.text()).toMatch(/scrip_messages_oldest_seconds_sms \d/)
  const live = readConfig({ SCRIP_ENVIRONMENT: 'live' }, '/nowhere')
  expect(await messagesFinding(database, live)).toMatchObject({
    state: 'warn',
    advice: expect.stringContaining('SCRIP_SMTP_URL') as string,
  })
  const mail = { SCRIP_SMTP_URL: 'smtp://localhost', SCRIP_MAIL_FROM: 'a@b.example' }
  const half = readConfig({ SCRIP_ENVIRONMENT: 'live', ...mail }, '/nowhere')
  expect((await messagesFinding(database, half)).advice).toContain('SCRIP_SMS_URL')
  expect((await messagesFinding(database, readConfig({}, '/nowhere'))).state).toBe('ok')
  await owner.query(sql`update messages set created_at = now() - interval '1 hour'`)
  expect((await messagesFinding(database, readConfig({}, '/nowhere'))).advice).toContain('worker')
})

test('a sandbox catches the mail of other programs where a port is set, and live never does', async () => {
  const probe = await startMailServer()
  const port = new URL(probe.url).port
  await probe.close()
  const send = () =>
    createTransport({ host: '127.0.0.1', port: Number(port) }).sendMail({
      from: 'other@example.com',
      to: 'ada@example.com',
      subject: 'From elsewhere',
      text: 'Hi',
    })
  start({ SCRIP_ENVIRONMENT: 'live', SCRIP_CATCHER_PORT: port })
  await expect(send()).rejects.toThrow('ECONNREFUSED')
  await things.close()
  start({ SCRIP_CATCHER_PORT: port })
  await expect
    .poll(
      () =>
        send().then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)
  const { rows } = await readCaught(database, world.keyRing).list({ limit: 10 })
  expect(rows[0]).toMatchObject({ source: 'smtp', subject: 'From elsewhere', from: 'other@example.com' })
})

test('a server that hangs does not keep a process from stopping, and what it had is tried again', async () => {
  const server = await startMailServer()
  server.mode = 'hang'
  await queue()
  start({ SCRIP_SMTP_URL: server.url, SCRIP_MAIL_FROM: 'shop@example.com', SCRIP_DRAIN_MS: '200' })
  await untilBothAre(['waiting', 'sent'])
  await expect
    .poll(() => database.query(sql`select tries from messages where channel = 'mail'`), { timeout: 20_000 })
    .toEqual([{ tries: 1 }])
  const startedAt = performance.now()
  await things.close()
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  const [row] = await database.query(sql`select state, claimed_until from messages where channel = 'mail'`)
  expect(row).toEqual({ state: 'waiting', claimed_until: null })
  await server.close()
})

test.each([
  [{ SCRIP_SMTP_URL: 'http://mail.example' }, 'SCRIP_SMTP_URL'],
  [{ SCRIP_SMTP_URL: 'smtp://user:secret@mail.example' }, 'SCRIP_MAIL_FROM'],
  [{ SCRIP_SMTP_URL: 'smtp://mail.example', SCRIP_MAIL_FROM: 'nobody' }, 'SCRIP_MAIL_FROM'],
  [{ SCRIP_SMTP_URL: 'smtp://mail.example', SCRIP_MAIL_FROM: 'a@b.example>\r\nBcc: x@y' }, 'SCRIP_MAIL_FROM'],
  [{ SCRIP_SMS_URL: 'ftp://gateway.example' }, 'SCRIP_SMS_URL'],
  [{ SCRIP_CATCHER_PORT: '0' }, 'SCRIP_CATCHER_PORT'],
  [{ SCRIP_CATCHER_TOKEN: 'short' }, 'SCRIP_CATCHER_TOKEN'],
] as [Record<string, string>, string][])(
  'a wrong setting stops the start and is named: %j',
  (settings, name) => {
    expect(() => readConfig(settings, '/nowhere')).toThrow(name)
    expect(() => readConfig(settings, '/nowhere')).not.toThrow('secret')
    things = collectOpenThings(log)
  },
)
