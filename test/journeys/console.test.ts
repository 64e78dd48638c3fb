import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/database.ts'
import { newId } from '../../src/platform/ids.ts'
import { openRenderer } from '../../src/platform/templates.ts'
import { newSetupCode } from '../../src/core/users/set-up-operator.ts'
import { redeemAtTill } from '../../src/core/redemptions/redeem-at-till.ts'
import { openBrowser, takePicture } from '../browser.ts'
import type { IascroftWorld, Merchant } from '../iascroft-world.ts'
import { goodPassword, makePerson } from '../people-world.ts'
import type { Person } from '../people-world.ts'
import { openFor, openPage, startPortal } from '../portal-world.ts'
import type { OpenedPage } from '../portal-world.ts'
import { createVoucherWorld, kes, shilling } from '../voucher-world.ts'

/** Everybody's day at the console and at the portal, role by role, on the real server. */

let world: IascroftWorld
let browser: Browser
let merchant: Merchant

beforeAll(async () => {
  world = await startPortal()
  await world.stock('AMZ-US-10', 50)
  await world.app.services.catalogue.refresh()
  merchant = await world.merchant()
  browser = await openBrowser()
}, 120_000)

const operator = (role: string): Promise<Person> => makePerson(world.app, { role })
const member = (role: string): Promise<Person> =>
  makePerson(world.app, { partnerId: merchant.partnerId, role })
const open = ({ user }: Person): Promise<OpenedPage> => openFor(browser, world.app.baseUrl, user)

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
}

/** What somebody can press on a page; the frame is everybody's. */
async function buttonsOf(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle')
  return page.locator('main').getByRole('button').allInnerTexts()
}

async function end(...all: readonly OpenedPage[]): Promise<void> {
  expect(all.flatMap(({ faults }) => faults)).toEqual([])
  await Promise.all(all.map(({ context }) => context.close()))
}

test('the first operator sets the house up with the printed code, and is let in', async () => {
  const fresh = await startPortal()
  const code = await newSetupCode(fresh.app.services.database)
  const opened = await openPage(browser)
  const { page } = opened
  await page.goto(`${fresh.app.baseUrl}/console/setup#${code ?? ''}`)
  await page.getByLabel('Name').fill('Ada Obi')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill(goodPassword)
  await page.getByLabel('Setup code').fill('not the code')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Setup code').fill(code ?? '')
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill(goodPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  // Whoever comes later finds the door shut.
  expect(await newSetupCode(fresh.app.services.database)).toBeUndefined()
  await end(opened)
}, 120_000)

test('a catalogue keeper makes a card dearer for one partner, who sees the price, and takes it out of the catalogue', async () => {
  const keeper = await open(await operator('catalogue'))
  const { page } = keeper
  await go(page, 'Partners')
  await page
    .locator('main')
    .getByRole('link', { name: /Merchant/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'New rule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Its code').fill('AMZ-US-10')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Give a markup, an amount on top, or a fixed price.').waitFor()
  await dialog.getByLabel('Markup in percent').fill('7.5')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: '7.5 %' }).waitFor()

  const owner = await open(await member('owner'))
  await world.app.services.catalogue.refresh()
  await go(owner.page, 'Catalogue')
  await owner.page.getByLabel('Search').fill('amazon us')
  await owner.page
    .getByRole('row', { name: /Amazon US/ })
    .getByRole('link')
    .click()
  await owner.page.getByRole('cell', { name: /10\.75/ }).waitFor()

  await go(page, 'Catalogue')
  await page.getByLabel('Search').fill('AMZ-US-10')
  const row = page.getByRole('row', { name: /AMZ-US-10/ })
  await row.getByRole('button', { name: 'SKU' }).click()
  await page.getByRole('dialog').getByLabel('It is sold').uncheck()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await row.getByText('not sold').waitFor()
  await takePicture(page, 'console-catalogue-edited')
  await row.getByRole('button', { name: 'SKU' }).click()
  await page.getByRole('dialog').getByLabel('It is sold').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await row.getByText('sold', { exact: true }).waitFor()
  await end(keeper, owner)
}, 120_000)

