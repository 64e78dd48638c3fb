import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSmsSender } from './sms.ts'

const message = { to: '+2348012345678', subject: '', text: 'Код: 123', messageId: 'some-id.1' }

let gateway: Server
let url: string
let status = 200
let calls: {
  readonly head: string | undefined
  readonly method: string | undefined
  readonly body: unknown
}[] = []

beforeAll(async () => {
  gateway = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
    request.on('end', () => {
      calls.push({ head: request.headers.authorization, method: request.method, body: JSON.parse(body) })
      if (status === 0) request.socket.destroy()
      else if (status > 0) response.writeHead(status, { location: '/elsewhere' }).end('{"echo":"123"}')
    })
  })
  await new Promise<void>((settle) => {
    gateway.listen(0, '127.0.0.1', () => settle())
  })
  const { port } = gateway.address() as AddressInfo // A TCP server's address is no string.
  url = `http://127.0.0.1:${port}/sms`
})

afterAll(() => gateway.closeAllConnections())

async function send(answer: number) {
  status = answer
  calls = []
  const sender = openSmsSender({ url, token: 'gateway-token' }, answer === -1 ? 500 : 20_000)
  try {
    return await sender.send(message)
  } finally {
    await sender.close()
  }
}

test('a short message is handed over as the contract says', async () => {
  expect(await send(202)).toEqual({ outcome: 'sent', detail: 'The gateway answered 202.' })
  const body = { to: '+2348012345678', text: 'Код: 123', reference: 'some-id.1' }
  expect(calls).toEqual([{ head: 'Bearer gateway-token', method: 'POST', body }])
})

test.each([
  [400, 'refused'],
  [422, 'refused'],
  [401, 'unclear'],
  [408, 'unclear'],
  [429, 'unclear'],
  [302, 'unclear'],
  [500, 'unclear'],
  [503, 'unclear'],
  [0, 'unclear'],
  [-1, 'unclear'],
])('an answer of %s (0: cut off, -1: none) is %s', async (answer, outcome) => {
  const result = await send(answer)
  expect(result.outcome).toBe(outcome)
  expect(result.detail).not.toContain('123')
  expect(calls.length).toBe(1)
})

test('a gateway that is not there is asked again later', async () => {
  const sender = openSmsSender({ url: 'http://127.0.0.1:9/sms', token: undefined }, 20_000)
  expect((await sender.send(message)).outcome).toBe('unclear')
  await sender.close()
})
