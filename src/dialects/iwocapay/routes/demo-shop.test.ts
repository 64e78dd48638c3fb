import { beforeAll, expect, test } from 'vitest'
import { startTestApp } from '../../../../test/app.ts'
import type { TestApp } from '../../../../test/app.ts'
import {
  desktop,
  findBarriers,
  measureOverflow,
  openBrowser,
  phone,
  takePicture,
} from '../../../../test/browser.ts'
import { createTestDatabase } from '../../../../test/database.ts'
import { payerOpener } from '../../../../test/checkout-world.ts'
import { openDecisions } from '../../../core/checkout/open-decisions.ts'
import { createDemoWorld } from '../../../core/demo/create-demo-world.ts'
import { openKeyRing } from '../../../core/keys/open-key-ring.ts'
import { openLog } from '../../../platform/log.ts'
import { newSecretKey } from '../../../platform/secrets.ts'

const browser = await openBrowser()
const { database } = await createTestDatabase()
const keyRing = await openKeyRing(database, newSecretKey())
let app: TestApp

beforeAll(async () => {
  await createDemoWorld(database, keyRing)
  app = await startTestApp({ database, keyRing })
  const parts = { database, keyRing, open: payerOpener(), log: openLog('silent'), pollMs: 25 }
  const decisions = openDecisions({ ...parts, onAnswer: () => undefined })
  return () => decisions.stop()
}, 120_000)

test.each([
  ['phone', phone],
  ['desktop', desktop],
])(
  'on a %s, an order is bought in the demo shop, paid later, and the shop is returned to',
  async (name, device) => {
    const context = await browser.newContext(device)
    const page = await context.newPage()
    await page.goto(`${app.baseUrl}/demo/shop`)
    expect(await findBarriers(page)).toEqual([])
    expect(await measureOverflow(page)).toBe(0)
    await takePicture(page, `demo-shop-1-${name}`)
    await page.getByRole('button', { name: /Espresso machine/ }).click()
    await page.getByRole('button', { name: 'See the payments' }).click()
    await page.getByRole('link', { name: 'Continue' }).click()
    await page.getByLabel('Company name').fill('Corner Café Ltd')
    await page.getByLabel('E-mail address').fill(`${name}@example.com`)
    await page.getByLabel('Annual turnover').fill('120000')
    await page.getByRole('button', { name: 'Agree and apply' }).click()
    await page.getByText('Thank you for your order').waitFor()
    expect(page.url()).toMatch(/\/demo\/shop\?orderId=[0-9a-f-]{36}$/)
    expect(await findBarriers(page)).toEqual([])
    await takePicture(page, `demo-shop-2-${name}`)
    await context.close()
  },
)

test('the demo shop sells nothing that it has not, and is not there in live', async () => {
  expect((await fetch(`${app.baseUrl}/demo/shop?item=9`, { method: 'POST' })).status).toBe(404)
  const live = await startTestApp({ environment: 'live' })
  expect((await fetch(`${live.baseUrl}/demo/shop`)).status).toBe(404)
  const without = await startTestApp()
  expect((await fetch(`${without.baseUrl}/demo/shop`)).status).toBe(404)
})
