import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { startMailServer } from '../../../test/mail-server.ts'
import type { MailServer } from '../../../test/mail-server.ts'
import { createWorld } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { openMailSender } from '../../platform/mail.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { WorkLoop } from '../../platform/work-loop.ts'
import type { MessageId } from '../../values/ids.ts'
import type { OutgoingMessage, SendResult } from '../../values/outgoing-message.ts'
import { cancelMessage } from './cancel-message.ts'
import { countWaiting } from './count-waiting.ts'
import { deliverMessages } from './deliver-messages.ts'
import type { DeliverMessages } from './deliver-messages.ts'
import { houseId, retryDelayMs } from './message.ts'
import { resendMessage } from './resend-message.ts'
import { sendMessage } from './send-message.ts'

const secret = 'PLANTED-7f3a9c'
const address = 'planted-ada@example.com'
const renderer = openRenderer()

let database: Database
let owner: Database
let world: World
let server: MailServer
let loops: WorkLoop[] = []
let lines = ''
let outcomes: string[] = []

/** Everything that is logged in this file, down to the finest level. */
const log = pino(
  { level: 'trace' },
  new Writable({ write: (chunk: Buffer, _encoding, done) => (note(chunk), done()) }),
)

function note(chunk: Buffer): void {
  lines += chunk.toString('utf8')
}

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  owner = openDatabase({ url: made.url, poolSize: 4 })
  world = await createWorld(database)
  server = await startMailServer()
  return async () => {
    await server.close()
    await owner.close()
  }
})

beforeEach(async () => {
  await owner.query(sql`delete from messages`)
  server.mode = 'accept'
  server.received.length = 0
  outcomes = []
})

afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()))
  loops = []
  expect(lines).not.toContain(secret)
  expect(lines).not.toContain(address)
})

let named = 0

async function queue(channel: 'mail' | 'sms' = 'mail'): Promise<MessageId> {
  named += 1
  const reference = `test:${named}`
  const { messageId } = await database.inTransaction((tx) =>
    sendMessage(tx, world.keyRing, renderer, {
      partnerId: houseId,
      channel,
      to: channel === 'mail' ? address : '+2348012345678',
      locale: 'en',
      reference,
      template: 'login_code',
      facts: { code: secret, minutes: 10 },
    }),
  )
  return messageId
}

function start(
  options: Partial<DeliverMessages> & { send: (message: OutgoingMessage) => Promise<SendResult> },
) {
  const { send, ...rest } = options
  const messenger = { channel: 'mail', send } as const
  const onOutcome = (outcome: string): void => void outcomes.push(outcome)
  const loop = deliverMessages({
    database,
    keyRing: world.keyRing,
    messenger,
    log,
    onOutcome,
    pollMs: 20,
    ...rest,
  })
  loops.push(loop)
  return loop
}

/** Delivers to the real server until it is stopped. */
function startByMail(): void {
  const sender = openMailSender(
    { url: server.url, from: { name: '', address: 'no-reply@scrip.example' } },
    10_000,
  )
  const loop = start({ send: (message) => sender.send(message) })
  loops.push({ ...loop, stop: () => loop.stop().then(() => sender.close()) })
}

type State = {
  readonly state: string
  readonly tries: number
  readonly error: string | null
  readonly dueInMs: number
}

async function stateOf(id: MessageId): Promise<State> {
  const [row] = await owner.query<State>(sql`
    select state, tries, error, (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "dueInMs" from messages where id = ${id}`)
  if (row === undefined) throw new Error('The message is gone.')
  return row
}

async function makeDue(): Promise<void> {
  await owner.query(sql`update messages set due_at = clock_timestamp() where due_at is not null`)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 25_000, interval: 20 }).toBe(true)
}

