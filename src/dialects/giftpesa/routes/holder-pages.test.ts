import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import {
  desktop,
  findBarriers,
  measureOverflow,
  openBrowser,
  phone as phoneSize,
  takePicture,
} from '../../../../test/browser.ts'
import { createGiftpesaWorld } from '../../../../test/giftpesa-world.ts'
import { holderBrowser } from '../../../../test/holder-page.ts'
import type { HolderBrowser } from '../../../../test/holder-page.ts'
import { messagesTo } from '../../../../test/messages.ts'
import { owedTo, shilling } from '../../../../test/voucher-world.ts'
import { sql } from '../../../platform/database.ts'
import { forgetHolders } from '../../../core/holders/forget-holders.ts'

const world = await createGiftpesaWorld()
const { database, keyRing } = world.app.services
const chromium = await openBrowser()

let made = 0
const nextPhone = () => `+2547${String(10_000_000 + ++made)}`

async function holder(shillings: bigint, changes: Record<string, unknown> = {}) {
  const phone = nextPhone()
  const issuer = await world.vouchers.company(10_000n)
  await world.vouchers.voucher(issuer, shillings, { phone, ...changes })
  return { phone, issuer }
}

async function codeOf(phone: string): Promise<string> {
  const texts = await messagesTo(database, keyRing, phone, 'holder_code')
  return /^\d{6}/.exec(texts.at(-1) ?? '')?.[0] ?? ''
}

/** A browser whose owner has shown that the telephone is his. */
async function signedIn(phone: string): Promise<HolderBrowser> {
  const browser = holderBrowser(world.app)
  const asked = await browser.send({ action: 'ask', phone })
  expect(asked.status).toBe(200)
  const fields = { action: 'open', phone, form: asked.hidden('form'), one_time_code: await codeOf(phone) }
  const opened = await browser.send(fields)
  expect(opened.status).toBe(303)
  return browser
}

