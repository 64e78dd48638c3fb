import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { createWorld } from '../../../test/world.ts'
import type { World } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { openRenderer } from '../../platform/templates.ts'
import { editTemplate } from './edit-template.ts'
import type { EditTemplate } from './edit-template.ts'
import { listTemplates } from './list-templates.ts'
import { houseId } from './message.ts'
import { resetTemplate } from './reset-template.ts'
import { sendMessage } from './send-message.ts'
import { showMessage } from './show-message.ts'
import { templateCodes } from './templates.ts'

const renderer = openRenderer()
let database: Database
let world: World

beforeAll(async () => {
  database = (await createTestDatabase()).database
  world = await createWorld(database)
})

const place = { template: 'order_delivered', channel: 'mail', locale: 'en', actor: 'ops' } as const

function edit(changes: Partial<EditTemplate> = {}) {
  const source = { subject: 'Codes for {{ order }}', text: 'Here: {{ codes | join: " " }}' }
  return database.inTransaction((tx) => editTemplate(tx, renderer, { ...place, source, ...changes }))
}

async function delivered(codes: readonly string[]) {
  return database.inTransaction(async (tx) => {
    const { messageId: id } = await sendMessage(tx, world.keyRing, renderer, {
      partnerId: houseId,
      channel: 'mail',
      to: 'ada@example.com',
      locale: 'en',
      reference: newId(),
      template: 'order_delivered',
      facts: { order: 'A-1', product: '<b>Card</b>', codes },
    })
    return showMessage(tx, world.keyRing, { id, actor: 'test' })
  })
}

async function inForce() {
  const found = (await listTemplates(database)).find(
    (one) => one.code === 'order_delivered' && one.channel === 'mail' && one.locale === 'en',
  )
  return { text: found?.source.text, editedBy: found?.edited?.actor }
}

describe('an edited template', () => {
  test('says what it says in all messages from then on, until the built-in one gets its place back', async () => {
    const builtIn = await inForce()
    const before = await delivered(['ABC'])
    await edit()
    const after = await delivered(['ABC'])
    expect(after).toMatchObject({ subject: 'Codes for A-1', texts: { text: 'Here: ABC' } })
    expect(await inForce()).toMatchObject({ editedBy: 'ops' })
    expect(await database.inTransaction((tx) => resetTemplate(tx, place))).toBe(true)
    expect(await database.inTransaction((tx) => resetTemplate(tx, place))).toBe(false)
    expect(await inForce()).toEqual(builtIn)
    expect((await delivered(['ABC'])).texts).toEqual(before.texts)
    const audit = await database.query(
      sql`select action, actor from audit_log where subject = 'order_delivered' order by id`,
    )
    expect(audit).toEqual([
      { action: 'template.edited', actor: 'ops' },
      { action: 'template.reset', actor: 'ops' },
    ])
  })

  test('may be in HTML, where facts are escaped', async () => {
    await edit({ source: { subject: 'x', text: '{{ product }}', html: '<p>{{ product | raw }}</p>' } })
    expect((await delivered([])).texts).toEqual({
      text: '<b>Card</b>',
      html: '<p>&lt;b&gt;Card&lt;/b&gt;</p>',
    })
  })

  test('that fails on the facts of a message does not keep it from being sent', async () => {
    await edit({ source: { subject: 'x', text: 'First {{ codes[1] }}' } })
    expect((await delivered(['A', 'B'])).texts?.text).toBe('First B')
    const message = await delivered(['ONLY'])
    expect(message.texts?.text).toContain('    ONLY')
    expect(message.error).toBe('The edited template failed in line 1; the built-in text was taken.')
  })

  test('that makes no message of the facts does not keep it from being sent', async () => {
    const made =
      'The edited template made an empty text or one that is too long; the built-in text was taken.'
    await edit({
      source: { subject: 'x', text: "{% if codes[0] != 'ONLY' %}Here: {{ codes[0] }}{% endif %}" },
    })
    expect((await delivered(['A'])).texts?.text).toBe('Here: A')
    const empty = await delivered(['ONLY'])
    expect(empty.texts?.text).toContain('    ONLY')
    expect(empty.error).toBe(made)
  })

  test.each<[string, Partial<EditTemplate>, string, RegExp]>([
    [
      'an unknown variable',
      { source: { subject: 'x', text: 'a\n\n{{ customer }}' } },
      'text',
      /Line 3: undefined variable: customer \(it may use order, product, codes\)/,
    ],
    [
      'one in a branch that is not taken',
      { source: { subject: 'x', text: '{% if order == "" %}\n{{ nobody }}{% endif %}y' } },
      'text',
      /Line 2/,
    ],
    [
      'a syntax error',
      { source: { subject: 'x', text: 'a\n{% if order %}' } },
      'text',
      /Line 2: .*not closed/,
    ],
    [
      'a secret in the subject',
      { source: { subject: 'Code {{ codes[0] }}', text: 'x' } },
      'subject',
      /undefined variable: codes/,
    ],
    [
      'a subject of two lines',
      { source: { subject: 'Hi\r\nBcc: eve@evil.example', text: 'x' } },
      'subject',
      /one line/,
    ],
    ['an empty subject', { source: { subject: ' ', text: 'x' } }, 'subject', /not be empty/],
    ['an empty text', { source: { subject: 'x', text: ' \n' } }, 'text', /not be empty/],
    ['another file', { source: { subject: 'x', text: '{% include "/etc/passwd" %}' } }, 'text', /Line 1/],
    [
      'an endless loop',
      { source: { subject: 'x', text: '{% for i in (1..100000000) %}x{% endfor %}' } },
      'text',
      /limit/,
    ],
    ['wrong HTML', { source: { subject: 'x', text: 'x', html: '{{ nobody }}' } }, 'html', /Line 1/],
    ['a subject by SMS', { channel: 'sms', source: { subject: 'x', text: 'x' } }, 'subject', /short message/],
  ])('with %s is refused and changes nothing', async (_what, changes, field, sentence) => {
    const before = await listTemplates(database)
    await expect(edit(changes)).rejects.toMatchObject({
      code: 'validation_failed',
      fields: [{ field, sentence: expect.stringMatching(sentence) as string }],
    })
    expect(await listTemplates(database)).toEqual(before)
  })

  test('that is none is refused', async () => {
    await expect(edit({ template: 'nothing' })).rejects.toMatchObject({ code: 'template_not_found' })
    await expect(
      database.inTransaction((tx) => resetTemplate(tx, { ...place, template: 'nothing' })),
    ).rejects.toMatchObject({ code: 'template_not_found' })
  })

  test('is listed among all the others', async () => {
    const all = await listTemplates(database)
    expect(all.length).toBe(templateCodes.length * 4)
  })
})