describe('a message in the outbox', () => {
  test('is sent once, by whichever of several workers takes it', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => queue()))
    startByMail()
    startByMail()
    startByMail()
    await until(async () => (await countWaiting(database)).every(({ waiting }) => waiting === 0))
    await until(() => outcomes.length === 30)
    expect(server.received.length).toBe(30)
    expect(new Set(server.received.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])).size).toBe(30)
    expect(server.received[0]?.raw).toContain(secret)
    expect(await stateOf(ids[0] ?? ('' as MessageId))).toMatchObject({ state: 'sent', tries: 1, error: null })
  })

  test('of another channel is left alone', async () => {
    const id = await queue('sms')
    startByMail()
    await queue()
    await until(() => outcomes.length === 1)
    expect(await stateOf(id)).toMatchObject({ state: 'waiting', tries: 0 })
    const waiting = await countWaiting(database)
    expect(waiting.find(({ channel }) => channel === 'sms')?.waiting).toBe(1)
  })

  test('that the server refuses for good has failed, and says why', async () => {
    server.mode = 'refuse-recipient'
    const id = await queue()
    startByMail()
    await until(async () => (await stateOf(id)).state === 'failed')
    expect(await stateOf(id)).toMatchObject({ tries: 1, error: expect.stringContaining('550') as string })
    expect(server.received).toEqual([])
  })

  test('is sent again under the same Message-ID when the connection was lost after the whole mail', async () => {
    server.mode = 'drop'
    const id = await queue()
    startByMail()
    await until(async () => (await stateOf(id)).error !== null)
    expect(await stateOf(id)).toMatchObject({ state: 'waiting', tries: 1 })
    server.mode = 'accept'
    await makeDue()
    await until(async () => (await stateOf(id)).state === 'sent')
    const ids = server.received.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])
    expect(ids.length).toBe(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('that somebody wants sent again has another Message-ID', async () => {
    const id = await queue()
    startByMail()
    await until(async () => (await stateOf(id)).state === 'sent')
    await database.inTransaction((tx) => resendMessage(tx, { id, actor: 'test' }))
    await until(() => server.received.length === 2)
    const ids = server.received.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])
    expect(new Set(ids).size).toBe(2)
  })

  test('is tried again after longer and longer, and given up in the end', async () => {
    const id = await queue()
    start({ send: () => Promise.resolve({ outcome: 'unclear', detail: `451 ${address} come later` }) })
    for (let tries = 1; retryDelayMs(tries, 0) !== undefined; tries += 1) {
      await until(async () => (await stateOf(id)).tries === tries && (await stateOf(id)).error !== null)
      const { state, dueInMs } = await stateOf(id)
      expect(state).toBe('waiting')
      expect(dueInMs).toBeGreaterThan((retryDelayMs(tries, 0) ?? 0) - 2_000)
      expect(dueInMs).toBeLessThanOrEqual(retryDelayMs(tries, 1) ?? 0)
      await owner.query(
        sql`update messages set due_at = clock_timestamp(), error = null, not_after = now() + interval '7 days'`,
      )
    }
    await until(async () => (await stateOf(id)).state === 'failed')
    expect(retryDelayMs(1, 0.5)).toBe(10_000)
    expect((await stateOf(id)).tries).toBe(11)
  })

  test('that nobody wants any more is not sent', async () => {
    const id = await queue()
    await owner.query(sql`update messages set not_after = now() - interval '1 second'`)
    startByMail()
    await until(async () => (await stateOf(id)).state === 'failed')
    expect(server.received).toEqual([])
  })
})

describe('a claim', () => {
  test('that its process never ended comes back by itself when its lease is over', async () => {
    const id = await queue()
    const dead = start({ send: () => new Promise(() => undefined), leaseMs: 3_000 })
    await until(async () => (await stateOf(id)).tries === 1)
    // It takes nothing more, and nobody waits for what it has in hand.
    loops = loops.filter((loop) => loop !== dead)
    void dead.stop()
    await expect(
      database.inTransaction((tx) => cancelMessage(tx, { id, actor: 'test' })),
    ).rejects.toMatchObject({ code: 'message_in_hand' })
    startByMail()
    await until(async () => (await stateOf(id)).state === 'sent')
    expect(await stateOf(id)).toMatchObject({ tries: expect.any(Number) as number })
    expect((await stateOf(id)).tries).toBeGreaterThanOrEqual(2)
  })

  test('that was lost meanwhile changes nothing: the fence has moved on', async () => {
    const id = await queue()
    let answer: (result: SendResult) => void = () => undefined
    const slow = start({
      send: () => new Promise((settle) => (answer = settle)),
      leaseMs: 3_000,
      concurrency: 1,
    })
    await until(async () => (await stateOf(id)).tries === 1)
    startByMail()
    await until(async () => (await stateOf(id)).state === 'sent')
    outcomes = []
    answer({ outcome: 'refused', detail: '550 too late to say so' })
    await slow.stop()
    expect(outcomes).toContain('superseded')
    expect(await stateOf(id)).toMatchObject({ state: 'sent', error: null })
  })

  test('that was lost to another one still in hand does not speak for it', async () => {
    const id = await queue()
    const answers: ((result: SendResult) => void)[] = []
    const send = () => new Promise<SendResult>((settle) => answers.push(settle))
    const first = start({ send, leaseMs: 3_000, concurrency: 1 })
    await until(() => answers.length === 1)
    const second = start({ send, leaseMs: 60_000, concurrency: 1 })
    await until(() => answers.length === 2)
    answers[0]?.({ outcome: 'refused', detail: '550 says the one that came late' })
    await first.stop()
    expect(await stateOf(id)).toMatchObject({ state: 'waiting', tries: 2, error: null })
    answers[1]?.({ outcome: 'sent', detail: '250' })
    await second.stop()
    expect(await stateOf(id)).toMatchObject({ state: 'sent' })
    expect(outcomes).toEqual(['superseded', 'sent'])
  })

  test('that is older than its lease when its turn comes is not acted on', async () => {
    const id = await queue()
    let sent = 0
    start({ send: () => Promise.resolve({ outcome: 'sent', detail: `${(sent += 1)}` }), leaseMs: -1 })
    await until(() => outcomes.includes('superseded'))
    expect(sent).toBe(0)
    expect((await stateOf(id)).state).toBe('waiting')
  })

  test('of a message that brings its process down again and again ends', async () => {
    const id = await queue()
    await owner.query(sql`update messages set tries = 11`)
    startByMail()
    await until(async () => (await stateOf(id)).state === 'failed')
    expect(server.received).toEqual([])
  })
})