test('a merchant is made by support, its account entered and its payout proposed by finance, and both are decided by another', async () => {
  const support = await open(await operator('support'))
  await go(support.page, 'Merchants')
  await support.page.getByRole('button', { name: 'New merchant' }).click()
  const dialog = support.page.getByRole('dialog')
  await dialog.getByLabel('Code', { exact: true }).fill('tuskys')
  await dialog.getByLabel('Name').fill('Tuskys')
  await dialog.getByLabel('Code of its category').fill('supermarkets')
  await dialog.getByLabel('Category', { exact: true }).fill('Supermarkets')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await support.page.getByRole('cell', { name: 'Tuskys', exact: true }).waitFor()
  await dialog.waitFor({ state: 'hidden' })
  await support.page.getByRole('button', { name: 'Tills' }).click()
  await dialog.getByLabel('Number').fill('445566')
  await dialog.getByLabel('Outlet').fill('Eastgate')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('cell', { name: '445566' }).waitFor()
  await takeVoucher('445566')

  const finance = await open(await operator('finance'))
  await go(finance.page, 'Settlements')
  await finance.page.getByRole('button', { name: 'Enter bank details' }).click()
  const entering = finance.page.getByRole('dialog')
  await entering.getByLabel('Code of the merchant').fill('tuskys')
  await entering.getByLabel('Currency').fill('kes')
  await entering.getByLabel('Bank', { exact: true }).fill('KCB')
  await entering.getByLabel('Account name').fill('Tuskys Ltd')
  await entering.getByLabel('Account number').fill('1234567890')
  await entering.getByRole('button', { name: 'Save' }).click()
  await finance.page.getByText('KCB, Tuskys Ltd, ••••7890').waitFor()
  await entering.waitFor({ state: 'hidden' })
  await finance.page.getByRole('button', { name: 'Approve' }).click()
  await finance.page
    .getByText(/second person/i)
    .first()
    .waitFor()

  const admin = await open(await operator('admin'))
  await go(admin.page, 'Settlements')
  await admin.page.getByRole('button', { name: 'Approve' }).click()
  await admin.page.getByText('Approved.').waitFor()
  await finance.page.reload()
  await finance.page.getByRole('button', { name: 'Pay', exact: true }).click()
  await finance.page.getByRole('dialog').getByLabel('Reference').fill('november')
  await finance.page.getByRole('dialog').getByRole('button', { name: 'Propose' }).click()
  await finance.page.getByRole('cell', { name: 'november' }).waitFor()
  await admin.page.reload()
  await admin.page.getByRole('cell', { name: 'november' }).waitFor()
  await admin.page.getByRole('button', { name: 'Approve' }).click()
  await admin.page.getByText('Approved.').waitFor()
  const [paid] = await world.app.services.database.query(
    sql`select state, amount from settlements where reference = 'november'`,
  )
  expect(paid).toEqual({ state: 'approved', amount: 60n * shilling })
  await takePicture(admin.page, 'console-settled')
  await end(support, finance, admin)
}, 120_000)

/** Sixty shillings of somebody's voucher, taken at a till. */
async function takeVoucher(tillNumber: string): Promise<void> {
  const { database, keyRing } = world.app.services
  const vouchers = await createVoucherWorld(database, keyRing)
  const issuer = await vouchers.company(1_000n)
  const phone = '+254712088001'
  await vouchers.voucher(issuer, 100n, { phone })
  await redeemAtTill(
    { database, keyRing, renderer: openRenderer() },
    {
      partnerId: issuer.partnerId,
      issuerId: issuer.partnerId,
      mode: 'api',
      transactionId: newId(),
      phone,
      name: 'Jane Doe',
      amount: 60n * shilling,
      currency: kes,
      tillNumber,
      remarks: '',
      requestKey: 'once',
      actor: 'test',
    },
  )
}

