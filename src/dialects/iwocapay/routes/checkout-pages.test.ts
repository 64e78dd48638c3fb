import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import {
  desktop,
  findBarriers,
  measureOverflow,
  openBrowser,
  phone,
  takePicture,
} from '../../../../test/browser.ts'
import { createTestDatabase } from '../../../../test/database.ts'
import { startReferenceLender } from '../../../../test/reference-lender.ts'
import { startTcpProxy } from '../../../../test/tcp-proxy.ts'
import { startReceiver } from '../../../../test/receiver.ts'
import type { Receiver } from '../../../../test/receiver.ts'
import { createIwocapayWorld } from '../../../../test/iwocapay-world.ts'
import type { IwocapayClient, IwocapayWorld } from '../../../../test/iwocapay-world.ts'
import { openDatabase, sql } from '../../../platform/database.ts'
import { createPayer } from '../../../core/checkout/create-payer.ts'
import type { Decisions } from '../../../core/checkout/open-decisions.ts'

let world: IwocapayWorld
let shop: IwocapayClient
let thanks: Receiver
let decisions: Decisions
const browser = await openBrowser()

beforeAll(async () => {
  world = await createIwocapayWorld()
  thanks = await startReceiver(() => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Shop</title><h1>Thank you</h1>',
  }))
  shop = await world.shop({ redirectUrl: `${thanks.url}?from=checkout` })
  decisions = world.startDeciding()
})

afterAll(() => decisions.stop())

async function onPhone(options = phone): Promise<Page> {
  const context = await browser.newContext(options)
  afterAll(() => context.close())
  return context.newPage()
}

