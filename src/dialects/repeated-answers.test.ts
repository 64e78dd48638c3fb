import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { fixturePartnerId } from '../../test/fixture-dialect.ts'
import { expectFault, fixtureCatalogue, good, useFixtureServer } from '../../test/fixture-server.ts'
import { sendRaw } from '../../test/raw-http.ts'
import type { Catalogue } from '../core/catalogue/catalogue.ts'
import { listCalls } from '../core/calls/list-calls.ts'

const { call, database, server, start, baseUrl } = useFixtureServer()

beforeEach(changeCatalogue)

function changeCatalogue(): void {
  fixtureCatalogue.now = {} as Catalogue // Another one; nothing looks into it.
}

/** How often the handler had run when it made this answer. */
async function madeOf(response: Response): Promise<number> {
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect([response.headers.get('etag'), response.headers.get('cache-control')]).toEqual([
    '"made"',
    'private, no-cache',
  ])
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  const { made } = (await response.json()) as { made: number } // The fixture's page.
  return made
}

const ask = (headers: Record<string, string> = {}, path = '/fixture/v1/made') =>
  call(path, { headers: { ...good, ...headers } })

test('who asks the same again gets the same again, under a request id of its own', async () => {
  // Asked again where the second answer came more than a second after the first.
  await expect
    .poll(async () => {
      const first = await ask()
      const again = await ask({ 'x-request-id': 'repeat-0001' })
      expect(again.headers.get('x-request-id')).toBe('repeat-0001')
      expect(first.headers.get('x-request-id')).not.toBe('repeat-0001')
      return (await madeOf(again)) - (await madeOf(first))
    })
    .toBe(0)
})

test('a page that the client has is not sent again', async () => {
  await expect
    .poll(async () => {
      const made = await madeOf(await ask())
      const known = await ask({ 'if-none-match': '"made"' })
      expect([known.status, known.headers.get('etag'), await known.text()]).toEqual([304, '"made"', ''])
      expect(known.headers.get('cache-control')).toBe('private, no-cache')
      expect(known.headers.get('x-request-id')).not.toBeNull()
      return (await madeOf(await ask({ 'if-none-match': '"other"' }))) - made
    })
    // The 304 came without the handler; what has another tag does not.
    .toBe(1)
})

test('a first 304 is given again too, and a page is then made for who wants one', async () => {
  await expect
    .poll(async () => {
      changeCatalogue()
      expect((await ask({ 'if-none-match': '"made"' })).status).toBe(304)
      const made = await madeOf(await ask())
      expect((await ask({ 'if-none-match': '"made"' })).status).toBe(304)
      return (await madeOf(await ask())) - made
    })
    .toBe(0)
})

test('nothing is given again once the catalogue has changed', async () => {
  const made = await madeOf(await ask())
  changeCatalogue()
  expect(await madeOf(await ask())).toBe(made + 1)
})

test('nor to another caller, for another address, or for ever', async () => {
  const made = await madeOf(await ask())
  await expectFault(await ask({ authorization: 'Bearer bad' }), 401, 'unauthenticated')
  await expectFault(await call('/fixture/v1/made', { headers: {} }), 401, 'unauthenticated')
  expect(await madeOf(await ask({}, '/fixture/v1/made?x=1'))).toBe(made + 1)
  expect(await madeOf(await ask({ 'x-forwarded-for': '203.0.113.9' }))).toBe(made + 2)
  await expect.poll(async () => madeOf(await ask()), { timeout: 5_000 }).toBeGreaterThan(made + 2)
})

test('nor where something else than Authorization names the caller', async () => {
  const key = { 'x-fixture-key': 'good' }
  const made = await madeOf(await call('/fixture/v1/made', { headers: key }))
  await expectFault(await call('/fixture/v1/made', { headers: {} }), 401, 'unauthenticated')
  expect(await madeOf(await call('/fixture/v1/made', { headers: key }))).toBe(made + 1)
})

test('a partner with a limit is counted each time, so the handler answers it', async () => {
  const limited = { authorization: 'Bearer good-100' }
  const made = await madeOf(await ask(limited))
  expect(await madeOf(await ask(limited))).toBe(made + 1)
})

test('another method is another question', async () => {
  await madeOf(await ask())
  expect((await call('/fixture/v1/made', { method: 'HEAD' })).headers.get('content-length')).toMatch(/^\d+$/)
  await expectFault(await call('/fixture/v1/made', { method: 'POST' }), 405, 'method_not_allowed')
})

test('repeated answers are in the API log and in the metrics like any other', async () => {
  await ask()
  await ask({ 'x-request-id': 'repeat-0002' })
  await ask({ 'x-request-id': 'repeat-0003', 'if-none-match': '"made"' })
  await server().callLog.flush()
  for (const [id, status] of [
    ['repeat-0002', 200],
    ['repeat-0003', 304],
  ] as const) {
    const { rows } = await listCalls(database(), fixturePartnerId, { requestId: id }, { limit: 2 })
    expect(rows).toMatchObject([
      {
        status,
        method: 'GET',
        path: '/fixture/v1/made',
        address: '127.0.0.1',
        request: undefined,
        response: undefined,
      },
    ])
  }
  const text = await (await call('/metrics')).text()
  expect(text).toMatch(/route="\/made",status="3xx"\} [1-9]/)
})

test('pipelined repeats keep their order, and a server that closes says so', async () => {
  const other = await start()
  const get = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n${more}\r\n`
  const made = get('/fixture/v1/made', 'X-Request-Id: pipelined-1\r\n')
  await sendRaw(other.baseUrl, [made], 100)
  const { statuses, text } = await sendRaw(other.baseUrl, [get('/fixture/v1/slow') + made], 1_000)
  expect(statuses).toEqual([200, 200])
  expect(text.indexOf('slow')).toBeLessThan(text.indexOf('"made"'))
  const raw = sendRaw(other.baseUrl, [get('/fixture/v1/slow'), made], 1_000, 200)
  await sleep(100)
  await other.close()
  expect((await raw).text).toMatch(/connection: close/i)
  expect(baseUrl()).not.toBe(other.baseUrl)
})
