import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp } from '../../test/app.ts'
import type { TestApp } from '../../test/app.ts'
import { subjects, usual } from '../../test/conformance-subjects.ts'
import type { Account, Headers } from '../../test/conformance-subjects.ts'
import { createTestDatabase } from '../../test/database.ts'
import { sendRaw } from '../../test/raw-http.ts'
import { startTcpProxy } from '../../test/tcp-proxy.ts'
import type { TcpProxy } from '../../test/tcp-proxy.ts'
import { listCalls } from '../core/calls/list-calls.ts'
import { revokeCredential } from '../core/partners/revoke-credential.ts'
import { setPartnerStatus } from '../core/partners/set-partner-status.ts'
import { setRateLimit } from '../core/partners/set-rate-limit.ts'
import { openDatabase } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'
import { dialects } from './all.ts'

test('every dialect is a subject of this suite', () => {
  expect(subjects.map(({ name }) => name).toSorted()).toEqual(dialects.map(({ name }) => name).toSorted())
})

describe.each(subjects)('$name', (subject) => {
  const statuses = { ...usual, ...subject.statuses }
  const dialect = dialects.find(({ name }) => name === subject.name)
  let proxy: TcpProxy
  let behind: Database
  let app: TestApp
  let account: Account
  const sellers = new Map<string, string>()

  beforeAll(async () => {
    const { url } = await createTestDatabase()
    proxy = await startTcpProxy(url)
    behind = openDatabase({ url: proxy.url, role: 'scrip_app', poolSize: 10 })
    app = await startTestApp({
      database: behind,
      hosts: new Map([[`${subject.name}.example`, subject.name]]),
    })
    account = await openAccount()
  })

  afterAll(async () => {
    await app.close()
    await behind.close()
    await proxy.close()
  })

  /** A path with the shop of the account whose headers are sent, or else of the suite's own. */
  function placed(path: string, headers?: Headers): string {
    const authorization = headers?.['authorization']
    const sellerId =
      (authorization === undefined ? undefined : sellers.get(authorization)) ?? account.sellerId
    return path.replace('{sellerId}', sellerId ?? '')
  }

  async function openAccount(): Promise<Account> {
    const made = await subject.makeAccount(app.services)
    const { headers, sellerId } = made
    if (sellerId !== undefined) sellers.set(headers['authorization'] ?? '', sellerId)
    return made
  }

  function call(
    path: string,
    init: {
      readonly headers?: Headers
      readonly method?: string
      readonly body?: string | Uint8Array<ArrayBuffer>
    } = {},
  ): Promise<Response> {
    const address = app.baseUrl + (dialect?.mountPath ?? '') + placed(path, init.headers)
    return fetch(address, { headers: account.headers, ...init })
  }

  function post(body: string | Buffer, headers: Headers = {}): Promise<Response> {
    const all = { 'content-type': 'application/json', ...account.headers, ...headers }
    return call(subject.write, { method: 'POST', body: Uint8Array.from(Buffer.from(body)), headers: all })
  }

  async function expectFailure(response: Response, status: number): Promise<void> {
    const text = await response.text()
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status,
      type: subject.failureType ?? 'application/json; charset=utf-8',
    })
    expect(subject.isFailure(JSON.parse(text), status), text).toBe(true)
    expect(text).not.toMatch(
      /\bat \/|node_modules|node:|stack|select |insert |\bpg\b|postgres|fastify|typebox|FST_ERR|ECONN|\.ts\b/i,
    )
    expect(response.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9._-]{8,64}$/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cache-control')).toBe('no-store')
  }

  test('answers a good call, with the request id that the client sent', async () => {
    const answer = await call(subject.read, {
      headers: { ...account.headers, 'x-request-id': 'conformance-0001' },
    })
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([200, 'conformance-0001'])
    expect(subject.isFailure(await answer.json(), 200)).toBe(false)
  })

  test('knows no unknown route', async () => {
    for (const path of ['/no-such-thing', `${subject.read}/no/such/thing`, '/%E2%98%83'])
      await expectFailure(await call(path), statuses.unknownRoute)
    await expectFailure(await call('/no-such-thing', { headers: {} }), statuses.unknownRoute)
    await expectFailure(
      await call('/no-such-thing', {
        method: 'POST',
        body: '{"',
        headers: { 'content-type': 'application/json' },
      }),
      statuses.unknownRoute,
    )
  })

  test('refuses a wrong method', async () => {
    const answer = await call(subject.read, { method: 'PATCH' })
    if (statuses.wrongMethod === 405) expect(answer.headers.get('allow')).toContain('GET')
    await expectFailure(answer, statuses.wrongMethod)
  })

  test.each([
    ['cut off', '{"a":'],
    ['no JSON', 'hello'],
    ['a NUL', '{"a":"\\u0000"}'],
    ['no UTF-8', Buffer.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ['nested without end', '['.repeat(50_000) + ']'.repeat(50_000)],
  ])('refuses a body that is %s', async (_name, body) => {
    await expectFailure(await post(body), statuses.malformed)
  })

  test('answers at once where a type is named and no body follows', async () => {
    const path = (dialect?.mountPath ?? '') + placed(subject.write, account.headers)
    const head = Object.entries(account.headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const { statuses: answered } = await sendRaw(app.baseUrl, [
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${head.join('')}\r\n`,
    ])
    expect(answered).toHaveLength(1)
    expect(answered[0]).toBeGreaterThanOrEqual(400)
    expect(answered[0]).toBeLessThan(500)
  })

  test.each(['null', '1', '"a"', '[]', '[1]', 'true', ''])(
    'refuses a body that is no object: %s',
    async (body) => {
      const answer = await post(body)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      await expectFailure(answer, Math.min(answer.status, 499))
    },
  )

  test('refuses a body of another type', async () => {
    await expectFailure(await post('{}', { 'content-type': 'text/plain' }), statuses.wrongType)
    await expectFailure(await post('{}', { 'content-type': 'application/xml' }), statuses.wrongType)
  })

  test('refuses a body that is too large', async () => {
    await expectFailure(await post(JSON.stringify({ a: 'x'.repeat(11 * 1_048_576) })), statuses.tooLarge)
  })

  test('refuses an address that cannot be decoded', async () => {
    const { statuses: seen, text } = await sendRaw(app.baseUrl, [
      `GET ${dialect?.mountPath}/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ])
    expect(seen).toEqual([400])
    expect(subject.isFailure(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))), 400)).toBe(true)
  })

  test('knows nobody without a credential, or with a wrong one', async () => {
    for (const path of [subject.read, subject.write]) {
      const method = path === subject.read ? 'GET' : 'POST'
      await expectFailure(await call(path, { method, headers: {} }), statuses.noCredential)
      await expectFailure(
        await call(path, { method, headers: subject.wrongHeaders }),
        statuses.wrongCredential,
      )
    }
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Basic Og==',
      `Bearer ${'x'.repeat(5_000)}`,
      'Bearer \u00e9',
    ]) {
      await expectFailure(
        await call(subject.read, { headers: { ...subject.wrongHeaders, authorization } }),
        statuses.noCredential,
      )
    }
  })

  test('has its paths at the root of a host of its own', async () => {
    const headers = Object.entries({
      ...account.headers,
      host: `${subject.name}.example`,
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    const { statuses: seen } = await sendRaw(
      app.baseUrl,
      [`GET ${placed(subject.read)} HTTP/1.1\r\n${headers.join('')}\r\n`],
      2_000,
    )
    expect(seen).toEqual([200])
  })

  test('documents itself', async () => {
    const document = (await (await fetch(`${app.baseUrl}/docs/${subject.name}/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, object>
    } // Checked below.
    expect(document.openapi).toMatch(/^3\.1/)
    expect(document.paths[subject.read]).toHaveProperty('get')
    expect(document.paths[subject.write]).toHaveProperty('post')
    const page = await fetch(`${app.baseUrl}/docs/${subject.name}`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })

  test('keeps its secrets out of the API log', async () => {
    const id = 'conformance-0002'
    const secret = 'conformance-secret-value'
    const body = Object.fromEntries((dialect?.maskedFields ?? []).map((name) => [name, secret]))
    await post(JSON.stringify({ deep: [body] }), { 'x-request-id': id })
    await app.callLog.flush()
    const { rows } = await listCalls(
      app.services.database,
      account.partnerId,
      { requestId: id },
      { limit: 2 },
    )
    const kept = JSON.stringify(rows)
    expect(kept).toContain(id)
    expect(kept).not.toContain(secret)
    for (const value of Object.values(account.headers))
      expect(kept).not.toContain(value.replace(/^Bearer /, ''))
  })

  test('limits a partner, and tells it when to come back', async () => {
    const limited = await openAccount()
    await app.services.database.inTransaction((tx) =>
      setRateLimit(tx, { partnerId: limited.partnerId, requestsPerMinute: 3, actor: 'test' }),
    )
    const answers: Response[] = []
    for (let count = 0; count < 8; count += 1)
      answers.push(await call(subject.read, { headers: limited.headers }))
    const refused = answers.filter((answer) => answer.status === statuses.limited)
    // A minute may end while this runs, which gives three more.
    expect(refused.length).toBeGreaterThanOrEqual(2)
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    if (refused[0] !== undefined) await expectFailure(refused[0], statuses.limited)
  })

  test('refuses a suspended partner and a revoked credential, within a moment', async () => {
    const gone = await openAccount()
    const status = async () => (await call(subject.read, { headers: gone.headers })).status
    expect(await status()).toBe(200)
    await app.services.database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId: gone.partnerId, status: 'suspended', actor: 'test' }),
    )
    await expect.poll(status).toBe(statuses.inactive)
    await app.services.database.inTransaction((tx) =>
      setPartnerStatus(tx, { partnerId: gone.partnerId, status: 'active', actor: 'test' }),
    )
    await expect.poll(status).toBe(200)
    await app.services.database.inTransaction((tx) =>
      revokeCredential(tx, { partnerId: gone.partnerId, credentialId: gone.credentialId, actor: 'test' }),
    )
    await expect.poll(status).toBe(statuses.wrongCredential)
  })

  test('is unavailable, with Retry-After, while the database is away, and itself again when it is back', async () => {
    expect((await call(subject.read)).status).toBe(200)
    await proxy.cut()
    for (let turn = 0; turn < 3; turn += 1) {
      const refused = await call(subject.read)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      await expectFailure(refused, statuses.away)
    }
    await expectFailure(
      await call(subject.read, {
        headers: { ...subject.wrongHeaders, authorization: 'Bearer scrip_not-seen-before' },
      }),
      statuses.away,
    )
    await proxy.restore()
    await expect.poll(async () => (await call(subject.read)).status).toBe(200)
  })
})
