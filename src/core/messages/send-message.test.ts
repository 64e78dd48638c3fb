import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { openDatabase, rawStatement, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { openRenderer } from '../../platform/templates.ts'
import type { MessageId, PartnerId } from '../../values/ids.ts'
import { locales } from '../../values/locale.ts'
import { cancelMessage } from './cancel-message.ts'
import { listMessages } from './list-messages.ts'
import { channels, houseId, subjectProblem } from './message.ts'
import { purgeTexts } from './purge-texts.ts'
import { renderMessage } from './render-message.ts'
import { resendMessage } from './resend-message.ts'
import { sendMessage } from './send-message.ts'
import type { SendMessage } from './send-message.ts'
import { showMessage } from './show-message.ts'
import { builtInSource, templateCodes, templates } from './templates.ts'

const renderer = openRenderer()
const actor = 'test'
let database: Database
let owner: Database
let world: World
let partnerId: PartnerId

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  owner = openDatabase({ url: made.url, poolSize: 2 })
  world = await createWorld(database)
  partnerId = (await world.partner(0n)).partnerId
  return () => owner.close()
})

let named = 0

function order(changes: Partial<SendMessage> = {}): SendMessage {
  named += 1
  return {
    partnerId,
    channel: 'mail',
    to: 'ada@example.com',
    locale: 'en',
    reference: `order-delivered:${named}`,
    template: 'order_delivered',
    facts: { order: 'A-1', product: 'Gift card', codes: ['SECRET-CODE-1', 'SECRET-CODE-2'] },
    ...changes,
  } as SendMessage // A template goes with its own facts in each test.
}

function send(command: SendMessage) {
  return database.inTransaction((tx) => sendMessage(tx, world.keyRing, renderer, command))
}

function show(id: MessageId) {
  return database.inTransaction((tx) => showMessage(tx, world.keyRing, { id, actor }))
}

