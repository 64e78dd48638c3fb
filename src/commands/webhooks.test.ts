import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scrip, scripJson } from '../../test/command-line.ts'
import { createTestDatabase } from '../../test/database.ts'
import { isWebhookSecret } from '../platform/webhook-signatures.ts'

const nobody = '0199a1b2-0000-7000-8000-000000000000'
const partner = 'ops@acme.example'

beforeAll(async () => {
  const { url } = await createTestDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'scrip-webhooks-'))
  Object.assign(process.env, { DATABASE_URL: url, SCRIP_DATA_DIR: dir, SCRIP_ENVIRONMENT: 'sandbox' })
  await scrip('migrate')
  await scrip('partner', 'create', '--name', 'Acme', '--email', partner)
  await scrip('partner', 'create', '--name', 'Other', '--email', 'ops@other.example')
  return async () => {
    for (const name of ['DATABASE_URL', 'SCRIP_DATA_DIR', 'SCRIP_ENVIRONMENT']) delete process.env[name]
    await rm(dir, { recursive: true })
  }
})

async function add(...more: readonly string[]) {
  const argv = ['--dialect', 'giftapi', '--url', 'http://127.0.0.1:4000/hook', ...more]
  const { code, json } = await scripJson('webhooks', 'add', partner, ...argv)
  expect(code).toBe(0)
  return json as { endpoint: { id: string; url: string; events: string[]; state: string }; secret: string }
}

it('events can be chosen by what the vendor calls them', async () => {
  const argv = [
    '--dialect',
    'iascroft',
    '--url',
    'http://127.0.0.1:4000/hook',
    '--event',
    'transaction.completed',
  ]
  const { json } = await scripJson('webhooks', 'add', partner, ...argv)
  const { id, events } = json['endpoint'] as { id: string; events: string[] } // Checked below.
  expect(events).toEqual(['order.completed', 'order.partially_completed'])
  const more = ['--event', 'transaction.failed', '--event', 'order.failed']
  const updated = await scripJson('webhooks', 'update', partner, id, ...more)
  expect(updated.json['endpoint']).toMatchObject({ events: ['order.failed'] })
  expect((await scrip('webhooks', 'update', partner, id, '--event', 'transaction.lost')).code).toBe(1)
  expect((await scrip('webhooks', 'remove', partner, id)).code).toBe(0)
})

it('an endpoint shows its secret once, and is listed, changed, paused, resumed, rotated and removed', async () => {
  const { endpoint, secret } = await add('--description', 'mine')
  expect(isWebhookSecret(secret)).toBe(true)
  expect(endpoint).toMatchObject({
    state: 'active',
    events: ['order.completed', 'order.partially_completed', 'order.failed'],
  })
  for (const argv of [
    ['list', partner],
    ['show', partner, endpoint.id],
  ]) {
    const { out } = await scrip('webhooks', ...argv)
    expect(out).toContain('http://127.0.0.1:4000/hook')
    expect(out).not.toContain('whsec_')
    expect(JSON.stringify((await scripJson('webhooks', ...argv)).json)).not.toContain('whsec_')
  }
  const update = async (...more: readonly string[]) =>
    (await scripJson('webhooks', 'update', partner, endpoint.id, ...more)).json['endpoint']
  expect(await update('--event', 'order.failed', '--url', 'https://example.com/')).toMatchObject({
    events: ['order.failed'],
    url: 'https://example.com/',
  })
  expect(await update('--pause')).toMatchObject({ state: 'paused', events: ['order.failed'] })
  expect(await update('--resume', '--all-events')).toMatchObject({
    state: 'active',
    events: endpoint.events,
  })
  const rotated = (await scripJson('webhooks', 'rotate', partner, endpoint.id, '--grace', '1h')).json
  expect(rotated).toMatchObject({ shownOnce: true, endpoint: { id: endpoint.id } })
  expect(rotated['secret']).not.toBe(secret)
  expect((await scrip('webhooks', 'show', partner, endpoint.id)).out).toContain('Old secret until')
  expect((await scrip('webhooks', 'remove', partner, endpoint.id)).code).toBe(0)
  expect((await scripJson('webhooks', 'list', partner)).json).toMatchObject({ endpoints: [] })
})

