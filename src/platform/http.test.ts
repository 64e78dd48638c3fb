import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { LookupAddress, lookup as dnsLookup } from 'node:dns'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { startReceiver } from '../../test/receiver.ts'
import { HttpTrouble, isCallableUrl, openHttpClient, retryAfterMs } from './http.ts'
import type { HttpReply, HttpRequest } from './http.ts'

/** What names resolve to, answer by answer; the last answer stays. Other names resolve as usual. */
const names = new Map<string, LookupAddress[][]>()

vi.mock('node:dns', async (original) => {
  const dns = await original<{ lookup: typeof dnsLookup }>()
  return {
    ...dns,
    lookup(hostname: string, options: unknown, callback: (error: null, found: LookupAddress[]) => void) {
      const answers = names.get(hostname)
      if (answers === undefined) return dns.lookup(hostname, options as { all: true }, callback as never)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      callback(null, answer ?? [])
    },
  }
})

const strict = openHttpClient({ allowLoopback: false })
const local = openHttpClient({ allowLoopback: true })
afterAll(() => Promise.all([strict.close(), local.close()]))
beforeEach(() => names.clear())

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  timeoutMs: 10_000,
  ...more,
})

/** What became of a request: its status, or the kind of trouble and whether the other side may have got it. */
async function outcome(sending: Promise<HttpReply>): Promise<unknown> {
  try {
    return (await sending).status
  } catch (error) {
    if (!(error instanceof HttpTrouble)) throw error
    return [error.kind, error.wasSent]
  }
}

/** Spellings of addresses that are not the public internet's. */
const forbidden = [
  // Loopback, in every way that a URL may write it.
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '１２７.０.０.１',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '0x0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  // Private networks.
  '10.0.0.1',
  '10.255.255.255',
  '0xa000001',
  '012.0.0.1',
  '167772161',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.1',
  '3232235521',
  '[::ffff:10.0.0.1]',
  '[::ffff:c0a8:1]',
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  '[fec0::1]',
  // Carriers, documentation, benchmarks, multicast, reserved.
  '100.64.0.1',
  '100.127.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '[3fff::1]',
  '[5f00::1]',
  '[4000::1]',
  '[8000::1]',
  '[1::1]',
  // Link-local, and where clouds keep their metadata.
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '[64:ff9b::a9fe:a9fe]',
]

