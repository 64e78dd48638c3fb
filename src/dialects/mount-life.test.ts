import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturePartnerId } from '../../test/fixture-dialect.ts'
import { expectFault, good, json, useFixtureServer } from '../../test/fixture-server.ts'
import type { FixtureServer } from '../../test/fixture-server.ts'
import { sendRaw } from '../../test/raw-http.ts'
import { startTcpProxy } from '../../test/tcp-proxy.ts'
import type { TcpProxy } from '../../test/tcp-proxy.ts'
import { listCalls } from '../core/calls/list-calls.ts'
import { openDatabase } from '../platform/database.ts'
import type { Database } from '../platform/database.ts'

const { baseUrl, call, database, databaseUrl, post, server, start } = useFixtureServer()

describe('the references', () => {
  test('are listed, each with its document', async () => {
    const list = await (await call('/docs')).text()
    expect(list).toContain('<a href="/docs/fixture">Fixture &lt;API&gt;</a>')
    const document = (await (await call('/docs/fixture/openapi.json')).json()) as Record<string, never> // Checked below.
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Fixture <API>' },
      servers: [{ url: 'http://127.0.0.1/fixture/v1' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
      paths: {
        '/echo': {
          post: { requestBody: { content: { 'application/json': { schema: { required: ['name'] } } } } },
        },
        '/things/{id}': { delete: {} },
      },
    })
    expect(Object.keys(document['paths'] ?? {})).not.toContain('/docs')
  })

  test('load nothing from elsewhere, and may not', async () => {
    const page = await call('/docs/fixture')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
    const html = await page.text()
    expect(html).not.toMatch(/https?:|\/\/[a-z]/)
    const sources = [...html.matchAll(/src="([^"]+)"/g)].map((match) => match[1])
    expect(sources).toEqual(['/docs/assets/scalar.js', '/docs/assets/start.js'])
    expect(await (await call('/docs/assets/start.js')).text()).toContain("proxyUrl: ''")
  })

  test('have their script here, compressed and revalidated', async () => {
    const script = await call('/docs/assets/scalar.js', { headers: { 'accept-encoding': 'gzip' } })
    expect([
      script.status,
      script.headers.get('content-encoding'),
      script.headers.get('content-type'),
    ]).toEqual([200, 'gzip', 'text/javascript; charset=utf-8'])
    expect((await script.text()).length).toBeGreaterThan(1_000_000)
    const plain = await call('/docs/assets/scalar.js', { headers: { 'accept-encoding': 'identity' } })
    expect(plain.headers.get('content-encoding')).toBeNull()
    await plain.body?.cancel()
    const known = await call('/docs/assets/scalar.js', {
      headers: { 'if-none-match': script.headers.get('etag') ?? '' },
    })
    expect(known.status).toBe(304)
  })
})

