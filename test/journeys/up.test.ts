import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { pinOf, readOrder, sendOrder } from '../giftapi-client.ts'
import type { GiftapiAnswer } from '../giftapi-client.ts'
import { findSku, freePort, killAllScrip, readDemo, runScrip, startScrip } from '../scrip-process.ts'
import type { ScripProcess } from '../scrip-process.ts'

let dataDir: string
let port: number

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'scrip-up-'))
  port = await freePort()
  return async () => {
    // The last start has stopped its database; after a test that failed, one may be left over.
    await rm(dataDir, { recursive: true, force: true })
  }
})

afterEach(killAllScrip)

const up = (): ScripProcess => startScrip(['up'], { SCRIP_DATA_DIR: dataDir, PORT: String(port) })
const url = (path: string): string => `http://127.0.0.1:${port}${path}`
const status = (path: string): Promise<number> =>
  fetch(url(path)).then(
    (answer) => answer.status,
    () => 0,
  )

it('the first start lives before it is ready, makes a demo world, and sells a code for a signed order', async () => {
  const process = up()
  await expect.poll(() => status('/healthz'), { timeout: 20_000, interval: 20 }).toBe(200)
  expect(await status('/readyz')).toBe(503)
  expect((await fetch(url('/giftapi/v1/partner/me'))).headers.get('retry-after')).toBe('1')

  expect(await process.announced).toMatchObject({
    url: url(''),
    demo: join(dataDir, 'demo.json'),
    environment: 'sandbox',
    database: 'embedded',
  })
  expect(await status('/readyz')).toBe(200)
  expect(await status('/docs')).toBeLessThan(400)
  expect(await (await fetch(url('/metrics'))).text()).toContain('scrip_ledger_ok')
  expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600)

  const { baseUrl, credential } = await readDemo(dataDir)
  const order = await sendOrder(baseUrl, credential, 'first', await findSku(baseUrl, credential))
  expect([order.status, order.body.data?.status]).toEqual([201, 'completed'])
  expect(pinOf(order)).not.toBe('')

  const busy = await runScrip(['up'], { SCRIP_DATA_DIR: dataDir, PORT: String(port) })
  expect(busy).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^Port \d+ of 127\.0\.0\.1 is taken by another program\. .*\n$/) as string,
  })
  const second = await runScrip(['up', '--json'], { SCRIP_DATA_DIR: dataDir })
  expect(second.code).toBe(1)
  expect(JSON.parse(second.out)).toMatchObject({
    error: { code: 'embedded_database', message: expect.stringContaining('Another Scrip') as string },
  })
  // A command beside it works on the same database.
  expect(
    JSON.parse((await runScrip(['ledger', 'check', '--json'], { SCRIP_DATA_DIR: dataDir })).out),
  ).toMatchObject({ ok: true })

  process.kill('SIGTERM')
  expect(await process.ended).toBe(0)
}, 120_000)

it('a later start keeps the demo world and its keys, and the order of before is there', async () => {
  const before = await readFile(join(dataDir, 'demo.json'), 'utf8')
  const process = up()
  await process.announced
  expect(await readFile(join(dataDir, 'demo.json'), 'utf8')).toBe(before)
  const { baseUrl, credential } = await readDemo(dataDir)
  const again = await sendOrder(baseUrl, credential, 'first', await findSku(baseUrl, credential))
  expect(again.status).toBe(200)
  process.kill('SIGINT')
  expect(await process.ended).toBe(0)
}, 60_000)

it('SIGTERM under load answers every order that it took, and leaves no database running', async () => {
  const process = up()
  await process.announced
  const { baseUrl, credential } = await readDemo(dataDir)
  const skuId = await findSku(baseUrl, credential)
  const answered = new Map<string, GiftapiAnswer>()
  const unanswered: string[] = []
  const buyer = async (name: number): Promise<void> => {
    for (let number = 0; process.isRunning(); number += 1) {
      const externalId = `drain-${name}-${number}`
      try {
        answered.set(externalId, await sendOrder(baseUrl, credential, externalId, skuId))
      } catch {
        unanswered.push(externalId)
        return
      }
    }
  }
  const buyers = Array.from({ length: 16 }, (_, name) => buyer(name))
  await expect.poll(() => answered.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100)
  process.kill('SIGTERM')
  expect(await process.ended).toBe(0)
  await Promise.all(buyers)
  expect(new Set([...answered.values()].map((answer) => answer.status))).toEqual(new Set([201]))
  expect(process.log()).toContain('"msg":"stopped"')
  expect(process.log()).not.toContain('"level":50')
  await expect(stat(join(dataDir, 'postgres.lock'))).rejects.toThrow('ENOENT')

  const next = up()
  await next.announced
  for (const answer of answered.values())
    expect((await readOrder(baseUrl, credential, answer.body.data?.id ?? '')).status).toBe(200)
  // A new order: the old one under this id was never taken.
  for (const externalId of unanswered)
    expect((await sendOrder(baseUrl, credential, externalId, skuId)).status).toBe(201)
  next.kill('SIGTERM')
  expect(await next.ended).toBe(0)
}, 120_000)