/** The page stands, is accessible, fits its window, and is kept as a picture where one is wanted. */
async function inspect(page: Page, name: string): Promise<void> {
  expect(await findBarriers(page), name).toEqual([])
  expect(await measureOverflow(page), name).toBe(0)
  // The card cuts off what does not fit: nothing may be wider than it.
  const cut =
    "[...document.querySelectorAll('.card *')].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).length"
  expect(await page.evaluate(cut), name).toBe(0)
  expect(
    await page.evaluate(
      "document.querySelector('section').scrollWidth <= document.querySelector('.card').clientWidth",
    ),
    name,
  ).toBe(true)
  await takePicture(page, `iwocapay-${name}`)
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** From the beginning to where the buyer's particulars are asked for. */
async function toDetails(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await button(page, 'See the payments').click()
  await page.getByRole('link', { name: 'Continue' }).click()
  await heading(page, 'Your company').waitFor()
}

async function fillIn(page: Page, changes: { email?: string; turnover?: string } = {}): Promise<void> {
  await page.getByLabel('Company name').fill('Corner Café Ltd')
  await page.getByLabel('E-mail address').fill(changes.email ?? `buyer-${Math.random()}@example.com`)
  await page.getByLabel('Annual turnover').fill(changes.turnover ?? '£120,000')
}

const agree = (page: Page) => button(page, 'Agree and apply')

test.each([
  ['phone', phone],
  ['desktop', desktop],
])(
  'on a %s: choose, see the payments, say who you are, be accepted, and land in the shop',
  async (name, device) => {
    const { id, url } = await shop.order()
    const page = await onPhone(device as typeof phone)
    await page.goto(url)
    await heading(page, 'How would you like to pay?').waitFor()
    expect(await shop.status(id)).toBe('CREATED')
    await inspect(page, `1-choose-${name}`)
    await button(page, 'See the payments').click()
    await heading(page, 'Choose your payments').waitFor()
    expect(await shop.status(id)).toBe('PENDING')
    await inspect(page, `2-plan-${name}`)
    await page.getByRole('link', { name: '12 months' }).click()
    expect(await page.locator('tbody tr').count()).toBe(12)
    await inspect(page, `3-plan-12-${name}`)
    await page.getByRole('link', { name: '3 months' }).click()
    await page.getByRole('link', { name: 'Continue' }).click()
    await inspect(page, `4-details-${name}`)
    await agree(page).click()
    await page.getByRole('alert').waitFor()
    await inspect(page, `5-problems-${name}`)
    await page.getByRole('link', { name: /Enter an e-mail address/ }).click()
    expect(await page.evaluate('document.activeElement.id')).toBe('email')
    await fillIn(page)
    await agree(page).click()
    await heading(page, 'Thank you').waitFor()
    expect(new URL(page.url()).searchParams.get('orderId')).toBe(id)
    expect(new URL(page.url()).searchParams.get('from')).toBe('checkout')
    expect(await shop.status(id)).toBe('SUCCESSFUL')
    await page.goto(url)
    await heading(page, 'All done').waitFor()
    await inspect(page, `6-done-${name}`)
    await proveBooks(world.app.services.database)
  },
)

test('a turnover of 0.00 is declined, and the buyer is led back', async () => {
  const { id, url } = await shop.order()
  const page = await onPhone()
  await toDetails(page, url)
  await fillIn(page, { turnover: '0.00' })
  await agree(page).click()
  await heading(page, 'Not this time').waitFor()
  await inspect(page, '7-declined')
  expect(await shop.status(id)).toBe('UNSUCCESSFUL')
  await page.getByRole('link', { name: /Return to/ }).click()
  await heading(page, 'Thank you').waitFor()
  expect(page.url()).toContain(`orderId=${id}`)
})

test('an order that the buyer cancels ends, and the buyer is back in the shop', async () => {
  const { id, url } = await shop.order()
  const page = await onPhone()
  await page.goto(url)
  await button(page, /Cancel/).click()
  await heading(page, 'Thank you').waitFor()
  expect(await shop.status(id)).toBe('UNSUCCESSFUL')
  await page.goto(url)
  await heading(page, 'The order was cancelled').waitFor()
  await inspect(page, '8-cancelled')
})

describe('pay now', () => {
  test('is approved at the bank, and the shop is paid', async () => {
    const { id, url } = await shop.order({ amount: 42.5 })
    const page = await onPhone()
    await page.goto(url)
    expect(await button(page, 'See the payments').count()).toBe(0)
    await inspect(page, '9-choose-now')
    await button(page, 'Pay £42.50 now').click()
    await heading(page, 'Approve this payment?').waitFor()
    await inspect(page, '10-bank')
    await button(page, 'Approve the payment').click()
    await heading(page, 'Thank you').waitFor()
    expect(await shop.status(id)).toBe('SUCCESSFUL')
    await proveBooks(world.app.services.database)
  })

  test('is declined at the bank', async () => {
    const { id, url } = await shop.order()
    const page = await onPhone()
    await page.goto(url)
    await button(page, 'Pay £4,200.00 now').click()
    await button(page, 'Decline').click()
    await heading(page, 'The payment was declined').waitFor()
    expect(await shop.status(id)).toBe('UNSUCCESSFUL')
  })
})

test('an order whose time is over shows that, and takes nothing', async () => {
  const { id, url } = await shop.order()
  const page = await onPhone()
  await toDetails(page, url)
  await fillIn(page)
  await world.app.services.database.query(sql`update checkouts set expires_at = now() where id = ${id}`)
  await agree(page).click()
  await heading(page, 'This order is too old').waitFor()
  await inspect(page, '11-expired')
})

test('a double click, two windows and the back button come to one application', async () => {
  const { id, url } = await shop.order()
  const [first, second] = [await onPhone(), await onPhone()]
  for (const page of [first, second]) {
    await toDetails(page, url)
    await fillIn(page)
  }
  await Promise.all([
    agree(first).dblclick({ noWaitAfter: true }),
    agree(second).click({ noWaitAfter: true }),
  ])
  for (const page of [first, second])
    await expect.poll(() => page.url(), { timeout: 15_000 }).toContain(`orderId=${id}`)
  await first.goBack()
  await first.reload()
  await heading(first, /All done|Thank you/).waitFor()
  const [row] = await world.app.services.database.query<{ count: number }>(sql`
    select count(*)::integer as count from transfers where reference = ${`checkout ${id}`}`)
  expect(row?.count).toBe(1)
  await proveBooks(world.app.services.database)
})

test('the back button before the consent leads through the steps, and another choice can be made', async () => {
  const { id, url } = await shop.order()
  const page = await onPhone()
  await toDetails(page, url)
  await page.goBack()
  await heading(page, 'Choose your payments').waitFor()
  await page.goBack()
  await heading(page, 'How would you like to pay?').waitFor()
  await button(page, /Pay £4,200.00 now/).click()
  await button(page, 'Approve the payment').click()
  await expect.poll(() => page.url()).toContain(`orderId=${id}`)
})

test('what takes longer is waited for, on another device too, and is led on when it is decided', async () => {
  const { id, url } = await shop.order()
  const page = await onPhone()
  await toDetails(page, url)
  await fillIn(page)
  await decisions.stop()
  await agree(page).click()
  await heading(page, 'One moment, please').waitFor({ timeout: 15_000 })
  await inspect(page, '12-waiting')
  const other = await onPhone(desktop as typeof phone)
  await other.goto(url)
  await heading(other, 'One moment, please').waitFor()
  decisions = world.startDeciding()
  for (const one of [page, other])
    await expect.poll(() => one.url(), { timeout: 15_000 }).toContain(`orderId=${id}`)
})

test('without scripts and with nothing but the keyboard, a buyer gets through', async () => {
  const { id, url } = await shop.order()
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(url)
  await button(page, 'See the payments').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Continue' }).focus()
  await page.keyboard.press('Enter')
  await fillIn(page)
  await page.getByLabel('Annual turnover').press('Enter')
  await expect.poll(() => page.url(), { timeout: 15_000 }).toContain(`orderId=${id}`)
  await context.close()
})

test('a lender’s own page is gone to and come back from, and the order goes on when it is decided there', async () => {
  const lender = await startReferenceLender()
  const { database, keyRing } = world.app.services
  const account = { code: 'elsewhere', name: 'Lender', kind: 'lender', connector: 'http-lender' } as const
  const lenderId = await database.inTransaction((tx) =>
    createPayer(tx, keyRing, { ...account, settings: lender.settings, actor: 'test' }),
  )
  const elsewhere = await startReceiver(() => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Lender</title><h1>Sign here</h1>',
  }))
  lender.decide('pending')
  lender.continueAt(`${elsewhere.url}/sign`)
  const own = await world.shop({ lenderId, redirectUrl: thanks.url })
  const { id, url } = await own.order()
  const page = await onPhone()
  await toDetails(page, url)
  await fillIn(page)
  await agree(page).click()
  await heading(page, 'Sign here').waitFor({ timeout: 15_000 })
  const { return_url: back } = JSON.parse(lender.applications.get(id)?.body ?? '') as { return_url: string } // As documented.
  await page.goto(back)
  await heading(page, 'One moment, please').waitFor()
  await inspect(page, '15-back')
  lender.decide('approved', id)
  await page.goto(back)
  await expect.poll(() => page.url(), { timeout: 15_000 }).toContain(`orderId=${id}`)
  expect(await own.status(id)).toBe('SUCCESSFUL')
})

