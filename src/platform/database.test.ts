import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { openDatabase, separatedArray, sql, textArray } from './database.ts'

const { database, url } = await createTestDatabase()

it('a transaction in which a statement failed unnoticed does not pass for committed', async () => {
  const swallowing = database.inTransaction(async (tx) => {
    await tx.query(sql`select 1 / 0`).catch(() => undefined)
    return 'done'
  })
  await expect(swallowing).rejects.toThrow('rolled back')
})

it('a session compiles no statement, whatever the server is set to', async () => {
  const [jit] = await database.query<{ setting: string; source: string }>(
    sql`select setting, source from pg_settings where name = 'jit'`,
  )
  expect(jit).toEqual({ setting: 'off', source: 'session' })
})

it('arrays of texts arrive as they were sent', async () => {
  const texts = ['plain', 'a"b\\c,{d}', 'NULL', '', null, 'é\u{1F600}\n', '{"x":"\\"y"}']
  const json = texts.filter((text) => text !== '' && text?.includes('\n') !== true)
  const [row] = await database.query<{ quoted: unknown; separated: unknown }>(
    sql`select ${textArray(texts)}::text[] as quoted, ${separatedArray(json)} as separated`,
  )
  expect(row).toEqual({ quoted: texts, separated: json })
})

it('a listening connection that the network has swallowed is replaced, and the gap is told', async () => {
  const tunnel = await openTunnel(url)
  const listening = openDatabase({ url: tunnel.url, poolSize: 4 })
  let gaps = 0
  const heard: string[] = []
  listening.listen(
    'test_channel',
    (payload) => heard.push(payload),
    () => (gaps += 1),
  )
  await expect.poll(() => gaps, { timeout: 10_000 }).toBe(1)
  tunnel.freeze()
  await database.query(sql`select pg_notify('test_channel', 'missed')`)
  await expect.poll(() => gaps, { timeout: 25_000 }).toBe(2)
  await database.query(sql`select pg_notify('test_channel', 'after')`)
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['after'])
  tunnel.close()
  await listening.close()
}, 60_000)

/** A way to the database whose open connections can fall silent, as behind a firewall that has forgotten them. */
async function openTunnel(target: string): Promise<{ url: string; freeze(): void; close(): void }> {
  const { hostname, port } = new URL(target)
  const sockets: Socket[] = []
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    sockets.push(near, far)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const tunnelled = new URL(target)
  tunnelled.hostname = '127.0.0.1'
  tunnelled.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: tunnelled.href,
    freeze: () => sockets.forEach((socket) => socket.unpipe().pause()),
    close() {
      sockets.forEach((socket) => socket.destroy())
      server.close()
    },
  }
}
