import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { fixturePartnerId } from '../../test/fixture-dialect.ts'
import { expectFault, good, useFixtureServer } from '../../test/fixture-server.ts'
import type { FixtureServer } from '../../test/fixture-server.ts'
import { listCalls } from '../core/calls/list-calls.ts'

const { baseUrl, call, database, post, server, start } = useFixtureServer()

describe('who calls', () => {
  test('a missing or wrong credential is refused before the body is looked at', async () => {
    await expectFault(await call('/fixture/v1/hello', { headers: {} }), 401, 'unauthenticated')
    await expectFault(
      await call('/fixture/v1/hello', { headers: { authorization: 'Bearer bad' } }),
      401,
      'unauthenticated',
    )
    await expectFault(
      await post('/fixture/v1/echo', '{"broken', { 'content-type': 'application/json' }),
      401,
      'unauthenticated',
    )
  })

  test('an open route needs none', async () => {
    expect(await (await call('/fixture/v1/open', { headers: {} })).json()).toEqual({ open: true })
  })

  test('a partner with a limit is told what is left, and turned away when nothing is', async () => {
    const resetAt = new Date(Date.now() + 30_000)
    let left = 2
    const other = await start({
      limiter: {
        take: async (partnerId) => {
          expect(partnerId).toBe(fixturePartnerId)
          left -= 1
          return { allowed: left >= 0, remaining: left, resetAt }
        },
      },
    })
    const limited = { headers: { authorization: 'Bearer good-2' } }
    const first = await call('/fixture/v1/hello', limited, other)
    expect([
      first.status,
      first.headers.get('x-ratelimit-limit'),
      first.headers.get('x-ratelimit-remaining'),
    ]).toEqual([200, '2', '1'])
    expect(first.headers.get('x-ratelimit-reset')).toBe(String(Math.ceil(resetAt.getTime() / 1_000)))
    await call('/fixture/v1/hello', limited, other)
    const third = await call('/fixture/v1/hello', limited, other)
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    await expectFault(third, 429, 'rate_limited')
    // One without a limit is not counted.
    expect((await call('/fixture/v1/hello', {}, other)).headers.get('x-ratelimit-limit')).toBeNull()
    expect(left).toBe(-1)
    // Addresses that do not exist are no way around it.
    await expectFault(await call('/fixture/v1/nothing', limited, other), 429, 'rate_limited')
    await other.close()
  })
})

describe('every answer', () => {
  test("carries the client's request id when it is sane, else one of ours", async () => {
    const echoed = await call('/fixture/v1/hello', {
      headers: { ...good, 'x-request-id': 'order-2026.01_15' },
    })
    expect(echoed.headers.get('x-request-id')).toBe('order-2026.01_15')
    for (const bad of [
      'short',
      'a'.repeat(65),
      'has spaces in it',
      'semi;colon;semi',
      '<script>alert</script>',
    ]) {
      const answer = await call('/fixture/v1/hello', { headers: { ...good, 'x-request-id': bad } })
      expect(answer.headers.get('x-request-id')).toMatch(/^[a-z0-9-]{20,40}$/)
    }
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await call('/fixture/v1/hello')).headers.get('x-request-id')),
    )
    expect(new Set(ids).size).toBe(50)
  })

  test('is kept by no cache unless the route says so, names no software, and allows no other origin', async () => {
    const answer = await call('/fixture/v1/hello', { headers: { ...good, origin: 'https://evil.example' } })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    for (const name of ['x-powered-by', 'server', 'access-control-allow-origin', 'strict-transport-security'])
      expect(answer.headers.get(name)).toBeNull()
    expect((await call('/fixture/v1/page')).headers.get('cache-control')).toBe('private, no-cache')
  })

  test('asks for https where people come by https', async () => {
    const other = await start({ publicUrl: 'https://scrip.example' })
    expect((await call('/fixture/v1/hello', {}, other)).headers.get('strict-transport-security')).toBe(
      'max-age=31536000',
    )
    expect((await call('/healthz', {}, other)).headers.get('strict-transport-security')).toBe(
      'max-age=31536000',
    )
    await other.close()
  })

  test('to HEAD is the one to GET without its body', async () => {
    const answer = await call('/fixture/v1/hello', { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '19',
      '',
    ])
  })

  test('prints numbers digit by digit', async () => {
    const answer = await post('/fixture/v1/echo', '{"name":"x","amount":12345678901234567890.123456}')
    expect(await answer.text()).toContain('"amount":12345678901234567890.123456')
  })

  test('that was serialised beforehand goes out as it is, or as 304', async () => {
    expect(await (await call('/fixture/v1/page')).text()).toBe('{"pre":"serialised","pin":"1234"}')
    const known = await call('/fixture/v1/page', { headers: { ...good, 'if-none-match': '"page"' } })
    expect([known.status, known.headers.get('etag'), known.headers.get('x-request-id') !== null]).toEqual([
      304,
      '"page"',
      true,
    ])
  })
})

