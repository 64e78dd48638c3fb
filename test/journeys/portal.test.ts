import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { desktop, findBarriers, measureOverflow, openBrowser, phone, takePicture } from '../browser.ts'
import type { IascroftWorld, Merchant } from '../iascroft-world.ts'
import { makePerson } from '../people-world.ts'
import type { Person } from '../people-world.ts'
import { openFor, startPortal } from '../portal-world.ts'
import type { OpenedPage } from '../portal-world.ts'
import { newId } from '../../src/platform/ids.ts'
import { unit } from '../world.ts'

let world: IascroftWorld
let browser: Browser
let merchant: Merchant
let owner: Person
let admin: Person

beforeAll(async () => {
  world = await startPortal()
  await world.stock('AMZ-US-10', 200)
  await world.app.services.catalogue.refresh()
  merchant = await world.merchant()
  owner = await makePerson(world.app, { partnerId: merchant.partnerId, role: 'owner' })
  admin = await makePerson(world.app, { role: 'admin' })
  browser = await openBrowser()
}, 120_000)

const open = (person: Person, options?: Parameters<Browser['newContext']>[0]): Promise<OpenedPage> =>
  openFor(browser, world.app.baseUrl, person.user, options)

const portalPages = [
  ['overview', '', 'Overview'],
  ['catalogue', '/catalogue', 'Catalogue'],
  ['orders', '/orders', 'Orders'],
  ['vouchers', '/vouchers', 'Vouchers'],
  ['esims', '/esims', 'eSIMs'],
  ['checkouts', '/checkouts', 'Checkout'],
  ['reports', '/reports', 'Reports'],
  ['wallets', '/wallets', 'Wallets'],
  ['keys', '/keys', 'API keys'],
  ['webhooks', '/webhooks', 'Webhooks'],
  ['calls', '/calls', 'API log'],
  ['people', '/people', 'People'],
  ['identity', '/identity', 'Identity'],
  ['settings', '/settings', 'Settings'],
] as const

const consolePages = [
  ['overview', '', 'Overview'],
  ['partners', '/partners', 'Partners'],
  ['withdrawals', '/withdrawals', 'Withdrawals'],
  ['money', '/money', 'Money'],
  ['identities', '/identities', 'Identities'],
  ['catalogue', '/catalogue', 'Catalogue'],
  ['prices', '/prices', 'Prices'],
  ['cases', '/cases', 'Cases'],
  ['merchants', '/merchants', 'Merchants'],
  ['settlements', '/settlements', 'Settlements'],
  ['stock', '/stock', 'Stock'],
  ['suppliers', '/suppliers', 'Suppliers'],
  ['lenders', '/lenders', 'Lenders and banks'],
  ['system', '/system', 'System'],
  ['ledger', '/ledger', 'Ledger'],
  ['messages', '/messages', 'Messages'],
  ['calls', '/calls', 'API log'],
  ['audit', '/audit', 'Audit log'],
  ['people', '/people', 'Operators'],
] as const

test('the first page is under 250 KB of JavaScript, gzipped', async () => {
  const html = await (await fetch(`${world.app.baseUrl}/portal`)).text()
  const scripts = [...html.matchAll(/(?:src|href)="(\/web\/assets\/[^"]+\.js)"/g)].map(
    (found) => found[1] ?? '',
  )
  expect(scripts.length).toBeGreaterThan(0)
  const sizes = await Promise.all(
    scripts.map(async (path) => gzipSync(await (await fetch(world.app.baseUrl + path)).bytes()).length),
  )
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000)
})

