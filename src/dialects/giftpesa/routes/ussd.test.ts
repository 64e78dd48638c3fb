import { describe, expect, test } from 'vitest'
import { proveBooks } from '../../../../test/books.ts'
import { createGiftpesaWorld } from '../../../../test/giftpesa-world.ts'
import { messagesTo } from '../../../../test/messages.ts'
import { ussdGateway } from '../../../../test/ussd-gateway.ts'
import { owedTo, shilling } from '../../../../test/voucher-world.ts'
import { revokeGateway } from '../../../core/holders/gateway-keys.ts'
import { sql } from '../../../platform/database.ts'
import type { GatewayId } from '../../../values/ids.ts'

const world = await createGiftpesaWorld()
const { database, keyRing } = world.app.services
const { baseUrl } = world.app
const gateway = await ussdGateway(database)

let made = 0

/** A telephone with a voucher, and what it sees. */
async function telephone(shillings: bigint, changes: Record<string, unknown> = {}) {
  const phone = `+2547${String(20_000_000 + ++made)}`
  if (shillings > 0n)
    await world.vouchers.voucher(await world.vouchers.company(10_000n), shillings, { phone, ...changes })
  let sessions = 0
  const dial = () => {
    sessions += 1
    const session = `AT-${phone}-${sessions}`
    return (text: string) => gateway.step(baseUrl, { session, phone, text })
  }
  const codes = async () =>
    (await messagesTo(database, keyRing, phone, 'payment_code')).map((text) => text.slice(0, 6))
  return { phone, dial, codes }
}

describe('the menu', () => {
  test('tells what there is to spend', async () => {
    const rich = (await telephone(1_500n)).dial()
    expect(await rich('')).toBe('CON Your vouchers\n1. What I can spend\n2. Pay at a till\n3. Enter my code')
    expect(await rich('1')).toMatch(
      /^END You can spend KES 1,500 of 1 voucher\. The first ends on \d+ \w+ \d{4}\.$/,
    )
    const poor = (await telephone(0n)).dial()
    expect(await poor('1')).toBe('END There is nothing to spend on this number.')
  })

  test('pays at a till with the code that it sends, once, however often a step comes', async () => {
    const { phone, dial, codes } = await telephone(70n)
    const owed = await owedTo(database, 'naivas')
    const type = dial()
    expect(await type('2')).toBe('CON Enter the number of the till:')
    expect(await type('2*123456')).toBe('CON Naivas - Eastgate\nEnter the amount in KES:')
    expect(await type('2*123456*45.5')).toBe('CON Pay KES 45.50 at Naivas - Eastgate?\n1. Yes\n2. No')
    const sent = await Promise.all(Array.from({ length: 8 }, () => type('2*123456*45.5*1')))
    expect(new Set(sent)).toEqual(
      new Set(['CON We send you a code by SMS. Enter it here, or dial again and choose 3:']),
    )
    const texts = await messagesTo(database, keyRing, phone, 'payment_code')
    expect(texts).toEqual([
      expect.stringMatching(
        /^\d{6} pays KES 45\.5 at Naivas - Eastgate\. Valid for 5 minutes\. Tell it to nobody\.$/,
      ),
    ])
    expect(await owedTo(database, 'naivas')).toBe(owed)
    const [code = ''] = await codes()
    const paid = await Promise.all(Array.from({ length: 32 }, () => type(`2*123456*45.5*1*${code}`)))
    expect(new Set(paid).size).toBe(1)
    expect(paid[0]).toMatch(/^END Paid KES 45\.50 at Naivas\. Receipt [0-9A-Z]{8}, transaction [A-Z]\d{7}\.$/)
    expect(await owedTo(database, 'naivas')).toBe(owed + 45_500_000n)
    const rows = await database.query(sql`select mode, amount from redemptions where phone = ${phone}`)
    expect(rows).toEqual([{ mode: 'ussd', amount: 45_500_000n }])
    await proveBooks(database)
  })

  test('takes the code in a session of its own, where the first one has ended', async () => {
    const { dial, codes } = await telephone(70n)
    await dial()('2*123456*70*1')
    const type = dial()
    expect(await type('3')).toBe('CON Enter the code that we sent you:')
    expect(await type(`3*${(await codes())[0]}`)).toContain('END Paid KES 70 at Naivas.')
  })

  test('knows the newest code alone', async () => {
    const { phone, dial, codes } = await telephone(70n)
    await dial()('2*123456*10*1')
    await dial()('2*654321*20*1')
    const [first, second] = await codes()
    if (first !== second) expect(await dial()(`3*${first}`)).toBe('END The code is wrong, or has ended.')
    expect(await dial()(`3*${second}`)).toContain('END Paid KES 20 at Quickmart.')
    const rows = await database.query(sql`select amount from redemptions where phone = ${phone}`)
    expect(rows).toEqual([{ amount: 20n * shilling }])
  })

  test.each([
    ['2*999999', 'END There is no till with this number.'],
    ['2*123456*70.01', 'END Your vouchers are not worth that much there.'],
    ['2*123456*70.01*1', 'END Your vouchers are not worth that much there.'],
    ['2*654321*1', 'END Your vouchers are not worth that much there.'],
    ['2*123456*nothing', 'END That is no amount. Nothing was paid.'],
    ['2*123456*70*2', 'END Nothing was paid.'],
    ['2*123456*70*1*000000', 'END The code is wrong, or has ended.'],
    ['3*abcdef', 'END The code is wrong, or has ended.'],
    ['9', 'END There is no such choice. Please dial again.'],
  ])('%s ends with %j, and nothing moves', async (text, says) => {
    const { phone, dial } = await telephone(70n, { merchants: ['naivas'] })
    expect(await dial()(text)).toBe(says)
    expect(await database.query(sql`select from redemptions where phone = ${phone}`)).toEqual([])
    expect(await database.query(sql`select from messages where recipient = ${phone}`)).toEqual([])
  })

  test('refuses a code that has ended, five wrong ones, and the sixth code within an hour', async () => {
    const late = await telephone(70n)
    await late.dial()('2*123456*70*1')
    await database.query(
      sql`update one_time_codes set expires_at = clock_timestamp() where phone = ${late.phone}`,
    )
    expect(await late.dial()(`3*${(await late.codes())[0]}`)).toBe('END The code is wrong, or has ended.')

    const guesser = await telephone(70n)
    await guesser.dial()('2*123456*70*1')
    const [code = ''] = await guesser.codes()
    for (let guess = 0; guess < 5; guess += 1)
      expect(await guesser.dial()(`3*${code === '000000' ? '000001' : '000000'}`)).toContain('wrong')
    expect(await guesser.dial()(`3*${code}`)).toBe(
      'END That was tried too often. Please try again in an hour.',
    )

    const asker = await telephone(70n)
    for (let ask = 0; ask < 5; ask += 1) expect(await asker.dial()('2*123456*1*1')).toContain('CON')
    expect(await asker.dial()('2*123456*1*1')).toContain('END That was tried too often.')
    expect(await asker.codes()).toHaveLength(5)
  })

  test("opens nothing with the code of another's telephone, or with one for the page", async () => {
    const [one, other] = [await telephone(70n), await telephone(70n)]
    await one.dial()('2*123456*70*1')
    await other.dial()('2*123456*70*1')
    const [[code], [foreign]] = [await one.codes(), await other.codes()]
    if (code !== foreign) expect(await one.dial()(`3*${foreign}`)).toContain('wrong')
    expect(await database.query(sql`select from redemptions where phone = ${one.phone}`)).toEqual([])
  })

  test('speaks Russian for a gateway that does, and to Kenyan telephones alone', async () => {
    const russian = await ussdGateway(database, 'ru')
    const step = { session: 'R-1', phone: '+254700000001', text: '' }
    expect(await russian.step(baseUrl, step)).toContain('CON Ваши ваучеры')
    expect(await gateway.step(baseUrl, { ...step, phone: '+447911123456' })).toBe(
      'END Vouchers are for Kenyan numbers.',
    )
  })
})

