import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { freePort, killAllScrip, runScrip, startScrip } from '../scrip-process.ts'

let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'scrip-webhooks-'))
  return () => rm(dataDir, { recursive: true, force: true })
})

afterEach(killAllScrip)

async function run(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await runScrip([...args, '--json'], { SCRIP_DATA_DIR: dataDir })
  return JSON.parse(out) as Record<string, unknown> // The tests assert what they need of it.
}

it('a developer adds an endpoint, listens on the same machine, and sees a valid event', async () => {
  const up = startScrip(['up'], { SCRIP_DATA_DIR: dataDir, SCRIP_DEMO: 'false' })
  const { url: baseUrl } = (await up.announced) as { url: string }
  const partner = 'ops@acme.example'
  await run('partner', 'create', '--name', 'Acme', '--email', partner)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/hook`
  const added = await run('webhooks', 'add', partner, '--dialect', 'giftapi', '--url', url)
  const { endpoint, secret } = added as { endpoint: { id: string }; secret: string }
  const listener = startScrip(['webhooks', 'listen', '--port', String(port), '--secret', secret], {})
  expect(await listener.announced).toEqual({ url: `http://127.0.0.1:${port}/` })
  const { eventId } = (await run('webhooks', 'test', partner, endpoint.id)) as { eventId: string }
  await expect.poll(() => listener.printed().length, { timeout: 10_000 }).toBe(2)
  const [, printed] = listener.printed()
  expect(printed).toMatchObject({ isValid: true, eventId, method: 'POST', path: '/hook' })
  expect(JSON.parse(String(printed?.['body']))).toMatchObject({ event: 'test', idempotency_key: eventId })
  const tries = async () =>
    ((await run('webhooks', 'attempts', partner, endpoint.id, eventId)) as { attempts: unknown[] }).attempts
  await expect.poll(tries, { timeout: 10_000 }).toMatchObject([{ number: 1, status: 200 }])
  expect(await (await fetch(`${baseUrl}/metrics`)).text()).toContain(
    'scrip_webhook_tries_total{outcome="delivered"} 1',
  )
  listener.kill('SIGTERM')
  expect(await listener.ended).toBe(0)
  up.kill('SIGTERM')
  expect(await up.ended).toBe(0)
  expect(up.log()).not.toContain(secret)
}, 120_000)