it('a test event waits in the log, is replayed, and has no tries while nobody delivers', async () => {
  const { endpoint } = await add()
  const { json } = await scripJson('webhooks', 'test', partner, endpoint.id)
  const eventId = String(json['eventId'])
  expect((await scripJson('webhooks', 'deliveries', partner, endpoint.id)).json).toMatchObject({
    deliveries: [{ eventId, type: 'test', state: 'waiting', tries: 0 }],
  })
  const failed = await scrip('webhooks', 'deliveries', partner, endpoint.id, '--state', 'failed')
  expect(failed.out).toBe('No event went to this endpoint.\n')
  expect((await scripJson('webhooks', 'attempts', partner, endpoint.id, eventId)).json).toEqual({
    attempts: [],
  })
  expect((await scripJson('webhooks', 'replay', partner, endpoint.id, eventId)).json).toMatchObject({
    replayed: 1,
  })
  expect((await scripJson('webhooks', 'replay', partner, endpoint.id, '--since', '2020-01-01')).json).toEqual(
    { replayed: 0, isComplete: true },
  )
})

it.each([
  [['add', partner, '--dialect', 'giftapi', '--url', 'http://10.0.0.1/'], 1, 'must be a public'],
  [['add', partner, '--dialect', 'klingon', '--url', 'https://example.com'], 1, 'has no webhooks'],
  [['show', partner, nobody], 1, 'The webhook endpoint does not exist.'],
  [['show', partner, 'x'], 2, 'must be an id'],
  [['update', partner, nobody, '--pause', '--resume'], 2, 'Give either --pause or --resume.'],
  [['update', partner, nobody, '--event', 'a', '--all-events'], 2, 'Give either --event or --all-events.'],
  [['replay', partner, nobody], 2, 'Give either an event or --since.'],
  [['replay', partner, nobody, nobody, '--since', '2027-01-31'], 2, 'Give either an event or --since.'],
  [['rotate', partner, nobody, '--grace', '31d'], 1, 'The grace must be'],
  [['attempts', partner, nobody, nobody], 1, 'never on its way'],
  [['listen', '--secret', 'abc'], 2, 'must be the secret of an endpoint'],
  [['listen'], 2, "required option '--secret"],
])('webhooks %j is refused', async (argv, code, sentence) => {
  const answer = await scrip('webhooks', ...argv)
  expect([answer.code, answer.out]).toEqual([code, ''])
  expect(answer.err.toLowerCase()).toContain(sentence.toLowerCase())
})

it("another partner's endpoint is unknown", async () => {
  const { endpoint } = await add()
  expect((await scripJson('webhooks', 'show', 'ops@other.example', endpoint.id)).json).toMatchObject({
    error: { code: 'endpoint_not_found' },
  })
})

it('in live an address must be https and public, and loopback cannot be allowed', async () => {
  process.env['SCRIP_ENVIRONMENT'] = 'live'
  const tryAdd = async (url: string) =>
    (await scrip('webhooks', 'add', partner, '--dialect', 'giftapi', '--url', url)).err
  expect(await tryAdd('http://example.com/')).toContain('must begin with https://')
  expect(await tryAdd('https://127.0.0.1/')).toContain('must be a public')
  process.env['SCRIP_ALLOW_LOOPBACK'] = 'true'
  expect(await tryAdd('https://127.0.0.1/')).toContain('SCRIP_ALLOW_LOOPBACK must not be true')
  delete process.env['SCRIP_ALLOW_LOOPBACK']
  process.env['SCRIP_ENVIRONMENT'] = 'sandbox'
})