describe('a gateway', () => {
  const form = { sessionId: 'S-1', phoneNumber: '+254712345678', text: '' }
  const post = (query: string, headers: Record<string, string> = {}, body: Record<string, string> = form) =>
    fetch(`${baseUrl}/giftpesa/ussd${query}`, { method: 'POST', headers, body: new URLSearchParams(body) })

  test('is let in by its key, in a header or in the address, until that is revoked', async () => {
    const passing = await ussdGateway(database)
    const header = { authorization: `Bearer ${passing.key}` }
    expect((await post('', header)).status).toBe(200)
    expect((await post(`?key=${passing.key}`)).status).toBe(200)
    await database.inTransaction((tx) => revokeGateway(tx, { id: passing.id as GatewayId, actor: 'test' }))
    expect((await post('', header)).status).toBe(401)
    await expect(
      database.inTransaction((tx) => revokeGateway(tx, { id: passing.id as GatewayId, actor: 'test' })),
    ).rejects.toMatchObject({ code: 'gateway_not_found' })
    const audited = await database.query(
      sql`select action from audit_log where subject = ${passing.id} order by id`,
    )
    expect(audited).toEqual([{ action: 'ussd_gateway.created' }, { action: 'ussd_gateway.revoked' }])
  })

  test('without the right key is refused before its body is looked at', async () => {
    const company = await world.company(10n)
    for (const [query, headers] of [
      ['', {}],
      ['?key=', {}],
      ['?key=ussd_nobody', {}],
      ['', { authorization: 'Bearer ussd_nobody' }],
      ['', { authorization: `Bearer ${company.token}` }],
      ['', { authorization: 'Basic abc' }],
    ] as const) {
      const answer = await post(query, headers, { phoneNumber: '' })
      expect(answer.status, query).toBe(401)
      expect(await answer.json()).toMatchObject({ Error: { Code: 401 } })
    }
  })

  test.each([
    ['no session', { sessionId: '' }],
    ['a session without end', { sessionId: 'x'.repeat(201) }],
    ['no telephone', { phoneNumber: '' }],
    ['a text longer than a screen', { text: '1'.repeat(183) }],
  ])('with %s is told what is wrong', async (_, changes) => {
    const answer = await post(`?key=${gateway.key}`, {}, { ...form, ...changes })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ Error: { Code: 400 } })
  })

  test('leaves neither its key nor a code in the API log', async () => {
    const { phone, dial, codes } = await telephone(70n)
    await dial()('2*123456*70*1')
    const [code = ''] = await codes()
    await dial()(`3*${code}`)
    await world.app.callLog.flush()
    const rows = await database.query<{ row: string }>(
      sql`select to_jsonb(c)::text as row from api_calls c where c.request::text like ${`%${phone.slice(1)}%`}`,
    )
    expect(rows).toHaveLength(2)
    for (const { row } of rows) {
      expect(row).not.toContain(gateway.key)
      expect(row).not.toContain(code)
    }
  })
})