test('a schedule of another day is shown anew before it can be agreed to', async () => {
  const { id, url } = await shop.order()
  const form = {
    action: 'agree',
    months: '3',
    company: 'Corner Café Ltd',
    email: 'a@example.com',
    turnover: '1',
    day: '2026-01-01',
  }
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('moved on by a day')])
  expect(await shop.status(id)).toBe('CREATED')
})

test('while the database is away the page says so, and goes on afterwards', async () => {
  const { url: databaseUrl, database: direct } = await createTestDatabase()
  const proxy = await startTcpProxy(databaseUrl)
  const behind = openDatabase({ url: proxy.url, role: 'scrip_app', poolSize: 4 })
  const other = await createIwocapayWorld({ database: behind })
  const { url } = await (await other.shop()).order()
  const page = await onPhone()
  await proxy.cut()
  const answer = await page.goto(url)
  expect([answer?.status(), answer?.headers()['retry-after']]).toEqual([503, '1'])
  await heading(page, 'We are back in a moment').waitFor()
  await inspect(page, '16-away')
  await proxy.restore()
  await expect.poll(async () => (await page.goto(url))?.status()).toBe(200)
  await other.app.close()
  await behind.close()
  await proxy.close()
  await direct.close()
})

test('a link that is wrong shows no order, and sets no cookie', async () => {
  const { url } = await shop.order()
  const page = await onPhone()
  const answer = await page.goto(url.replace(/key=[^&]{8}/, 'key=00000000'))
  expect(answer?.status()).toBe(404)
  await heading(page, 'There is no such order').waitFor()
  await inspect(page, '13-wrong')
  await page.goto(url)
  expect(await page.context().cookies()).toEqual([])
  const response = await fetch(url)
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(response.headers.get('set-cookie')).toBeNull()
})

test('what a shop writes is text on the page, whatever it is', async () => {
  const reference = '<img src=x onerror=alert(1)>"><script>alert(1)</script>'
  const { url } = await shop.order({ reference })
  const page = await onPhone()
  const alerts: string[] = []
  page.on('dialog', (dialog) => void alerts.push(dialog.message()))
  await page.goto(url)
  expect(await page.locator('.reference').textContent()).toBe(`Order ${reference}`)
  await inspect(page, '14-hostile')
  expect(alerts).toEqual([])
})
