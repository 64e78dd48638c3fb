import { describe, expect, test } from 'vitest'
import { fixtureDialect } from '../../test/fixture-dialect.ts'
import { expectFault, good, json, useFixtureServer } from '../../test/fixture-server.ts'
import { sendRaw } from '../../test/raw-http.ts'

const { baseUrl, call, post, start } = useFixtureServer()

describe('below a dialect, what goes wrong has its envelope', () => {
  test('an unknown route is not found, with a credential and without', async () => {
    await expectFault(await call('/fixture/v1/nothing'), 404, 'route_not_found')
    await expectFault(await call('/fixture/v1/nothing', { headers: {} }), 404, 'route_not_found')
    await expectFault(await post('/fixture/v1/nothing', '{"broken'), 404, 'route_not_found')
    await expectFault(
      await post('/fixture/v1/nothing', 'x', { ...good, 'content-type': 'text/plain' }),
      404,
      'route_not_found',
    )
  })

  test('another method than the route has is told which it has', async () => {
    const response = await call('/fixture/v1/things/12', { method: 'PUT' })
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE')
    await expectFault(response, 405, 'method_not_allowed')
    await expectFault(await call('/fixture/v1/hello', { method: 'OPTIONS' }), 405, 'method_not_allowed')
  })

  test.each([
    ['cut off', '{"name":"x"', 'malformed_body', 400],
    ['no JSON', 'name=x', 'malformed_body', 400],
    ['two values', '{"name":"x"}{}', 'malformed_body', 400],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"name":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]),
      'malformed_body',
      400,
    ],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from('{"name":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')]),
      'malformed_body',
      400,
    ],
    ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le'), 'malformed_body', 400],
    ['a NUL', '{"name":"a\\u0000"}', 'malformed_body', 400],
    ['half a surrogate pair', '{"name":"a\\ud800"}', 'malformed_body', 400],
    [
      'deep nesting',
      `{"name":"x","amount":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'malformed_body',
      400,
    ],
    [
      'deep nesting with numbers that keep their digits',
      `{"name":"x","amount":${'['.repeat(100_000)}1e400${']'.repeat(100_000)}}`,
      'malformed_body',
      400,
    ],
    ['a text', '"name"', 'validation_failed', 422],
    ['a number', '12345678901234567890', 'validation_failed', 422],
    ['null', 'null', 'validation_failed', 422],
    ['a list', '[]', 'validation_failed', 422],
  ])('a body that is %s is refused', async (_name, body, fault, status) => {
    await expectFault(await post('/fixture/v1/echo', body), status, fault)
  })

  test('a body of another type is refused, whatever it is called', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'application/json; charset=utf-16',
      'application/jsonx',
      'json',
      'application/json, text/html',
    ]
    for (const type of types)
      await expectFault(
        await post('/fixture/v1/echo', '{"name":"x"}', { ...good, 'content-type': type }),
        415,
        'unsupported_media_type',
      )
    await expectFault(
      await post('/fixture/v1/echo', '{"name":"x"}', { ...json, 'content-encoding': 'gzip' }),
      415,
      'unsupported_media_type',
    )
  })

  test('JSON in UTF-8 is taken however its type is spelt', async () => {
    const types = [
      'application/json',
      'Application/JSON',
      'application/json;charset=UTF-8',
      'application/json; charset="utf-8"',
    ]
    for (const type of types)
      expect((await post('/fixture/v1/echo', '{"name":"é"}', { ...good, 'content-type': type })).status).toBe(
        201,
      )
  })

  test('a missing body is told which fields it lacks', async () => {
    const { fields } = await expectFault(
      await call('/fixture/v1/echo', { method: 'POST' }),
      422,
      'validation_failed',
    )
    expect(fields).toEqual([{ field: 'name', sentence: 'The name field is required.' }])
    await expectFault(await post('/fixture/v1/echo', ''), 422, 'validation_failed')
  })

  test('a body over the limit is refused, and the connection can be used again', async () => {
    await expectFault(
      await post('/fixture/v1/echo', JSON.stringify({ name: 'x'.repeat(1_048_576) })),
      413,
      'body_too_large',
    )
    const half = Buffer.alloc(1_100_000, 0x20)
    const head = `POST /fixture/v1/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunked = Buffer.concat([
      Buffer.from(`${half.length.toString(16)}\r\n`),
      half,
      Buffer.from('\r\n0\r\n\r\n'),
    ])
    const next = 'GET /fixture/v1/hello HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n'
    const { statuses, text } = await sendRaw(baseUrl(), [head, chunked, next])
    expect(statuses).toEqual([413, 200])
    expect(text).toContain('"fault":"body_too_large"')
  })

  test('a route may take larger bodies', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(2_000_000) })
    expect((await post('/fixture/v1/large', body)).status).toBe(200)
    await expectFault(
      await post('/fixture/v1/large', JSON.stringify({ name: 'x'.repeat(3_200_000) })),
      413,
      'body_too_large',
    )
  })

  test.each([
    '/fixture/v1/%zz',
    '/fixture/v1/%ff%fe',
    '/fixture/v1/things/%',
    '/fixture/v1/list?q=%00',
    '/fixture/v1/things/a%00b',
    `/fixture/v1/things/${'x'.repeat(300)}`,
  ])('an address that cannot be one is a bad request: %s', async (path) => {
    const { text, statuses } = await sendRaw(baseUrl(), [
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n`,
    ])
    expect(statuses).toEqual([400])
    expect(text).toContain('"fault":"bad_request"')
    expect(text).toMatch(/x-request-id: /i)
  })

  test('wrong fields are named in sentences, each once', async () => {
    const body = { name: '', kind: 'z', count: 9, item: { note: 1 } }
    const { fields } = await expectFault(
      await post('/fixture/v1/echo', JSON.stringify(body)),
      422,
      'validation_failed',
    )
    expect(fields).toEqual([
      { field: 'name', sentence: 'The name field must not be empty.' },
      { field: 'kind', sentence: 'The kind field must be one of a, b.' },
      { field: 'count', sentence: 'The count field must be at most 5.' },
      { field: 'item.sku_id', sentence: 'The item.sku_id field is required.' },
      { field: 'item.note', sentence: 'The item.note field must be a string or null.' },
    ])
  })

  test('a body is not converted: a number as text is no number', async () => {
    const { fields } = await expectFault(
      await post('/fixture/v1/echo', '{"name":"x","count":"3"}'),
      422,
      'validation_failed',
    )
    expect(fields).toEqual([{ field: 'count', sentence: 'The count field must be a whole number.' }])
  })

  test('a fault of ours says nothing of what is inside', async () => {
    const response = await call('/fixture/v1/boom')
    expect(response.headers.get('etag')).toBeNull()
    expect(response.headers.get('content-type')).toContain('application/json')
    const body = await expectFault(response, 500, 'internal')
    expect(JSON.stringify(body)).not.toMatch(/select|secret|srv|stack|Error/)
  })

  test('a failure brings its Retry-After, and never what is for the operator', async () => {
    const response = await call('/fixture/v1/fail/rate_limited')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(JSON.stringify(await expectFault(response, 429, 'rate_limited'))).not.toContain('operator')
  })

  test('a dialect whose errors fail still answers, with nothing inside', async () => {
    const broken = {
      ...fixtureDialect,
      errorReply: () => {
        throw new Error('select 1')
      },
    }
    const other = await start({ dialects: [broken] })
    const response = await call('/fixture/v1/boom', {}, other)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"error":"Something went wrong on our side."}')
    await other.close()
  })
})

describe('what no HTTP client would send', () => {
  test('headers over the limit are refused in a line', async () => {
    const { statuses, text, closed } = await sendRaw(baseUrl(), [
      `GET /fixture/v1/hello HTTP/1.1\r\nHost: x\r\nX-Much: ${'a'.repeat(20_000)}\r\n\r\n`,
    ])
    expect([statuses, closed]).toEqual([[431], true])
    expect(text).not.toMatch(/HPE|node|parse/i)
  })

  test('so is an address over the limit, and what is no HTTP', async () => {
    expect(
      (await sendRaw(baseUrl(), [`GET /fixture/v1/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`]))
        .statuses,
    ).toEqual([431])
    expect((await sendRaw(baseUrl(), ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'])).statuses).toEqual([
      400,
    ])
    expect(
      (
        await sendRaw(baseUrl(), [
          'GET /fixture/v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
        ])
      ).statuses,
    ).toEqual([400])
  })

  test('rubbish behind a good request does not become its answer', async () => {
    const slow = 'GET /fixture/v1/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n'
    const { statuses, text, closed } = await sendRaw(
      baseUrl(),
      [`${slow}\x00\x01\x02 rubbish\r\n\r\n`],
      1_000,
    )
    expect([statuses, closed]).toEqual([[200], true])
    expect(text).toContain('{"slow":true}')
  })

  test('pipelined requests are answered in their order', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n`
    const { statuses, text } = await sendRaw(
      baseUrl(),
      [get('/fixture/v1/slow') + get('/fixture/v1/hello') + get('/fixture/v1/nothing')],
      1_000,
    )
    expect(statuses).toEqual([200, 200, 404])
    expect(text.indexOf('slow')).toBeLessThan(text.indexOf('Fixture'))
  })

  test('a body that comes in drops is waited for, and one that ends early has no effect', async () => {
    const head =
      'POST /fixture/v1/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n'
    const { statuses } = await sendRaw(
      baseUrl(),
      [head, '{"name', '":"', Buffer.of(0xc3), Buffer.of(0xa9), '"}'],
      500,
      30,
    )
    expect(statuses).toEqual([201])
    const { text } = await sendRaw(baseUrl(), [head, '{"na'], 200)
    expect(text).toBe('')
    expect((await call('/fixture/v1/hello')).status).toBe(200)
  })

  test('the whole address in the request line is understood', async () => {
    const { text } = await sendRaw(baseUrl(), [
      'GET http://gift.example.com/hello HTTP/1.1\r\nHost: gift.example.com\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n',
    ])
    expect(text).toContain('{"hello":"Fixture"}')
  })
})