describe('a message', () => {
  test('is stored as it will be sent, and waits', async () => {
    const { messageId, isRepeat } = await send(order())
    expect(isRepeat).toBe(false)
    expect(await show(messageId)).toMatchObject({
      partnerId,
      recipient: 'ada@example.com',
      subject: 'Your order A-1: Gift card',
      state: 'waiting',
      tries: 0,
      texts: { text: expect.stringContaining('    SECRET-CODE-1\n    SECRET-CODE-2\n') as string },
    })
  })

  test('asked for by 64 at once under one reference is one, and all get the same', async () => {
    const command = order()
    const answers = await Promise.all(Array.from({ length: 64 }, () => send(command)))
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1)
    expect(answers.filter(({ isRepeat }) => !isRepeat).length).toBe(1)
    const [count] = await database.query(
      sql`select count(*) as rows from messages where reference = ${command.reference}`,
    )
    expect(count).toEqual({ rows: 1n })
  })

  test('of another partner, or of the house, may have the same reference', async () => {
    const command = order()
    const other = await world.partner(0n)
    const ids = [
      await send(command),
      await send({ ...command, partnerId: other.partnerId }),
      await send({ ...command, partnerId: houseId }),
    ].map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(3)
  })

  test('goes with the transaction that asked for it', async () => {
    const command = order()
    const failing = database.inTransaction(async (tx) => {
      await sendMessage(tx, world.keyRing, renderer, command)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect((await send(command)).isRepeat).toBe(false)
  })

  test('asked for again, while the first asking is taken back, is sent after all', async () => {
    const command = order()
    const failing = database.inTransaction(async (tx) => {
      await sendMessage(tx, world.keyRing, renderer, command)
      const second = send(command)
      await new Promise((settle) => setTimeout(settle, 100))
      throw Object.assign(new Error('no'), { second })
    })
    const { second } = (await failing.catch((error: unknown) => error)) as { second: ReturnType<typeof send> } // Thrown above.
    expect((await second).isRepeat).toBe(false)
  })

  test.each([
    ['to', { to: 'ada@example.com\r\nBcc: eve@evil.example' }],
    ['to', { to: 'ada@example.com,eve@evil.example' }],
    ['to', { to: 'Ada <ada@example.com>' }],
    ['to', { to: '"ada@evil.example x"@example.com' }],
    ['to', { to: '' }],
    ['to', { channel: 'sms', to: '0801 234' }],
    ['to', { channel: 'sms', to: '+2348012345678\n+2348012345679' }],
    ['reference', { reference: '' }],
    ['reference', { reference: 'x'.repeat(201) }],
    ['subject', { facts: { order: 'A-1\r\nBcc: eve@evil.example', product: 'x', codes: [] } }],
    ['subject', { facts: { order: 'A-1\u2028Bcc: eve@evil.example', product: 'x', codes: [] } }],
    [
      'text',
      { channel: 'sms', to: '+2348012345678', facts: { order: 'A', product: 'x'.repeat(2_000), codes: [] } },
    ],
  ] as [string, Partial<SendMessage>][])('with a wrong %s is refused (%j)', async (field, changes) => {
    await expect(send(order(changes))).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field }],
    })
  })

  test('of a partner that is not there is refused', async () => {
    await expect(send(order({ partnerId: newId<PartnerId>() }))).rejects.toMatchObject({
      code: 'partner_not_found',
    })
  })

  test('is sealed where it lies: no code of it is anywhere in the tables', async () => {
    const secret = 'PLANTED-7f3a9c'
    await send(order({ facts: { order: 'A-1', product: 'Gift card', codes: [secret] } }))
    await send(order({ partnerId: houseId, template: 'login_code', facts: { code: secret, minutes: 5 } }))
    await send(
      order({ channel: 'sms', to: '+2348012345678', facts: { order: 'A', product: 'P', codes: [secret] } }),
    )
    const dump = await database.query<{ row: string }>(
      rawStatement('select m::text as row from messages m union all select a::text from audit_log a'),
    )
    expect(dump.length).toBeGreaterThan(3)
    for (const { row } of dump) {
      expect(row).not.toContain(secret)
      expect(row).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })

  test('is listed without what it says, page by page, and only by its owner’s filter', async () => {
    const other = (await world.partner(0n)).partnerId
    const ids: MessageId[] = []
    for (let count = 0; count < 5; count += 1) ids.push((await send(order({ partnerId: other }))).messageId)
    const filter = { partnerId: other, state: 'waiting' } as const
    const first = await listMessages(database, filter, { limit: 2 })
    const second = await listMessages(database, filter, { limit: 2, cursor: first.nextCursor })
    const third = await listMessages(database, filter, { limit: 2, cursor: second.nextCursor })
    const rows = [...first.rows, ...second.rows, ...third.rows]
    expect(rows.map(({ id }) => id)).toEqual(ids.toReversed())
    expect(JSON.stringify(rows)).not.toContain('SECRET-CODE')
    await expect(
      listMessages(database, { partnerId }, { limit: 2, cursor: first.nextCursor }),
    ).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('is shown to who may look, and the audit log keeps that', async () => {
    const { messageId } = await send(order())
    await show(messageId)
    const rows = await database.query(
      sql`select actor, action, partner_id as "partnerId" from audit_log where subject = ${messageId}`,
    )
    expect(rows).toEqual([{ actor, action: 'message.revealed', partnerId }])
    await expect(show(newId<MessageId>())).rejects.toMatchObject({ code: 'message_not_found' })
  })
})

describe('a waiting message', () => {
  test('can be cancelled once, and sent again after that, in another round', async () => {
    const { messageId: id } = await send(order())
    const change = (verb: typeof cancelMessage) => database.inTransaction((tx) => verb(tx, { id, actor }))
    await expect(change(resendMessage)).rejects.toMatchObject({ code: 'message_in_hand' })
    expect(await change(cancelMessage)).toMatchObject({ state: 'cancelled', dueAt: undefined })
    await expect(change(cancelMessage)).rejects.toMatchObject({ code: 'message_in_hand' })
    expect(await change(resendMessage)).toMatchObject({ state: 'waiting', round: 2, tries: 0 })
    const actions = await database.query(sql`select action from audit_log where subject = ${id} order by id`)
    expect(actions).toEqual([{ action: 'message.cancelled' }, { action: 'message.resent' }])
  })

  test('that does not exist can be neither', async () => {
    const id = newId<MessageId>()
    for (const verb of [cancelMessage, resendMessage])
      await expect(database.inTransaction((tx) => verb(tx, { id, actor }))).rejects.toMatchObject({
        code: 'message_not_found',
      })
  })
})

test('texts go after 30 days, and not before; what still waited has failed and cannot be sent again', async () => {
  const old = (await send(order())).messageId
  const young = (await send(order())).messageId
  await owner.query(sql`update messages set created_at = now() - interval '31 days' where id = ${old}`)
  await owner.query(sql`update messages set created_at = now() - interval '29 days' where id = ${young}`)
  const purged = await Promise.all([purgeTexts(database), purgeTexts(database)])
  expect(purged.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(await show(old)).toMatchObject({ state: 'failed', texts: undefined, recipient: 'ada@example.com' })
  expect((await show(young)).texts).toBeDefined()
  await expect(database.inTransaction((tx) => resendMessage(tx, { id: old, actor }))).rejects.toMatchObject({
    code: 'message_in_hand',
  })
})

test('the application cannot delete messages, nor change what was edited or caught', async () => {
  for (const statement of [
    'delete from messages',
    'update message_templates set body = null',
    'delete from message_templates',
    'update caught_messages set channel = channel',
  ])
    await expect(database.query(rawStatement(statement))).rejects.toThrow('permission denied')
})

test('every built-in text renders in every channel and language, tells its facts, and keeps secrets out of its subject', () => {
  for (const template of templateCodes)
    for (const channel of channels)
      for (const locale of locales) {
        const { sample, secrets } = templates[template]
        const source = builtInSource(template, channel, locale)
        const { subject, text } = renderMessage(renderer, { template, channel }, source, sample)
        expect(text.trim(), `${template} ${channel} ${locale}`).not.toBe('')
        expect(subjectProblem(subject)).toBeUndefined()
        expect(subject !== '').toBe(channel === 'mail')
        const facts = new Map<string, unknown>(Object.entries(sample))
        for (const name of secrets)
          for (const secret of [facts.get(name)].flat()) {
            expect(text).toContain(String(secret))
            expect(subject).not.toContain(String(secret))
          }
      }
})
