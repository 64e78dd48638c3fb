import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createTestDatabase } from '../../test/database.ts'
import { catchMessage } from '../core/messages/catch-message.ts'
import { openKeyRing } from '../core/keys/open-key-ring.ts'
import { readMasterKey } from '../platform/config.ts'
import { sql } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'

let dir: string
let database: Database

beforeAll(async () => {
  const made = await createTestDatabase()
  database = made.database
  dir = await mkdtemp(join(tmpdir(), 'scrip-messages-'))
  process.env['DATABASE_URL'] = made.url
  process.env['SCRIP_DATA_DIR'] = dir
  await scripJson('migrate')
  return () => rm(dir, { recursive: true })
})

async function sendTest(to = 'ada@example.com'): Promise<string> {
  const { code, json } = await scripJson('messages', 'send-test', '--to', to)
  expect(code).toBe(0)
  return String(json['messageId'])
}

it('a test message is put into the outbox, listed, shown with what it says, cancelled and sent again', async () => {
  const id = await sendTest()
  await sendTest('+2348012345678')
  const listed = await scripJson('messages', 'list', '--channel', 'mail', '--state', 'waiting')
  expect(listed.json).toMatchObject({
    messages: [{ id, recipient: 'ada@example.com', template: 'low_stock' }],
  })
  expect(JSON.stringify(listed.json)).not.toContain('codes are left in stock')
  expect((await scrip('messages', 'list')).out).toContain('+2348012345678')
  const shown = await scrip('messages', 'show', id)
  expect(shown.out).toContain('Low stock: GIFT-USD-10, 7 left')
  expect(shown.out).toContain('only 7 codes are left in stock')
  expect((await scripJson('messages', 'cancel', id)).json).toMatchObject({ message: { state: 'cancelled' } })
  expect(await scripJson('messages', 'cancel', id)).toMatchObject({
    code: 1,
    json: { error: { code: 'message_in_hand' } },
  })
  expect((await scripJson('messages', 'resend', id)).json).toMatchObject({
    message: { state: 'waiting', round: 2 },
  })
  const actions = await database.query(sql`select action from audit_log where subject = ${id} order by id`)
  expect(actions.map(({ action }) => action)).toEqual([
    'message.revealed',
    'message.cancelled',
    'message.resent',
  ])
})

it('a wrong address is refused, and an unknown message is not there', async () => {
  expect(await scripJson('messages', 'send-test', '--to', 'nobody')).toMatchObject({
    code: 1,
    json: { error: { code: 'validation_failed' } },
  })
  const id = '0199a1b2-0000-7000-8000-000000000000'
  for (const verb of ['show', 'cancel', 'resend'])
    expect(await scripJson('messages', verb, id)).toMatchObject({
      json: { error: { code: 'message_not_found' } },
    })
})

it('what was caught is listed and shown without anything that a terminal would obey', async () => {
  const keyRing = await openKeyRing(database, readMasterKey(dir))
  const evil = '\u001B]0;owned\u0007\u001B[2J'
  const content = {
    from: evil,
    to: evil,
    subject: `${evil}Hi`,
    text: `${evil}text`,
    html: evil,
    messageId: evil,
  }
  const id = await catchMessage(database, keyRing, { channel: 'mail', source: 'smtp' }, content)
  const list = await scrip('messages', 'caught')
  const one = await scrip('messages', 'show', id)
  expect(list.out).toContain('Hi')
  expect(one.out).toContain('text')
  for (const { out } of [list, one]) expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect((await scripJson('messages', 'caught', '--limit', '1')).json).toMatchObject({
    caught: [{ id, source: 'smtp' }],
  })
})

it('a template is shown, edited from a file, and given back; a wrong one is refused with its line', async () => {
  const file = join(dir, 'text.txt')
  const args = ['login_code', '--channel', 'sms', '--locale', 'ru']
  expect((await scrip('messages', 'templates', 'show', ...args)).out).toContain('built-in')
  await writeFile(file, 'Код\n{{ kod }}')
  const refused = await scrip('messages', 'templates', 'edit', ...args, '--file', file)
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('Line 2: undefined variable: kod')])
  await writeFile(file, 'Код: {{ code }}')
  expect((await scrip('messages', 'templates', 'edit', ...args, '--file', file)).code).toBe(0)
  const edited = await scripJson('messages', 'templates', 'show', ...args)
  expect(edited.json).toMatchObject({ template: { source: { subject: '', text: 'Код: {{ code }}' } } })
  expect((await scrip('messages', 'templates', 'list')).out).toMatch(/login_code +sms +ru +edited by/)
  expect((await scripJson('messages', 'templates', 'reset', ...args)).json).toMatchObject({ wasEdited: true })
  expect((await scripJson('messages', 'templates', 'reset', ...args)).json).toMatchObject({
    wasEdited: false,
  })
  expect((await scripJson('messages', 'templates', 'show', 'nothing')).json).toMatchObject({
    error: { code: 'template_not_found' },
  })
  const missing = await scripJson('messages', 'templates', 'edit', ...args, '--file', join(dir, 'gone'))
  expect(missing.json).toMatchObject({ error: { code: 'invalid_file' } })
})

it('a mail keeps its subject when only its text is edited', async () => {
  const file = join(dir, 'mail.txt')
  await writeFile(file, 'Left: {{ left }}')
  await scripJson('messages', 'templates', 'edit', 'low_stock', '--file', file)
  const { out } = await scrip('messages', 'show', await sendTest())
  expect(out).toContain('Low stock: GIFT-USD-10, 7 left')
  expect(out).toContain('Left: 7')
})