test('a page runs our scripts alone, and nobody frames it', async () => {
  const answer = await fetch(`${world.app.baseUrl}/portal/orders`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
})

test('an owner buys a card from the catalogue, sees the order and its code', async () => {
  const { page, faults, context } = await open(owner)
  await page.getByRole('link', { name: 'Catalogue' }).click()
  await page.getByLabel('Search').fill('amazon us')
  await page
    .getByRole('row', { name: /Amazon US/ })
    .getByRole('link')
    .click()
  const row = page.getByRole('row', { name: /10/ }).first()
  await row.getByRole('button', { name: 'Buy' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Buy' }).click()
  await page.getByRole('button', { name: 'See the order' }).click()
  await page.getByRole('heading', { name: 'Order', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Show the codes' }).click()
  await page.locator('[data-secret="Code"]').waitFor()
  expect((await page.locator('[data-secret="Code"]').innerText()).length).toBeGreaterThan(4)
  await takePicture(page, 'portal-order')
  expect(faults).toEqual([])
  await context.close()
})

test('a developer makes a key, calls with it, finds the call in the log, and hears of an order by a webhook', async () => {
  const { page, faults, context } = await open(owner)
  await page.goto(`${world.app.baseUrl}/portal/keys`)
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Format').selectOption('iascroft')
  await page.getByRole('dialog').getByLabel('Label').fill('from the page')
  await page.getByRole('button', { name: 'Make it' }).click()
  const token = await page.locator('[data-secret="Token"]').innerText()
  const reference = `seen-${newId()}`
  const bought = await fetch(`${world.app.baseUrl}/iascroft/v1/giftcard/purchase`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ product_id: 'none', amount: 10, currency: 'USD', reference }),
  })
  expect(bought.status).toBe(400)
  await world.app.callLog.flush()
  await page.goto(`${world.app.baseUrl}/portal/calls`)
  await page.getByLabel('Reference').fill(reference)
  await page.getByRole('row').filter({ hasText: '/giftcard/purchase' }).waitFor()
  await page.getByRole('button', { name: 'Open' }).first().click()
  await page.getByRole('button', { name: 'Show what was sent and answered' }).click()
  await page.getByRole('dialog').getByText(reference).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('an operator makes a partner, opens a wallet, invites its owner and imports stock', async () => {
  const { page, faults, context } = await open(admin)
  const name = `Acme ${newId().slice(-6)}`
  await page.getByRole('link', { name: 'Partners' }).click()
  await page.getByRole('button', { name: 'New partner' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('E-mail').fill('nonsense')
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await dialog.getByText('The e-mail address is not valid.').waitFor()
  await dialog.getByLabel('E-mail').fill('acme@example.com')
  await dialog.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('link', { name }).click()
  await page.getByRole('button', { name: 'Open a wallet' }).click()
  await page.getByRole('dialog').getByLabel('Currency').fill('usd')
  await page.getByRole('button', { name: 'Open it' }).click()
  await page.getByRole('cell', { name: 'USD-1' }).waitFor()
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Own Er')
  await page.getByRole('dialog').getByLabel('E-mail').fill(`owner-${newId()}@example.com`)
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
  await page.getByRole('cell', { name: 'Own Er' }).waitFor()

  await page.getByRole('link', { name: 'Stock' }).click()
  await page.getByRole('button', { name: 'Import codes' }).click()
  await page.getByRole('dialog').getByLabel('SKU').fill('AMZ-US-10')
  const csv = `code,pin\n${Array.from({ length: 50 }, () => `${newId()},1234`).join('\n')}\n`
  await page.setInputFiles('input[type=file]', {
    name: 'codes.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(csv),
  })
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('50 / 50').waitFor()
  await takePicture(page, 'console-stock')
  expect(faults).toEqual([])
  await context.close()
})

test('a withdrawal that an owner asks for is approved by an operator', async () => {
  const asking = await open(owner)
  await asking.page.getByRole('link', { name: 'Wallets' }).click()
  await asking.page.getByRole('button', { name: 'Withdraw', exact: true }).click()
  const dialog = asking.page.getByRole('dialog')
  await dialog.getByLabel(/Amount/).fill('25.5')
  await dialog.getByLabel('Bank', { exact: true }).fill('First Bank')
  await dialog.getByLabel('Name on the account').fill('Ada Obi')
  await dialog.getByLabel('Account number').fill('0123456789')
  await dialog.getByRole('button', { name: 'Ask for it' }).click()
  await asking.page.getByText('First Bank, Ada Obi, ••••6789').waitFor()
  const deciding = await open(admin)
  await deciding.page.getByRole('link', { name: 'Withdrawals', exact: true }).click()
  await deciding.page.getByRole('button', { name: 'Approve' }).click()
  await deciding.page.getByText('Approved.').waitFor()
  await deciding.page.getByText('There is none.').waitFor()
  expect([...asking.faults, ...deciding.faults]).toEqual([])
  await asking.context.close()
  await deciding.context.close()
})

test('vouchers for the recipients of a file are looked at first, and sent once all lines are good', async () => {
  const shop = await world.merchant({ currencies: ['KES'], funds: 10_000n * unit })
  const person = await makePerson(world.app, { partnerId: shop.partnerId, role: 'owner' })
  const { page, faults, context } = await open(person)
  await page.getByRole('link', { name: 'Vouchers' }).click()
  await page.getByRole('button', { name: 'Send vouchers' }).click()
  const dialog = page.getByRole('dialog')
  const give = async (lines: readonly string[]): Promise<void> => {
    await dialog.getByLabel('Title').fill('Lunch')
    await dialog.getByLabel(/Calling code/).fill('254')
    await page.setInputFiles('input[type=file]', {
      name: 'lunch.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['name,phone,amount', ...lines, ''].join('\n')),
    })
    await dialog.getByRole('button', { name: 'Look at it first' }).click()
  }
  await give(['Ada,0712345678,100', 'Bob,nonsense,50', 'Cid,+254712345679,0'])
  await dialog.getByText('Lines that cannot be taken: 2').waitFor()
  expect(await dialog.getByRole('button', { name: 'Pay and send' }).count()).toBe(0)
  await takePicture(page, 'portal-vouchers-preview')
  await dialog.getByRole('button', { name: 'Another file' }).click()
  await give(['Ada,0712345678,100', 'Bob,0712 345 680,50'])
  await dialog.getByRole('button', { name: 'Pay and send' }).click()
  await page.getByRole('heading', { name: 'Lunch' }).waitFor()
  await page.getByRole('cell', { name: '+254712345680' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('in Russian, in the dark', async () => {
  const { page, faults, context } = await open(owner, { ...desktop, colorScheme: 'dark' })
  await page.goto(`${world.app.baseUrl}/portal/settings`)
  await page.getByLabel('Language').selectOption('ru')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Настройки' }).waitFor()
  await page.waitForLoadState('networkidle')
  // A button that was busy fades back.
  await page.waitForTimeout(500)
  expect(await findBarriers(page)).toEqual([])
  await takePicture(page, 'portal-russian-dark')
  await page.getByLabel('Язык').selectOption('en')
  await page.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

describe.each([
  ['portal', () => owner, portalPages],
  ['console', () => admin, consolePages],
] as const)('every page of the %s', (app, person, pages) => {
  test.each([
    ['desktop', desktop],
    ['phone', phone],
  ] as const)(
    'has no barrier and nothing to scroll sideways on a %s',
    async (size, options) => {
      const { page, faults, context } = await open(person(), options)
      for (const [name, path, title] of pages) {
        await page.goto(`${world.app.baseUrl}/${app}${path}`)
        await page.getByRole('heading', { level: 1, name: title }).waitFor()
        await page.waitForLoadState('networkidle')
        await takePicture(page, `${app}-${name}-${size}`)
        expect([name, await findBarriers(page)]).toEqual([name, []])
        expect([name, await measureOverflow(page)]).toEqual([name, 0])
      }
      expect(faults).toEqual([])
      await context.close()
    },
    120_000,
  )
})

test('texts that would be scripts stay texts, wherever they are shown', async () => {
  const payloads = scripts()
  expect(payloads.length).toBeGreaterThanOrEqual(40)
  const { database } = world.app.services
  const { createPartner } = await import('../../src/core/partners/create-partner.ts')
  for (const [place, payload] of payloads.entries()) {
    await database.inTransaction((tx) =>
      createPartner(tx, { name: payload.slice(0, 200), email: `x${place}@example.com` }),
    )
    await owner.call('POST', '/keys', { format: 'giftapi', label: payload.slice(0, 200) })
    await owner.call('POST', '/people', {
      name: payload.slice(0, 200),
      email: `p${place}-${newId()}@example.com`,
      role: 'viewer',
    })
    await owner.call('POST', '/orders', { sku_id: newId(), external_id: payload.slice(0, 64) })
  }
  const { page, faults, context } = await open(admin)
  for (const path of ['/partners', '/audit', '/calls', '/messages']) {
    await page.goto(`${world.app.baseUrl}/console${path}`)
    await page.waitForLoadState('networkidle')
  }
  await context.close()
  const own = await open(owner)
  for (const path of ['/keys', '/people', '/calls', '/orders']) {
    await own.page.goto(`${world.app.baseUrl}/portal${path}`)
    await own.page.waitForLoadState('networkidle')
    expect(await own.page.evaluate('window.__ran === undefined')).toBe(true)
  }
  expect([...faults, ...own.faults]).toEqual([])
  await own.context.close()
})

/** Ways in which a text becomes a script where a page is careless. */
function scripts(): string[] {
  const run = 'window.__ran=1;alert(1)'
  const tags = [
    'script',
    'SCRIPT',
    'svg/onload',
    'img src=x onerror',
    'body onload',
    'iframe onload',
    'video onerror',
  ]
  const closers = ['', '">', "'>", '</title>', '</textarea>', '-->']
  const elements = tags.flatMap((tag) =>
    closers.map((closer) =>
      tag.toLowerCase() === 'script' ? `${closer}<${tag}>${run}</${tag}>` : `${closer}<${tag}="${run}">`,
    ),
  )
  const others = [
    `javascript:${run}`,
    `{{constructor.constructor('${run}')()}}`,
    `\${${run}}`,
    `<a href="javascript:${run}">x</a>`,
    `<math><mtext><img src=x onerror="${run}">`,
    `<details open ontoggle="${run}">`,
  ]
  return [...elements, ...others]
}