test('a price far beneath face value is proposed by one person and put in force by another', async () => {
  const keeper = await open(await operator('catalogue'))
  await go(keeper.page, 'Prices')
  await keeper.page.getByRole('button', { name: 'New rule' }).click()
  const dialog = keeper.page.getByRole('dialog')
  await dialog.getByLabel('Its code').fill('AMZ-US-10')
  await dialog.getByLabel('Markup in percent').fill('-45')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await keeper.page.getByText('It waits for a second person.').waitFor()
  const row = /sku AMZ-US-10.*markup -45 %/
  await keeper.page.getByRole('row', { name: row }).waitFor()
  await takePicture(keeper.page, 'console-price-waits')
  await keeper.page.getByRole('row', { name: row }).getByRole('button', { name: 'Approve' }).click()
  await keeper.page.getByText(/it takes a second person/).waitFor()

  const finance = await open(await operator('finance'))
  await finance.page.getByText('Prices to decide').locator('..').getByText('1', { exact: true }).waitFor()
  await go(finance.page, 'Prices')
  await finance.page.getByRole('row', { name: row }).getByRole('button', { name: 'Approve' }).click()
  await finance.page.getByText('Approved.').waitFor()
  await finance.page.getByRole('cell', { name: '-45 %' }).waitFor()
  await end(keeper, finance)
}, 120_000)

test('an owner asks to be told when a wallet runs low', async () => {
  const owner = await open(await member('owner'))
  await go(owner.page, 'Wallets')
  await owner.page.getByRole('button', { name: 'Low-balance alert' }).click()
  await owner.page
    .getByRole('dialog')
    .getByLabel(/Alert below/)
    .fill('100')
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await owner.page.getByRole('button', { name: 'Alert below 100' }).waitFor()
  await end(owner)
})

/** What each role is offered where it could do harm: nothing that it may not do. */
const offers: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ['auditor', 'Partners', [], ['New partner']],
  ['auditor', 'Prices', [], ['New rule', 'New rate']],
  ['auditor', 'Settlements', [], ['Enter bank details', 'Pay']],
  ['auditor', 'Audit log', [], []],
  ['support', 'Partners', ['New partner'], []],
  ['support', 'Money', [], ['Import a statement']],
  ['support', 'Stock', [], ['Import codes']],
  ['catalogue', 'Stock', ['Import codes'], []],
  ['catalogue', 'Partners', [], ['New partner']],
  ['finance', 'Money', ['Import a statement'], []],
  ['finance', 'Prices', ['New rule', 'New rate'], []],
  ['finance', 'Stock', [], ['Import codes']],
  ['owner', 'Wallets', ['Pay in', 'Withdraw'], []],
  ['owner', 'People', ['Invite'], []],
  ['developer', 'API keys', ['New key'], []],
  ['developer', 'Wallets', [], ['Pay in', 'Withdraw']],
  ['viewer', 'API keys', [], ['New key']],
  ['viewer', 'Vouchers', [], ['Send vouchers']],
  ['viewer', 'People', [], ['Invite']],
]

describe.each([...Map.groupBy(offers, ([role]) => role)])('%s', (role, pages) => {
  test('is offered what the role may do, and nothing else', async () => {
    const isMember = ['owner', 'developer', 'viewer'].includes(role)
    const opened = await open(await (isMember ? member(role) : operator(role)))
    for (const [, name, there, absent] of pages) {
      await go(opened.page, name)
      const buttons = await buttonsOf(opened.page)
      expect([name, ...there.filter((one) => !buttons.includes(one))]).toEqual([name])
      expect([name, ...absent.filter((one) => buttons.includes(one))]).toEqual([name])
    }
    await end(opened)
  })
})