describe('a code for the page', () => {
  test('is sent to a telephone that has something to spend, and to no other; both see the same page', async () => {
    const { phone } = await holder(70n)
    const poor = nextPhone()
    const browser = holderBrowser(world.app)
    const [rich, none] = [
      await browser.send({ action: 'ask', phone }),
      await browser.send({ action: 'ask', phone: poor }),
    ]
    const plain = (html: string, number: string) =>
      html.replaceAll(number, 'NUMBER').replaceAll(/value="[0-9a-z]{32}"/g, 'value="FORM"')
    expect(plain(none.html, poor)).toBe(plain(rich.html, phone))
    expect(await messagesTo(database, keyRing, phone)).toHaveLength(1)
    expect(await messagesTo(database, keyRing, poor)).toEqual([])
    expect(await codeOf(phone)).toMatch(/^\d{6}$/)
  })

  test('opens one session, however often it is sent, and only for the page that asked', async () => {
    const { phone } = await holder(70n)
    const browser = holderBrowser(world.app)
    const form = (await browser.send({ action: 'ask', phone })).hidden('form')
    const code = await codeOf(phone)
    const stranger = holderBrowser(world.app)
    const other = (await stranger.send({ action: 'ask', phone: nextPhone() })).hidden('form')
    for (const wrong of [other, '', 'x'.repeat(32)])
      expect((await stranger.send({ action: 'open', phone, form: wrong, one_time_code: code })).status).toBe(
        400,
      )
    const open = { action: 'open', phone, form, one_time_code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }
    const answers = await Promise.all(Array.from({ length: 16 }, () => holderBrowser(world.app).send(open)))
    const cookies = new Set(answers.map(({ headers }) => headers.get('set-cookie')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 303))
    expect(cookies.size).toBe(1)
    expect([...cookies][0]).toMatch(
      /^scrip_holder=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const [row] = await database.query(
      sql`select count(*) as sessions from holder_sessions where phone = ${phone}`,
    )
    expect(row).toEqual({ sessions: 1n })
  })

  test('that has ended opens nothing; the database says when', async () => {
    const { phone } = await holder(70n)
    const browser = holderBrowser(world.app)
    const form = (await browser.send({ action: 'ask', phone })).hidden('form')
    const code = await codeOf(phone)
    await database.query(sql`update one_time_codes set expires_at = clock_timestamp() where phone = ${phone}`)
    const late = await browser.send({ action: 'open', phone, form, one_time_code: code })
    expect(late.status).toBe(400)
    expect(late.html).toContain('The code is wrong, or has ended.')
  })

  test('five wrong ones end it for an hour, and the right one, too', async () => {
    const { phone } = await holder(70n)
    const browser = holderBrowser(world.app)
    const form = (await browser.send({ action: 'ask', phone })).hidden('form')
    const code = await codeOf(phone)
    const wrong = code === '000000' ? '000001' : '000000'
    const statuses: number[] = []
    for (let guess = 0; guess < 5; guess += 1)
      statuses.push((await browser.send({ action: 'open', phone, form, one_time_code: wrong })).status)
    expect(statuses).toEqual([400, 400, 400, 400, 400])
    const locked = await browser.send({ action: 'open', phone, form, one_time_code: code })
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(3_000)
  })

  test('is asked for five times an hour for a telephone, and thirty times from an address', async () => {
    const { phone } = await holder(70n)
    await database.query(sql`delete from redemption_failures where subject like 'ask-from:%'`)
    const browser = holderBrowser(world.app)
    const statuses: number[] = []
    for (let ask = 0; ask < 6; ask += 1) statuses.push((await browser.send({ action: 'ask', phone })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    expect(await messagesTo(database, keyRing, phone)).toHaveLength(5)
    // The refused one has counted nothing.
    const more: number[] = []
    for (let ask = 5; ask < 31; ask += 1)
      more.push((await browser.send({ action: 'ask', phone: nextPhone() })).status)
    expect(more.slice(0, 25)).toEqual(Array.from({ length: 25 }, () => 200))
    expect(more.at(-1)).toBe(429)
    await database.query(sql`delete from redemption_failures where subject like 'ask-from:%'`)
  })

  test('is kept as a keyed hash, masked in the API log, and forgotten a day later', async () => {
    const { phone } = await holder(70n)
    const browser = holderBrowser(world.app)
    const form = (await browser.send({ action: 'ask', phone })).hidden('form')
    const code = await codeOf(phone)
    await browser.send({ action: 'open', phone, form, one_time_code: code })
    await world.app.callLog.flush()
    const rows = await database.query<{ row: string }>(
      sql`select to_jsonb(c)::text as row from api_calls c where c.request::text like ${`%${phone.slice(1)}%`}`,
    )
    expect(rows.length).toBe(2)
    for (const { row } of rows) {
      expect(row).not.toContain(code)
      expect(row).not.toContain(form)
    }
    const stored = await database.query<{ row: string }>(
      sql`select to_jsonb(c)::text as row from one_time_codes c where phone = ${phone}`,
    )
    expect(stored[0]?.row).not.toContain(code)
    await database.query(
      sql`update one_time_codes set expires_at = now() - interval '25 hours' where phone = ${phone}`,
    )
    await database.query(
      sql`update holder_sessions set expires_at = now() - interval '25 hours' where phone = ${phone}`,
    )
    await database.query(
      sql`update redemption_failures set first_at = now() - interval '25 hours' where subject like ${`%${phone}`}`,
    )
    expect(await forgetHolders(database)).toBeGreaterThanOrEqual(3)
    expect(await database.query(sql`select from one_time_codes where phone = ${phone}`)).toEqual([])
  })
})

describe('a payment', () => {
  test('is reviewed, made once however often its button is pressed, and shown to the cashier', async () => {
    const { phone } = await holder(70n)
    const owed = await owedTo(database, 'naivas')
    const browser = await signedIn(phone)
    expect((await browser.open()).html).toContain('KES 70')
    const review = await browser.send({ action: 'review', till: '123456', amount: '45.50' })
    expect(review.status).toBe(200)
    expect(review.html).toContain('Eastgate')
    expect(await owedTo(database, 'naivas')).toBe(owed)
    const fields = {
      action: 'pay',
      till: review.hidden('till'),
      amount: review.hidden('amount'),
      form: review.hidden('form'),
    }
    const presses = await Promise.all(Array.from({ length: 64 }, () => browser.send(fields)))
    const places = new Set(presses.map(({ headers }) => headers.get('location')))
    expect(presses.map(({ status }) => status)).toEqual(Array.from({ length: 64 }, () => 303))
    expect(places.size).toBe(1)
    expect(await owedTo(database, 'naivas')).toBe(owed + 45_500_000n)
    const receipt = await browser.open([...places][0] ?? '')
    expect(receipt.html).toMatch(/<dd>[0-9A-Z]{8}<\/dd>/)
    expect((await browser.open()).html).toContain('KES 24.50')
    const [row] = await database.query(sql`select mode, name from redemptions where phone = ${phone}`)
    expect(row).toEqual({ mode: 'web', name: '' })
    await proveBooks(database)
  })

  test('of more than there is, at no till, of no amount: nothing is taken, and the page says why', async () => {
    const { phone } = await holder(70n, { merchants: ['quickmart'] })
    const browser = await signedIn(phone)
    for (const [till, amount, says] of [
      ['123456', '1', 'Your vouchers are not worth that much there.'],
      ['654321', '70.01', 'Your vouchers are not worth that much there.'],
      ['999999', '1', 'There is no till with this number.'],
      ['654321', '0', 'Enter an amount above zero.'],
      ['654321', '1e3', 'Enter an amount above zero.'],
      ['654321', '', 'Enter an amount above zero.'],
    ] as const) {
      const answer = await browser.send({ action: 'review', till, amount })
      expect([answer.status, answer.html.includes(says)], `${till} ${amount}`).toEqual([400, true])
    }
    // Whoever leaves the review out is refused by the vouchers themselves.
    const form = 'a'.repeat(16)
    expect((await browser.send({ action: 'pay', till: '123456', amount: '1', form })).status).toBe(400)
    expect((await browser.send({ action: 'pay', till: '654321', amount: '1', form: 'A' })).status).toBe(400)
    expect(await database.query(sql`select from redemptions where phone = ${phone}`)).toEqual([])
  })

  test('of one page is not another payment; another page is', async () => {
    const { phone } = await holder(70n)
    const browser = await signedIn(phone)
    const form = (await browser.send({ action: 'review', till: '123456', amount: '10' })).hidden('form')
    const pay = async (amount: string, of = form) =>
      (await browser.send({ action: 'pay', till: '123456', amount, form: of })).status
    expect(await pay('10')).toBe(303)
    expect(await pay('20')).toBe(400)
    const next = (await browser.send({ action: 'review', till: '123456', amount: '10' })).hidden('form')
    expect(await pay('10', next)).toBe(303)
    const rows = await database.query(sql`select amount from redemptions where phone = ${phone}`)
    expect(rows).toEqual([{ amount: 10n * shilling }, { amount: 10n * shilling }])
  })
})

describe('the page', () => {
  test('does nothing for another site, without a session, or after its end', async () => {
    const { phone } = await holder(70n)
    const browser = await signedIn(phone)
    const fields = { action: 'pay', till: '123456', amount: '1', form: 'b'.repeat(16) }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect((await browser.send(fields, headers)).status).toBe(403)
    for (const action of ['review', 'pay'])
      expect((await holderBrowser(world.app).send({ ...fields, action })).status).toBe(401)
    const taken = browser.cookie
    expect((await browser.send({ action: 'leave' })).status).toBe(303)
    browser.cookie = taken
    expect((await browser.send(fields)).status).toBe(401)
    expect((await browser.open()).html).toContain('Spend your vouchers')
    expect(await database.query(sql`select from redemptions where phone = ${phone}`)).toEqual([])
  })

  test("shows nobody another telephone's receipt", async () => {
    const [mine, other] = [await holder(70n), await holder(70n)]
    const browser = await signedIn(mine.phone)
    const form = (await browser.send({ action: 'review', till: '123456', amount: '10' })).hidden('form')
    const paid = await browser.send({ action: 'pay', till: '123456', amount: '10', form })
    const place = paid.headers.get('location') ?? ''
    const stranger = await signedIn(other.phone)
    expect((await stranger.open(place)).status).toBe(404)
    expect((await stranger.open('?receipt=NOSUCH00')).status).toBe(404)
    expect((await browser.open(place)).status).toBe(200)
  })

  test.each([
    ['no telephone', { action: 'ask', phone: '12' }, 400],
    ['a foreign telephone', { action: 'ask', phone: '+447911123456' }, 400],
    ['an act that is none', { action: 'steal' }, 400],
    ['no act', {}, 400],
    ['a code for no telephone', { action: 'open', one_time_code: '123456' }, 400],
    ['letters for a code', { action: 'open', phone: '0712345678', one_time_code: 'abcdef' }, 400],
    ['a NUL', { action: 'ask', phone: '07123\u000045678' }, 400],
  ] as const)('answers %s with a page', async (_, fields, status) => {
    const answer = await holderBrowser(world.app).send(fields)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.html).toContain('<!doctype html>')
  })

  test('speaks Russian to whoever prefers it', async () => {
    const browser = holderBrowser(world.app)
    expect((await browser.open('', { 'accept-language': 'ru-RU,ru;q=0.9' })).html).toContain('Номер телефона')
    expect((await browser.open('?lang=ru')).html).toContain('lang="ru"')
    expect((await browser.open('?lang=xx')).html).toContain('Telephone number')
  })

  test('works in a real browser, on a telephone and on a desk, and has no barriers', async () => {
    for (const [name, size] of [
      ['phone', phoneSize],
      ['desktop', desktop],
    ] as const) {
      const { phone, issuer } = await holder(1_500n)
      await world.vouchers.voucher(issuer, 80n, { phone, merchants: ['naivas'] })
      const context = await chromium.newContext(size)
      const page = await context.newPage()
      const inspect = async (step: string) => {
        expect(await findBarriers(page), step).toEqual([])
        expect(await measureOverflow(page), step).toBe(0)
        await takePicture(page, `holder-${step}-${name}`)
      }
      await page.goto(`${world.app.baseUrl}/giftpesa/pay`)
      await inspect('start')
      await page.getByLabel('Telephone number').fill('0712')
      await page.getByRole('button', { name: 'Send me a code' }).click()
      await inspect('problem')
      await page.getByLabel('Telephone number').fill(phone)
      await page.getByRole('button', { name: 'Send me a code' }).click()
      await inspect('code')
      await page.getByLabel('Code from the SMS').fill(await codeOf(phone))
      await page.getByRole('button', { name: 'Show my vouchers' }).click()
      await page.getByText('only at naivas').waitFor()
      await inspect('purse')
      await page.getByLabel('Number of the till').fill('123456')
      await page.getByLabel('Amount in KES').fill('90')
      await page.getByRole('button', { name: 'Go on' }).click()
      await inspect('review')
      await page.getByRole('button', { name: 'Pay KES 90' }).click()
      await page.getByText('Show this to the cashier.').waitFor()
      await inspect('receipt')
      await page.getByRole('button', { name: 'Finish' }).click()
      await page.getByLabel('Telephone number').waitFor()
      await context.close()
    }
    await proveBooks(database)
  }, 60_000)
})
