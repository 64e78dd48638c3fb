import { request } from 'node:http'
import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../test/app.ts'
import type { TestApp } from '../../test/app.ts'
import {
  desktop,
  findBarriers,
  measureOverflow,
  openBrowser,
  phone,
  takePicture,
} from '../../test/browser.ts'
import { createTestDatabase } from '../../test/database.ts'
import { catchMessage } from '../core/messages/catch-message.ts'
import type { CaughtContent } from '../core/messages/catcher.ts'
import { readCaught } from '../core/messages/read-caught.ts'
import { openKeyRing } from '../core/keys/open-key-ring.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import { rawStatement, sql } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import { newSecretKey } from '../platform/secrets.ts'

const token = 'catcher-token-0123456789'
let database: Database
let keyRing: KeyRing
let app: TestApp
let browser: Browser

beforeAll(async () => {
  database = (await createTestDatabase()).database
  keyRing = await openKeyRing(database, newSecretKey())
  app = await start({ token })
  browser = await openBrowser()
})

function start({
  token: opened,
  ...options
}: { token: string | undefined } & Parameters<typeof startTestApp>[0]) {
  return startTestApp({
    database,
    keyRing,
    caught: { reader: readCaught(database, keyRing), token: opened },
    ...options,
  })
}

async function keep(changes: Partial<CaughtContent> = {}, source: 'outbox' | 'smtp' = 'outbox') {
  const content = {
    from: 'Scrip',
    to: 'ada@example.com',
    subject: 'Hi',
    text: 'text',
    messageId: 'id.1',
    ...changes,
  }
  return catchMessage(database, keyRing, { channel: 'mail', source }, content)
}

type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Like a browser, but with whatever Host and forwarding headers. */
function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  on: TestApp = app,
): Promise<Answer> {
  return new Promise((settle, fail) => {
    request(on.baseUrl + path, { headers: { ...headers } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
      response.on('end', () => settle({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
      .on('error', fail)
      .end()
  })
}

const payloads = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</title><script>alert(1)</script>',
  '</pre><iframe src="javascript:alert(1)">',
  '<a href="javascript:alert(1)">x</a>',
  '&lt;script&gt;',
  '{{ constructor.constructor("alert(1)")() }}',
]

describe('the page of caught messages', () => {
  test('shows what was caught, the newest first, and each whole', async () => {
    const first = await keep({ subject: 'The first' })
    await keep({ subject: '', text: 'Only a text\nof two lines' })
    const list = await get('/sandbox/messages')
    expect(list.status).toBe(200)
    expect(list.text.indexOf('Only a text')).toBeLessThan(list.text.indexOf('The first'))
    const one = await get(`/sandbox/messages/${first}`)
    expect([one.status, one.text.includes('The first'), one.text.includes('ada@example.com')]).toEqual([
      200,
      true,
      true,
    ])
    expect((await get('/sandbox/messages/0199a1b2-0000-7000-8000-000000000000')).status).toBe(404)
    expect((await get('/sandbox/messages/nothing')).status).toBe(404)
    expect((await get('/sandbox/messages?cursor=forged')).status).toBe(400)
  })

  test.each(payloads)('runs nothing that a message says: %s', async (payload) => {
    const content = {
      from: payload,
      to: payload,
      subject: payload,
      text: payload,
      html: payload,
      messageId: payload,
    }
    const id = await keep(content, 'smtp')
    for (const path of ['/sandbox/messages', `/sandbox/messages/${id}`]) {
      const { text, headers } = await get(path)
      expect(text).not.toMatch(/<(script|img|svg|iframe)\b/i)
      expect(text).not.toContain('href="javascript:')
      expect(text).toContain(
        payload
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;')
          .replaceAll('"', '&quot;'),
      )
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; /,
      )
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
      })
    }
  })

  test('goes on page by page in both directions, with the token in its links alone', async () => {
    for (let count = 0; count < 60; count += 1) await keep({ subject: `Number ${count}` })
    const first = await get(`/sandbox/messages?token=${token}`)
    const older = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(older).toContain(`token=${token}`)
    const second = await get(older)
    expect([first.text.includes('>Number 59<'), second.text.includes('>Number 9<')]).toEqual([true, true])
    const newer = /rel="prev" href="([^"]+)"/.exec(second.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await get(newer)).text).toContain('>Number 59<')
    expect((await get('/sandbox/messages')).text).not.toContain('token=')
  })

  test.each([
    ['a proxy of this machine', { 'x-forwarded-for': '198.51.100.7' }],
    ['another proxy', { forwarded: 'for=198.51.100.7' }],
    ['a browser that was led here by another name', { host: 'evil.example' }],
    ['the same with a port', { host: 'evil.example:8080' }],
    ['a name that only begins like ours', { host: 'localhost.evil.example' }],
  ] as [string, Record<string, string>][])(
    'is not for %s, unless it has the token',
    async (_who, headers) => {
      const refused = await get('/sandbox/messages', headers)
      expect([refused.status, refused.text.includes('SCRIP_CATCHER_TOKEN')]).toEqual([403, true])
      expect(refused.text).not.toContain('Number')
      expect((await get(`/sandbox/messages?token=${token}x`, headers)).status).toBe(403)
      expect((await get('/sandbox/messages?token=', headers)).status).toBe(403)
      expect((await get(`/sandbox/messages?token=${token}`, headers)).status).toBe(200)
    },
  )

  test('is for nobody else where no token is set', async () => {
    const closed = await start({ token: undefined })
    expect((await get('/sandbox/messages', { host: 'evil.example' }, closed)).status).toBe(403)
    expect((await get('/sandbox/messages?token=undefined', { host: 'evil.example' }, closed)).status).toBe(
      403,
    )
    expect((await get('/sandbox/messages', {}, closed)).status).toBe(200)
    await closed.close()
  })

  test('is not there in live', async () => {
    const live = await start({ token, environment: 'live' })
    expect((await get(`/sandbox/messages?token=${token}`, {}, live)).status).toBe(404)
    await live.close()
  })
})

test('what is caught is sealed, and only the newest thousand is kept', async () => {
  await keep({ text: 'PLANTED-7f3a9c' })
  const rows = await database.query<{ row: string }>(
    rawStatement('select c::text as row from caught_messages c'),
  )
  const hex = Buffer.from('PLANTED-7f3a9c').toString('hex')
  for (const { row } of rows) expect(row.includes('PLANTED') || row.includes(hex)).toBe(false)
  for (let lot = 0; lot < 52; lot += 1) await Promise.all(Array.from({ length: 20 }, () => keep()))
  const newest = await keep({ subject: 'The newest' })
  const [count] = await database.query(sql`select count(*) as rows from caught_messages`)
  expect(count).toEqual({ rows: 1_000n })
  expect((await readCaught(database, keyRing).find(newest)).subject).toBe('The newest')
})

test.each([
  ['phone', phone],
  ['desktop', desktop],
])('can be read by everybody in a real browser, on a %s', async (device, options) => {
  const id = await keep({ subject: 'Your order', text: `A line that is long.${' And goes on.'.repeat(40)}` })
  const context = await browser.newContext(options)
  const page = await context.newPage()
  for (const path of ['/sandbox/messages', `/sandbox/messages/${id}`]) {
    await page.goto(app.baseUrl + path)
    await takePicture(page, `caught-messages${path === '/sandbox/messages' ? '' : '-one'}-${device}`)
    expect(await findBarriers(page)).toEqual([])
    expect(await measureOverflow(page)).toBe(0)
  }
  await context.close()
})