describe('the API log', () => {
  async function callOf(id: string) {
    await server().callLog.flush()
    const { rows } = await listCalls(database(), undefined, { requestId: id }, { limit: 10 })
    expect(rows).toHaveLength(1)
    return rows[0]
  }

  test('keeps each call with its bodies, secrets masked at any depth', async () => {
    const id = 'log-test-0001'
    await post(
      '/fixture/v1/echo?token=hidden&x=1',
      '{"name":"x","token":"t0psecret","amount":1.50,"item":null}'.replace(
        ',"item":null',
        ',"deep":[{"codes":["AAAA","BBBB"],"Pin":"9999"}]',
      ),
      { ...json, 'x-request-id': id },
    )
    const kept = await callOf(id)
    expect(kept).toMatchObject({
      id,
      dialect: 'fixture',
      method: 'POST',
      status: 201,
      partnerId: fixturePartnerId,
      address: '127.0.0.1',
      path: '/fixture/v1/echo?token=***&x=1',
    })
    expect(kept?.request).toBe('{"name":"x","token":"***","amount":1.5,"deep":[{"codes":"***","Pin":"***"}]}')
    expect(kept?.response).toBe(
      '{"name":"x","token":"***","amount":1.5,"deep":[{"codes":"***","Pin":"***"}],"pin":"***"}',
    )
    expect(kept?.durationUs).toBeGreaterThan(0)
    expect(Math.abs((kept?.calledAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('keeps failures, and unknown routes under the name of who called', async () => {
    await call('/fixture/v1/nothing', { headers: { ...good, 'x-request-id': 'log-test-0002' } })
    expect(await callOf('log-test-0002')).toMatchObject({
      status: 404,
      partnerId: fixturePartnerId,
      response: expect.stringContaining('route_not_found'),
    })
    await call('/fixture/v1/hello', { headers: { 'x-request-id': 'log-test-0003' } })
    expect(await callOf('log-test-0003')).toMatchObject({ status: 401, partnerId: undefined })
    await sendRaw(baseUrl(), [
      'GET /fixture/v1/%zz HTTP/1.1\r\nHost: x\r\nX-Request-Id: log-test-0004\r\nConnection: close\r\n\r\n',
    ])
    expect(await callOf('log-test-0004')).toMatchObject({ status: 400, path: '/fixture/v1/%zz' })
  })

  test('keeps of pages made beforehand and of 304s that they were asked for', async () => {
    await call('/fixture/v1/page', { headers: { ...good, 'x-request-id': 'log-test-0005' } })
    expect(await callOf('log-test-0005')).toMatchObject({
      status: 200,
      request: undefined,
      response: undefined,
    })
    await call('/fixture/v1/page', {
      headers: { ...good, 'if-none-match': '"page"', 'x-request-id': 'log-test-0006' },
    })
    expect(await callOf('log-test-0006')).toMatchObject({
      status: 304,
      request: undefined,
      response: undefined,
    })
  })

  test('keeps exact digits', async () => {
    await post('/fixture/v1/anything', '{"amount":12345678901234567890.12}', {
      ...json,
      'x-request-id': 'log-test-0007',
    })
    expect((await callOf('log-test-0007'))?.request).toBe('{"amount":12345678901234567890.12}')
  })
})

describe('a database that is away', () => {
  let proxy: TcpProxy
  let other: FixtureServer
  let behind: Database

  beforeAll(async () => {
    proxy = await startTcpProxy(databaseUrl())
    behind = openDatabase({ url: proxy.url, role: 'scrip_app', poolSize: 4 })
    other = await start({ on: behind })
  })

  afterAll(async () => {
    await other.close()
    await behind.close()
    await proxy.close()
  })

  test('is unavailable with Retry-After, and served again when it is back; the log keeps what came between', async () => {
    expect((await call('/fixture/v1/database', {}, other)).status).toBe(200)
    await proxy.cut()
    for (let turn = 0; turn < 3; turn += 1) {
      const refused = await call(
        '/fixture/v1/database',
        { headers: { ...good, 'x-request-id': `away-test-${turn}` } },
        other,
      )
      expect(refused.headers.get('retry-after')).toBe('1')
      expect(JSON.stringify(await expectFault(refused, 503, 'unavailable'))).not.toMatch(
        /ECONN|127\.0\.0\.1|terminated/,
      )
    }
    await expectFault(
      await call('/fixture/v1/hello', { headers: { authorization: 'Bearer broken' } }, other),
      503,
      'unavailable',
    )
    expect((await call('/fixture/v1/hello', {}, other)).status).toBe(200)
    await proxy.restore()
    expect((await call('/fixture/v1/database', {}, other)).status).toBe(200)
    await other.callLog.flush()
    await other.callLog.flush()
    for (let turn = 0; turn < 3; turn += 1) {
      expect(
        (await listCalls(database(), undefined, { requestId: `away-test-${turn}` }, { limit: 2 })).rows,
      ).toMatchObject([{ status: 503 }])
    }
  })
})

describe('a stop', () => {
  test('lets running requests end, tells those on open connections that they are the last, and takes no more', async () => {
    const other = await start()
    const { port } = new URL(other.baseUrl)
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n`
    const raw = sendRaw(other.baseUrl, [get('/fixture/v1/slow'), get('/fixture/v1/hello')], 2_000, 250)
    await sleep(150)
    const closing = other.close()
    await sleep(50)
    await expect(fetch(`http://127.0.0.1:${port}/fixture/v1/hello`, { headers: good })).rejects.toThrow()
    const { statuses, text, closed } = await raw
    expect([statuses, closed]).toEqual([[200, 200], true])
    expect(text).toMatch(/connection: close/i)
    await closing
  })

  test('is over when the last request is, though its connection was to be kept', async () => {
    const other = await start({ drainMs: 60_000 })
    const slow = call('/fixture/v1/slow', {}, other)
    await sleep(100)
    await other.close()
    expect(await (await slow).json()).toEqual({ slow: true })
  })

  test('waits no longer than it may', async () => {
    const other = await start({ drainMs: 100 })
    const hanging = call('/fixture/v1/slow', {}, other).then(
      () => 'answered',
      () => 'cut',
    )
    await sleep(50)
    await other.close()
    expect(await hanging).toBe('cut')
  })
})