describe("the client's address", () => {
  async function addressOf(on: FixtureServer, id: string, forwarded: string): Promise<string | undefined> {
    await call(
      '/fixture/v1/hello',
      { headers: { ...good, 'x-request-id': id, 'x-forwarded-for': forwarded } },
      on,
    )
    await on.callLog.flush()
    return (await listCalls(database(), undefined, { requestId: id }, { limit: 2 })).rows[0]?.address
  }

  test('is the one of the connection, whatever headers say', async () => {
    expect(await addressOf(server(), 'address-1', '203.0.113.9')).toBe('127.0.0.1')
  })

  test('behind a proxy is the one that the proxy saw, not what the client says that it was', async () => {
    const other = await start({ trustProxy: true })
    expect(await addressOf(other, 'address-2', '203.0.113.9')).toBe('203.0.113.9')
    expect(await addressOf(other, 'address-3', '198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9')
    await other.close()
  })
})

describe('queries', () => {
  test('are read as their types say; unknown parameters are left alone', async () => {
    const read = async (query: string) => (await call(`/fixture/v1/list?${query}`)).json()
    expect(await read('per_page=10&include_skus=true&tag=a&tag=b&more=1')).toEqual({
      per_page: 10,
      include_skus: true,
      tag: ['a', 'b'],
      more: '1',
    })
    expect(await read('include_skus=0&tag=a')).toEqual({ per_page: 50, include_skus: false, tag: ['a'] })
    expect(await read('include_skus=1&q=10')).toEqual({ per_page: 50, include_skus: true, q: '10' })
  })

  test.each([
    'per_page=x',
    'per_page=10.5',
    'per_page=0',
    'per_page=201',
    'per_page=1e2',
    'per_page=',
    'per_page=99999999999999999999',
    'per_page=1&per_page=2',
    'include_skus=yes',
    'kind=c',
  ])('with a value that does not fit are refused: %s', async (query) => {
    const { fields } = await expectFault(await call(`/fixture/v1/list?${query}`), 422, 'validation_failed')
    expect(fields).toMatchObject([{ field: query.split('=', 1)[0] }])
  })

  test('paths are validated too', async () => {
    const { fields } = await expectFault(await call('/fixture/v1/things/x'), 422, 'validation_failed')
    expect(fields).toEqual([{ field: 'id', sentence: 'The id field must have at least 2 characters.' }])
  })
})

describe('a host that belongs to a dialect', () => {
  /** fetch does not let one choose the host. */
  function ask(host: string, path: string): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      httpRequest(baseUrl() + path, { headers: { ...good, host } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode, text }))
      })
        .on('error', reject)
        .end()
    })
  }

  test('has its paths at the root, and nothing else', async () => {
    expect(await ask('gift.example.com', '/hello')).toEqual({ status: 200, text: '{"hello":"Fixture"}' })
    expect(await ask('GIFT.example.com:8443', '/hello?x=1')).toEqual({
      status: 200,
      text: '{"hello":"Fixture"}',
    })
    expect((await ask('gift.example.com', '/')).text).toBe('{"root":true}')
    expect((await ask('gift.example.com', '/healthz')).text).toContain('"fault":"route_not_found"')
    expect((await ask('gift.example.com', '/fixture/v1/hello')).text).toContain('"fault":"route_not_found"')
    expect((await ask('other.example.com', '/hello')).text).toBe(
      '{"error":"There is nothing at this address."}',
    )
  })

  test('must name a dialect that is there', async () => {
    await expect(start({ hosts: new Map([['a.example', 'nobody']]) })).rejects.toThrow(
      'SCRIP_HOSTS names the dialect "nobody"; there are fixture.',
    )
  })
})

describe('outside every dialect', () => {
  test('there is little, and it says so in JSON', async () => {
    for (const path of ['/nothing', '/web/assets/nothing.js', '/fixture', '/fixture/v10/hello', '/%zz']) {
      const answer = await call(path)
      expect(answer.headers.get('content-type')).toContain('application/json')
      expect(answer.headers.get('x-request-id')).not.toBeNull()
      expect(Object.keys((await answer.json()) as object)).toEqual(['error'])
      expect([400, 404]).toContain(answer.status)
    }
  })

  test('the root leads to the portal, whose pages say where the app is not built', async () => {
    const root = await call('/', { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, '/portal'])
    for (const path of ['/portal', '/console/partners'])
      expect([(await call(path)).status, (await call(path)).headers.get('x-request-id')]).toEqual([
        503,
        expect.any(String),
      ])
  })

  test('/healthz answers, and /readyz only while the database does', async () => {
    let answer: () => Promise<boolean> = () => Promise.resolve(true)
    const other = await start({ ready: () => answer() })
    const readyz = async () => call('/readyz', {}, other)
    expect((await call('/healthz', {}, other)).status).toBe(200)
    expect((await readyz()).status).toBe(200)
    for (const unready of [
      () => Promise.resolve(false),
      () => Promise.reject(new Error('down')),
      () => new Promise<boolean>(() => undefined),
    ]) {
      answer = unready
      const refused = await readyz()
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    }
    expect((await call('/healthz', {}, other)).status).toBe(200)
    await other.close()
  })

  test('/metrics counts calls by route and status, failures by code', async () => {
    const other = await start()
    await call('/fixture/v1/things/42', {}, other)
    await call('/fixture/v1/things/43', {}, other)
    await call('/fixture/v1/nothing', {}, other)
    const text = await (await call('/metrics', {}, other)).text()
    expect(text).toContain(
      'scrip_http_request_duration_seconds_count{dialect="fixture",method="GET",route="/things/:id",status="2xx"} 2',
    )
    expect(text).toContain(
      'scrip_http_request_duration_seconds_bucket{dialect="fixture",method="GET",route="/things/:id",status="2xx",le="+Inf"} 2',
    )
    expect(text).toContain(
      'scrip_http_request_duration_seconds_count{dialect="fixture",method="*",route="unrouted",status="4xx"} 1',
    )
    expect(text).toContain('scrip_http_failures_total{dialect="fixture",code="route_not_found"} 1')
    expect(text).toContain('scrip_call_log_dropped_total 0')
    expect(text).toMatch(/scrip_database_connections \d/)
    expect(text).toMatch(/process_cpu_seconds_total|process_cpu_user_seconds_total/)
    expect(text).not.toContain('/things/42')
    await other.close()
  })
})