describe('P18: an address that is not public', () => {
  test.each(forbidden)('%s is never connected to', async (host) => {
    const url = `http://${host}:9/`
    expect(await outcome(strict.send(get(url)))).toEqual(['address_refused', false])
    expect(isCallableUrl(url, false)).toBe(false)
  })

  test.each(forbidden.filter((host) => /^\[?[\d.a-f:]+\]?$/.test(host) && /[.:].*[.:]/.test(host)))(
    'a name that resolves to %s is not connected to',
    async (host) => {
      const address = host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
      names.set('partner.example', [[{ address, family: address.includes(':') ? 6 : 4 }]])
      expect(await outcome(strict.send(get('http://partner.example:9/')))).toEqual(['address_refused', false])
      expect(await outcome(strict.send(get('https://partner.example:9/')))).toEqual([
        'address_refused',
        false,
      ])
    },
  )

  test.each(['localhost', 'LOCALHOST'])('%s is not connected to', async (host) => {
    expect(await outcome(strict.send(get(`http://${host}:9/`)))).toEqual(['address_refused', false])
  })

  test('is not reached by a name that has a public address besides, or none', async () => {
    const mixed = [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    names.set('mixed.example', [mixed])
    names.set('empty.example', [[]])
    for (const name of ['mixed.example', 'empty.example'])
      expect(await outcome(strict.send(get(`http://${name}:9/`)))).toEqual(['address_refused', false])
  })

  test('is not reached by a name that resolves to something else the second time', async () => {
    const receiver = await startReceiver(() => ({ status: 200, headers: { connection: 'close' } }))
    names.set('rebinding.example', [
      [{ address: '127.0.0.1', family: 4 }],
      [{ address: '169.254.169.254', family: 4 }],
    ])
    const url = `http://rebinding.example:${receiver.port}/`
    // Here loopback stands for the public address that was shown first.
    expect(isCallableUrl(url, false)).toBe(true)
    expect(await outcome(local.send(get(url)))).toBe(200)
    expect(await outcome(local.send(get(url)))).toEqual(['address_refused', false])
    expect(receiver.received.length).toBe(1)
  })

  test('is not reached through a redirect', async () => {
    const inside = await startReceiver()
    const receiver = await startReceiver(() => ({ status: 302, headers: { location: inside.url } }))
    const reply = await local.send(get(receiver.url))
    expect([reply.status, reply.headers['location']]).toEqual([302, inside.url])
    expect(inside.received).toEqual([])
  })

  test('is allowed only where loopback is, and then only loopback', async () => {
    const receiver = await startReceiver()
    expect(await outcome(local.send(get(receiver.url)))).toBe(200)
    expect(await outcome(local.send(get(`http://localhost:${receiver.port}/`)))).toBe(200)
    expect(isCallableUrl(receiver.url, true)).toBe(true)
    for (const host of ['10.0.0.1', '0.0.0.0', '169.254.169.254', '[fe80::1]', '[::]', '[::127.0.0.1]'])
      expect(await outcome(local.send(get(`http://${host}:9/`)))).toEqual(['address_refused', false])
  })

  test('is told from one that is public', () => {
    for (const host of [
      '8.8.8.8',
      '1.1.1.1',
      '172.32.0.1',
      '100.128.0.1',
      '[2606:4700::1111]',
      'example.com',
    ])
      expect(isCallableUrl(`https://${host}/`, false), host).toBe(true)
    for (const url of [
      '',
      'example.com',
      'file:///etc/passwd',
      'ftp://example.com/',
      'https://a:b@example.com/',
    ])
      expect(isCallableUrl(url, false), url).toBe(false)
  })
})

test('what is no http(s) URL is a mistake of the caller', async () => {
  await expect(strict.send(get('file:///etc/passwd'))).rejects.toThrow(TypeError)
  await expect(strict.send(get('nonsense'))).rejects.toThrow(TypeError)
})

describe('an exchange', () => {
  test('carries method, headers and body, and brings back status, headers and body', async () => {
    const receiver = await startReceiver(() => ({
      status: 418,
      headers: { 'X-Thing': 'a', 'Set-Cookie': 'b=c' },
      body: 'téa',
    }))
    const request = { method: 'POST', headers: { 'x-mine': '1' }, body: '{"a":"é"}' } as const
    const reply = await local.send(get(receiver.url, request))
    expect(reply).toMatchObject({
      status: 418,
      body: 'téa',
      headers: { 'x-thing': 'a', 'set-cookie': 'b=c' },
    })
    expect(receiver.received).toMatchObject([
      { method: 'POST', body: '{"a":"é"}', headers: { 'x-mine': '1' } },
    ])
  })

  test('ends in time when nothing is answered, and when the answer drips', async () => {
    for (const fault of ['hang', 'drip'] as const) {
      const receiver = await startReceiver(() => fault)
      const startedMs = performance.now()
      expect(await outcome(local.send(get(receiver.url, { timeoutMs: 300 })))).toEqual(['timeout', true])
      expect(performance.now() - startedMs).toBeLessThan(4_000)
    }
  })

  test('ends in time when the other side accepts and never reads, or never greets', async () => {
    const silent = await startSilent(() => undefined)
    for (const scheme of ['http', 'https']) {
      const startedMs = performance.now()
      const request = get(`${scheme}://127.0.0.1:${silent}/`, { timeoutMs: 300 })
      // Without a handshake nothing of the request can have been sent.
      expect(await outcome(local.send(request))).toEqual(['timeout', scheme === 'http'])
      expect(performance.now() - startedMs).toBeLessThan(4_000)
    }
  })

  test('that is reset, or cut in the middle of its answer, is broken, and may have been received', async () => {
    const resetting = await startReceiver(() => 'reset')
    expect(await outcome(local.send(get(resetting.url)))).toEqual(['broken', true])
    const cutting = await startSilent((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
        setTimeout(() => socket.destroy(), 20)
      })
    })
    expect(await outcome(local.send(get(`http://127.0.0.1:${cutting}/`)))).toEqual(['broken', true])
    const babbling = await startSilent((socket) => void socket.end('I am no HTTP server\r\n\r\n'))
    expect(await outcome(local.send(get(`http://127.0.0.1:${babbling}/`)))).toMatchObject(['broken', true])
  })

  test('with nobody there was not sent', async () => {
    const receiver = await startReceiver()
    await receiver.close()
    expect(await outcome(local.send(get(receiver.url)))).toEqual(['unreachable', false])
    expect(await outcome(local.send(get('http://no-such-name.invalid/')))).toEqual(['unreachable', false])
  })

  test('with an answer that is too large is an error, or is cut', async () => {
    const receiver = await startReceiver(() => ({ status: 200, body: 'x'.repeat(200_000) }))
    expect(await outcome(local.send(get(receiver.url, { bytesMost: 199_999 })))).toEqual(['too_large', true])
    expect((await local.send(get(receiver.url, { bytesMost: 200_000 }))).body.length).toBe(200_000)
    const cut = await local.send(get(receiver.url, { bytesMost: 100, longAnswer: 'cut' }))
    expect(cut).toMatchObject({ status: 200, body: 'x'.repeat(100) })
  })

  test('whose answer is cut does not wait for the rest of it', async () => {
    const receiver = await startReceiver(() => 'drip')
    const startedMs = performance.now()
    const reply = await local.send(get(receiver.url, { bytesMost: 3, longAnswer: 'cut' }))
    expect([reply.status, reply.body]).toEqual([200, '...'])
    expect(performance.now() - startedMs).toBeLessThan(4_000)
  })

  test('asks once more whether it may be sent when the connection stands, and is withdrawn if not', async () => {
    const receiver = await startReceiver()
    let asked = 0
    const mayStillSend = (answer: boolean) => () => {
      asked += 1
      return answer
    }
    const first = local.send(get(receiver.url, { mayStillSend: mayStillSend(false) }))
    expect(await outcome(first)).toEqual(['withdrawn', false])
    expect([asked, receiver.received.length]).toEqual([1, 0])
    expect(await outcome(local.send(get(receiver.url, { mayStillSend: mayStillSend(true) })))).toBe(200)
    // On a connection that stood already.
    const third = local.send(get(receiver.url, { mayStillSend: mayStillSend(false) }))
    expect(await outcome(third)).toEqual(['withdrawn', false])
    expect([asked, receiver.received.length]).toEqual([3, 1])
  })

  test('is not repeated when a kept connection breaks under it', async () => {
    const receiver = await startReceiver((_, place) => (place === 0 ? 200 : 'reset'))
    expect(await outcome(local.send(get(receiver.url)))).toBe(200)
    expect(await outcome(local.send(get(receiver.url)))).toEqual(['broken', true])
    expect(receiver.received.length).toBe(2)
  })

  test('does not hold the others up: a host that hangs leaves the rest alone', async () => {
    const hanging = await startReceiver(() => 'hang')
    const good = await startReceiver()
    const stuck = Array.from({ length: 100 }, () =>
      outcome(local.send(get(hanging.url, { timeoutMs: 3_000 }))),
    )
    const startedMs = performance.now()
    expect(await outcome(local.send(get(good.url)))).toBe(200)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    const outcomes = await Promise.all(stuck)
    expect(new Set(outcomes.map((one) => JSON.stringify(one)))).toEqual(
      // Those beyond what a host may have at a time waited in vain for a connection.
      new Set(['["timeout",true]', '["timeout",false]']),
    )
  })

  test('under way when the client is closed is broken', async () => {
    const receiver = await startReceiver(() => 'hang')
    const client = openHttpClient({ allowLoopback: true })
    const sending = outcome(client.send(get(receiver.url)))
    await eventually(() => receiver.received.length).toBe(1)
    await client.close()
    expect(await sending).toEqual(['broken', true])
  })
})

test('Retry-After is read as seconds or as a date', () => {
  const nowMs = Date.parse('2027-01-31T12:00:00Z')
  const read = (value?: string) => retryAfterMs(value === undefined ? {} : { 'retry-after': value }, nowMs)
  expect([read('0'), read('120')]).toEqual([0, 120_000])
  expect(read('Sun, 31 Jan 2027 12:01:00 GMT')).toBe(60_000)
  expect(read('Sun, 31 Jan 2027 11:00:00 GMT')).toBe(0)
  expect([read(), read('soon'), read('-1'), read('1e9'), read('')]).toEqual(Array(5).fill(undefined))
})

/** A server that speaks no HTTP by itself. */
async function startSilent(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port // A TCP server's address is no string.
}
