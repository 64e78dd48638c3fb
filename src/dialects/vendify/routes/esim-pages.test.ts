import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  desktop,
  findBarriers,
  measureOverflow,
  openBrowser,
  phone,
  takePicture,
} from '../../../../test/browser.ts'
import { at, createVendifyWorld } from '../../../../test/vendify-world.ts'
import type { VendifyAnswer, VendifyWorld } from '../../../../test/vendify-world.ts'
import { sql } from '../../../platform/database.ts'

let world: VendifyWorld
let order: VendifyAnswer
const browser = await openBrowser()

beforeAll(async () => {
  world = await createVendifyWorld({ fulfils: true })
  await world.supply('ESIM-1GB', 'esim-sandbox')
  const reseller = await world.reseller()
  order = await reseller.post('/orders', { productId: world.id('ESIM-1GB'), faceValue: 7.2 })
})

const link = (field: string): string => String(at(order, `response.${field}`))

/** A page as a buyer's phone, or a screen, shows it: accessible, nothing to scroll sideways, nothing that it loads or runs is refused. */
async function look(url: string, name: string, options = phone): Promise<Page> {
  const context = await browser.newContext(options)
  afterAll(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
  await page.goto(url)
  expect(complaints.filter((text) => !text.includes('status of'))).toEqual([])
  expect(await findBarriers(page), name).toEqual([])
  expect(await measureOverflow(page), name).toBe(0)
  await takePicture(page, `vendify-esim-${name}`)
  return page
}

const small = { ...phone, viewport: { width: 320, height: 568 } }
const widths = [
  ['phone', phone],
  ['small-phone', small],
  ['desktop', desktop as typeof phone],
] as const

describe.each(widths)('on a %s', (name, options) => {
  test('an eSIM is installed by a button, or by hand with its code', async () => {
    const page = await look(link('androidInstallUrl'), `setup-${name}`, options)
    await page.getByRole('heading', { level: 1, name: 'Install your eSIM' }).waitFor()
    const target = await page.getByRole('link', { name: 'Install it on this phone' }).getAttribute('href')
    expect(new URL(target ?? '').searchParams.get('carddata')).toBe(link('qrCodeData'))
    expect(await page.locator('pre').textContent()).toBe(link('qrCodeData'))
    const [, server = '', code = ''] = link('qrCodeData').split('$')
    const fields = await page.locator('dd').allTextContents()
    expect(fields).toEqual([server, code])
  })

  test('what is left of its data is shown, and what was used of each package', async () => {
    const page = await look(link('eSimDataUsageUrl'), `balance-${name}`, options)
    await page.getByRole('heading', { level: 1, name: 'Your data' }).waitFor()
    const text = await page.locator('main').innerText()
    expect(text).toContain('of 1.00 GB')
    expect(text).toContain('0.00 of 1.00 GB used')
    expect(text).toContain(link('voucherCode').replaceAll(' ', ''))
    expect(await page.getByRole('meter').getAttribute('max')).toBe('1.00')
  })

  test('a link that is not whole is told so in words', async () => {
    const broken = link('eSimDataUsageUrl').replace(/key=.{8}/, 'key=00000000')
    const page = await look(broken, `lost-${name}`, options)
    await page.getByRole('heading', { level: 1, name: 'This link does not work' }).waitFor()
  })
})

test('a card with markup in it stays text', async () => {
  const card = 'LPA:1$rsp.example.com$"><img/src=x>'
  const url = `${world.app.services.publicUrl}/vendify/esim/setup?card=${encodeURIComponent(card)}`
  const answer = await fetch(url)
  expect(await answer.text()).not.toContain('<img')
})

test('a supplier that does not tell is no dead end', async () => {
  // The simulated supplier of everything else knows no eSIMs.
  await world.supply('MTN-ANY', 'sandbox')
  await world.app.services.database.query(
    sql`update esims set supplier_id = (select id from suppliers where connector = 'sandbox')`,
  )
  const answer = await fetch(link('eSimDataUsageUrl'))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
  const page = await look(link('eSimDataUsageUrl'), 'not-now')
  await page.getByRole('heading', { level: 1, name: 'Not now' }).waitFor()
})

test('links begin with the configured address, whatever host a request names', async () => {
  const reseller = await world.reseller()
  const reference = String(at(order, 'response.transactionReference'))
  const { publicUrl } = world.app.services
  expect(link('androidInstallUrl').startsWith(`${publicUrl}/vendify/esim/setup?card=`)).toBe(true)
  const stranger = await reseller.get(`/order/status?transactionReference=${reference}`)
  expect(stranger.status).toBe(404)
})
