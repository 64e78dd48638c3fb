import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createPayer } from '../../src/core/checkout/create-payer.ts'
import { pageAddressOf } from '../../src/core/checkout/page-address.ts'
import { openKeyRing } from '../../src/core/keys/open-key-ring.ts'
import { sql } from '../../src/platform/database.ts'
import { newSecretKey } from '../../src/platform/secrets.ts'
import type { CheckoutId } from '../../src/values/ids.ts'
import { proveBooks } from '../books.ts'
import { openBrowser, phone } from '../browser.ts'
import { createCheckoutWorld, onCredit } from '../checkout-world.ts'
import { createTestDatabase } from '../database.ts'
import { startReferenceLender } from '../reference-lender.ts'
import { killAllScrip, startScrip } from '../scrip-process.ts'
import { startServerProcess } from '../server-process.ts'
import { unit } from '../world.ts'

const { database, url } = await createTestDatabase()
const masterKey = newSecretKey()
const keyRing = await openKeyRing(database, masterKey)
const world = await createCheckoutWorld(database, new Map(), keyRing)
const lender = await startReferenceLender()
const account = { code: 'lender', name: 'Lender', kind: 'lender', connector: 'http-lender' } as const
const lenderId = await database.inTransaction((tx) =>
  createPayer(tx, keyRing, { ...account, settings: lender.settings, actor: 'test' }),
)
const dataDir = await mkdtemp(join(tmpdir(), 'scrip-checkout-'))

afterEach(killAllScrip)
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const startWorker = (failpoints = '') =>
  startScrip(['worker', '--migrate'], {
    DATABASE_URL: url,
    SCRIP_MASTER_KEY: masterKey.toString('base64'),
    SCRIP_DATA_DIR: dataDir,
    SCRIP_FAILPOINTS: failpoints,
  })
const status = async (id: CheckoutId) => (await world.find(id)).status

/** What a dead worker had in hand comes back when its claim has run out; nobody waits for that here. */
const endClaims = () => database.query(sql`update checkout_decisions set claimed_until = now()`)

test.each([
  ['after the intent was stored, before anything was sent', 'checkout.intent-stored', ['PUT']],
  ['between the lender’s answer and its booking', 'checkout.before-note', ['PUT', 'GET']],
  ['between the approval and the payout', 'checkout.approved', ['PUT']],
])(
  'a worker that is killed %s: one loan, one payout, in the next one',
  async (_when, point, calls) => {
    const seller = await world.seller({ lenderId })
    const order = await world.order(seller)
    const doomed = startWorker(`${point}=kill`)
    await doomed.announced
    await world.agree(order.id, onCredit())
    expect(await doomed.ended).toBe('SIGKILL')
    expect(await world.balance(seller)).toBe(0n)
    expect(await status(order.id)).toBe(point === 'checkout.approved' ? 'approved' : 'pending')
    await endClaims()
    const next = startWorker()
    await next.announced
    await expect.poll(() => status(order.id), { timeout: 15_000 }).toBe('successful')
    expect(await world.balance(seller)).toBe(970n * unit)
    expect(lender.applications.get(order.id)?.lent).toBe(1)
    const asked = lender.asked.filter((one) => one.endsWith(order.id)).map((one) => one.split(' ')[0])
    // Whoever died before sending leaves it open whether it was sent: the next one asks first.
    expect(point === 'checkout.intent-stored' ? asked.slice(-1) : asked).toEqual(calls)
    await proveBooks(database)
  },
  60_000,
)

test('a server that is killed while the buyer fills in the form, and started again, has lost nothing', async () => {
  const seller = await world.seller()
  const server = await startServerProcess(url, masterKey)
  const worker = startWorker()
  await worker.announced
  const browser = await openBrowser()
  const page = await (await browser.newContext(phone)).newPage()
  const order = await world.order(seller, {
    dialect: 'iwocapay',
    pageUrl: `${server.baseUrl}/iwocapay/pay`,
    redirectUrl: `${server.baseUrl}/healthz`,
  })
  await page.goto(pageAddressOf(keyRing, order))
  await page.getByRole('button', { name: 'See the payments' }).click()
  await page.getByRole('link', { name: 'Continue' }).click()
  await page.getByLabel('Company name').fill('Corner Café Ltd')
  await page.getByLabel('E-mail address').fill('restart@example.com')
  await page.getByLabel('Annual turnover').fill('120000')
  await server.end('SIGKILL')
  await server.start()
  await page.getByRole('button', { name: 'Agree and apply' }).click()
  await expect.poll(() => page.url(), { timeout: 15_000 }).toContain(`/healthz?orderId=${order.id}`)
  expect(await status(order.id)).toBe('successful')
  await proveBooks(database)
  await server.close()
}, 90_000)
