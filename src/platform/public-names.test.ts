import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReceiver } from '../../test/receiver.ts'
import { HttpTrouble, openHttpClient } from './http.ts'
import { openPublicNames } from './public-names.ts'

let server: Socket
let nameServer: string
const asked: string[] = []
/** What the name server says of names, answer by answer; the last stays. Of a name that is not here it says nothing at all. */
const zone = new Map<string, string[]>()

beforeAll(async () => {
  server = createSocket('udp4')
  server.on('message', (question, from) => {
    const { name, type } = readQuestion(question)
    asked.push(name)
    const answers = zone.get(name)
    if (answers === undefined) return
    const answer = answers.length > 1 && type === 1 ? answers.shift() : answers[0]
    server.send(
      writeAnswer(question, type === 1 && answer !== 'none' ? answer : undefined),
      from.port,
      from.address,
    )
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  nameServer = `127.0.0.1:${server.address().port}`
})
afterAll(() => void server.close())

/** RFC 1035, 4.1: one question, its name as labels. */
function readQuestion(message: Buffer): { readonly name: string; readonly type: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1) }
}

/** The question again, with one address or none behind it. */
function writeAnswer(question: Buffer, address: string | undefined): Buffer {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(address === undefined ? 0 : 1, 6)
  head.writeUInt16BE(0, 10)
  let end = 12
  while ((question[end] ?? 0) > 0) end += (question[end] ?? 0) + 1
  const asked = question.subarray(12, end + 5)
  if (address === undefined) return Buffer.concat([head, asked])
  const record = Buffer.alloc(16)
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(1, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(0, 6)
  record.writeUInt16BE(4, 10)
  record.set(address.split('.').map(Number), 12)
  return Buffer.concat([head, asked, record])
}

const names = () => openPublicNames({ nameServers: [nameServer] })

test('names whose server is silent keep nobody else’s waiting', async () => {
  const resolve = names()
  const receiver = await startReceiver()
  zone.set('good.test', ['127.0.0.1'])
  const http = openHttpClient({ allowLoopback: true, resolve })
  const silent = Array.from({ length: 40 }, (_, place) =>
    http
      .send({ method: 'GET', url: `http://silent-${place}.test/`, timeoutMs: 20_000 })
      .catch((error: unknown) => error),
  )
  const startedMs = performance.now()
  const url = receiver.url.replace('127.0.0.1', 'good.test')
  const reply = await http.send({ method: 'POST', url, body: '{}', timeoutMs: 20_000 })
  expect(reply.status).toBe(200)
  // Not even one of the silent ones has come to its end by then.
  const first = await Promise.race([...silent, Promise.resolve('none yet')])
  expect([first, performance.now() - startedMs < 3_000]).toEqual(['none yet', true])
  for (const trouble of await Promise.all(silent)) {
    expect(trouble).toBeInstanceOf(HttpTrouble)
    expect(trouble).toMatchObject({ wasSent: false })
  }
  await http.close()
}, 30_000)

test('a name is asked for once by all who want it at a time, and anew by those who come later', async () => {
  const resolve = names()
  zone.set('shared.test', ['192.0.2.1'])
  asked.length = 0
  const found = await Promise.all(Array.from({ length: 20 }, () => resolve('Shared.test.')))
  expect(found.every((one) => one[0]?.address === '192.0.2.1')).toBe(true)
  // Its addresses of both kinds.
  expect(asked).toEqual(['shared.test', 'shared.test'])
  await resolve('shared.test')
  expect(asked).toHaveLength(4)
})

test('a name that means another address the second time gains nothing', async () => {
  zone.set('rebinding.test', ['93.184.216.34', '127.0.0.1'])
  const resolve = names()
  expect(await resolve('rebinding.test')).toEqual([{ address: '93.184.216.34', family: 4 }])
  const http = openHttpClient({ allowLoopback: false, resolve })
  const refused = { kind: 'address_refused', wasSent: false }
  for (const name of ['rebinding.test', 'localhost', 'a.localhost'])
    await expect(
      http.send({ method: 'GET', url: `http://${name}/`, timeoutMs: 5_000 }),
    ).rejects.toMatchObject(refused)
  await http.close()
})

test('this machine’s own names count, and a name without an address is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-hosts-'))
  const hostsFile = join(folder, 'hosts')
  await writeFile(
    hostsFile,
    '# ours\n10.1.2.3  Shop.internal shop # of ours\n::5 shop.internal\nnonsense shop\n',
  )
  const resolve = openPublicNames({ nameServers: [nameServer], hostsFile })
  expect(await resolve('shop.INTERNAL')).toEqual([
    { address: '10.1.2.3', family: 4 },
    { address: '::5', family: 6 },
  ])
  zone.set('nothing.test', ['none'])
  await expect(resolve('nothing.test')).rejects.toMatchObject({ code: 'ENODATA' })
  await rm(folder, { recursive: true })
})