it('after kill -9 the next start takes over the database that was left running, with every order that was answered', async () => {
  const process = up()
  await process.announced
  const { baseUrl, credential } = await readDemo(dataDir)
  const skuId = await findSku(baseUrl, credential)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, number) => sendOrder(baseUrl, credential, `kill-${number}`, skuId)),
  )
  process.kill('SIGKILL')
  expect(await process.ended).toBe('SIGKILL')

  const next = up()
  await next.announced
  for (const answer of answers) {
    const read = await readOrder(baseUrl, credential, answer.body.data?.id ?? '')
    expect([read.status, pinOf(read)]).toEqual([200, pinOf(answer)])
  }

  // The database itself dies under it: it is started again, and the process goes on.
  const postmaster = Number(
    (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => readPointed())).split(
      '\n',
    )[0],
  )
  globalThis.process.kill(postmaster, 'SIGQUIT')
  await expect.poll(() => status('/readyz'), { timeout: 20_000, interval: 5 }).toBe(503)
  await expect.poll(() => status('/readyz'), { timeout: 30_000 }).toBe(200)
  expect(next.isRunning()).toBe(true)
  await expect
    .poll(async () => (await sendOrder(baseUrl, credential, 'after-crash', skuId)).status, {
      timeout: 10_000,
    })
    .toBeLessThan(202)
  next.kill('SIGTERM')
  expect(await next.ended).toBe(0)
}, 120_000)

it('a second signal ends it at once', async () => {
  const process = up()
  await process.announced
  // A request that never ends keeps the stop waiting.
  const hanging = fetch(url('/giftapi/v1/partner/orders'), {
    method: 'POST',
    body: new ReadableStream(),
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  }).catch(() => undefined)
  await expect.poll(() => status('/healthz')).toBe(200)
  process.kill('SIGTERM')
  await expect.poll(() => process.log(), { timeout: 10_000 }).toContain('"msg":"stopping"')
  // Repetitions within half a second count as one, because a terminal may send several.
  await expect
    .poll(() => (process.isRunning() && process.kill('SIGINT'), process.isRunning()), {
      timeout: 15_000,
      interval: 100,
    })
    .toBe(false)
  await hanging
}, 60_000)

it('a bad setting ends the start with a sentence that names it', async () => {
  for (const [settings, sentence] of [
    [
      { SCRIP_ENVIRONMENT: 'production' },
      'SCRIP_ENVIRONMENT must be one of sandbox, live, not "production".\n',
    ],
    [
      { DATABASE_URL: 'mysql://x' },
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://.\n',
    ],
    [{ SCRIP_MASTER_KEY: 'short' }, 'SCRIP_MASTER_KEY must be 32 bytes, as 64 hex digits or base64.\n'],
    [
      { SCRIP_HOSTS: 'gift.example.com=klingon' },
      expect.stringMatching(/^SCRIP_HOSTS names the dialect "klingon"; .*\n$/) as string,
    ],
    [
      { SCRIP_ENVIRONMENT: 'live' },
      expect.stringMatching(
        /^SCRIP_ENVIRONMENT is live, but this database serves sandbox and cannot change\. .*\n$/,
      ) as string,
    ],
    [{ HOST: 'no.such.host.invalid' }, expect.stringContaining('HOST is') as string],
  ] as const) {
    const answer = await runScrip(['up'], { SCRIP_DATA_DIR: dataDir, SCRIP_LOG_LEVEL: 'fatal', ...settings })
    expect(answer).toEqual({ code: 1, out: '', err: sentence })
  }
}, 120_000)

/** As root the files may lie elsewhere, where the user who runs PostgreSQL can go. */
async function readPointed(): Promise<string> {
  const folder = (await readFile(join(dataDir, 'postgres.location'), 'utf8')).trim()
  return readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')
}

/** Nobody listens for this test's own sake: a port that is taken is told at once, before any database is started. */
it('a port that is taken is told before anything is made', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const taken = address === null || typeof address === 'string' ? 0 : address.port
  const empty = await mkdtemp(join(tmpdir(), 'scrip-empty-'))
  const answer = await runScrip(['up'], { SCRIP_DATA_DIR: join(empty, 'data'), PORT: String(taken) })
  expect(answer).toMatchObject({ code: 1, out: '' })
  expect(answer.err).toContain(`Port ${taken}`)
  await expect(stat(join(empty, 'data'))).rejects.toThrow('ENOENT')
  other.close()
  await rm(empty, { recursive: true })
}, 30_000)
