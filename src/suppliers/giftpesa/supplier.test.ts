import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGiftpesaWorld } from '../../../test/giftpesa-world.ts'
import type { GiftpesaClient, GiftpesaWorld } from '../../../test/giftpesa-world.ts'
import { settingsOfCompany } from '../../../test/supplier-subjects.ts'
import { currency, unit } from '../../../test/world.ts'
import type { Purchase, Supplier } from '../../core/fulfilment/supplier.ts'
import { revokeCredential } from '../../core/partners/revoke-credential.ts'
import { sql } from '../../platform/database.ts'
import { openHttpClient } from '../../platform/http.ts'
import type { CredentialId } from '../../values/ids.ts'
import { giftpesa } from './supplier.ts'

/** Against the dialect of this repository: what goes out is what it takes, and what it says means what stands here. */

const http = openHttpClient({ allowLoopback: true })
const terms = { timeoutMs: 5_000, mayStillSend: () => true }
let world: GiftpesaWorld
let company: GiftpesaClient
let supplier: Supplier

beforeAll(async () => {
  world = await createGiftpesaWorld()
  company = await world.company(100_000n, ['codes:read'])
  supplier = openAs(company)
})
afterAll(() => http.close())

function openAs({ credential }: GiftpesaClient, changes: object = {}, now?: () => number): Supplier {
  const settings = { ...settingsOfCompany(world.app.baseUrl, credential), ...changes }
  return giftpesa.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0, now })
}

function purchase(changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode: 'any',
    quantity: 1,
    faceValue: 100n * unit,
    currency: currency('KES'),
    isOpenAmount: true,
    recipient: { phone: '0712 345 678' },
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
    ...changes,
  }
}

/** Bought, and asked for until it has ended. */
async function bring(bought: Purchase, from: Supplier = supplier) {
  const first = await from.buy(bought, terms)
  expect(['pending', 'delivered']).toContain(first.state)
  await expect.poll(async () => (await from.inquire?.(bought, terms))?.state).toBe('delivered')
  return from.inquire?.(bought, terms)
}

async function disbursements(reference: string) {
  return world.app.services.database.query(sql`
    select d.merchants, d.is_silent as "isSilent", v.phone, v.holder, v.amount
    from disbursements d join vouchers v on v.disbursement_id = d.id where d.external_id = ${reference}`)
}

async function messagesTo(phone: string): Promise<number> {
  const rows = await world.app.services.database.query(
    sql`select id from messages where recipient = ${phone}`,
  )
  return rows.length
}

describe('a purchase', () => {
  test('is a disbursement, whose codes and cost come with it, however often it is sent and asked for', async () => {
    const bought = purchase({
      quantity: 2,
      productCode: 'merchant:naivas',
      recipient: { phone: '+254712000001', name: 'Jane Doe' },
    })
    const answer = await bring(bought)
    expect(answer).toEqual({
      state: 'delivered',
      goods: [
        { kind: 'code', code: expect.stringMatching(/^[0-9A-Z]{11}$/) },
        { kind: 'code', code: expect.stringMatching(/^[0-9A-Z]{11}$/) },
      ],
      // 22.5 for each recipient.
      cost: { amount: 245n * unit, currency: 'KES' },
      supplierReference: expect.stringMatching(/^[A-Z]\d{7}$/),
    })
    const again = await Promise.all([2, 3, 4].map((tries) => supplier.buy({ ...bought, tries }, terms)))
    expect(again).toEqual([answer, answer, answer])
    const voucher = {
      merchants: ['naivas'],
      isSilent: false,
      phone: '+254712000001',
      holder: 'Jane Doe',
      amount: 100n * unit,
    }
    expect(await disbursements(bought.reference)).toEqual([voucher, voucher])
  })

  test('is pending until its vouchers are issued', async () => {
    const bought = purchase({ quantity: 1_000, faceValue: unit })
    expect(await supplier.buy(bought, terms)).toEqual({
      state: 'pending',
      detail: 'The disbursement is accepted.',
    })
    const answer = await bring(bought)
    expect(answer?.state === 'delivered' && answer.goods.length).toBe(1_000)
  })

  test('whose codes our key may not see is on the telephone, and says where to ask for it', async () => {
    const blind = openAs(await world.company(1_000n))
    expect(await bring(purchase({ quantity: 2 }), blind)).toMatchObject({
      goods: Array.from({ length: 2 }, () => ({
        kind: 'receipt',
        status: 'success',
        operatorReference: expect.stringMatching(/^[A-Z]\d{7}$/),
      })),
    })
  })

  test('tells its recipient, or leaves that to us', async () => {
    await bring(purchase({ recipient: { phone: '+254712000002' } }))
    expect(await messagesTo('+254712000002')).toBe(1)
    await bring(purchase({ recipient: { phone: '+254712000003' } }), openAs(company, { notifies: 'no' }))
    expect(await messagesTo('+254712000003')).toBe(0)
  })

  test('that never arrived is not found', async () => {
    expect(await supplier.inquire?.(purchase(), terms)).toMatchObject({ state: 'not_found' })
  })

  test.each([
    [purchase({ productCode: 'NAIVAS' }), 'product_unavailable'],
    [purchase({ productCode: 'merchant:nobody' }), 'product_unavailable'],
    [purchase({ currency: currency('USD') }), 'product_unavailable'],
    [purchase({ recipient: {} }), 'invalid_recipient'],
    [purchase({ recipient: { phone: '+256712345678' } }), 'invalid_recipient'],
    [purchase({ quantity: 1_001 }), 'limit_exceeded'],
    [purchase({ faceValue: 9_000_000_000_000n * unit, quantity: 2 }), 'limit_exceeded'],
    [purchase({ faceValue: 200_000n * unit }), 'insufficient_funds_at_supplier'],
  ])('%# is refused with its reason, and nothing is sent', async (bought, reason) => {
    expect(await supplier.buy(bought, terms)).toMatchObject({ state: 'refused', reason })
    expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
    expect(await supplier.buy({ ...bought, tries: 2 }, terms)).toMatchObject({ state: 'refused', reason })
  })

  test('that means something else under its reference is never taken for a refusal', async () => {
    const bought = purchase()
    await bring(bought)
    const other = { ...bought, tries: 2, faceValue: 101n * unit }
    expect(await supplier.buy(other, terms)).toMatchObject({
      state: 'unknown',
      detail: '400 DisbursementID already used',
    })
    expect(await supplier.inquire?.(other, terms)).toMatchObject({ state: 'unknown' })
  })
})

describe('the token', () => {
  const tokens = (): Promise<{ id: CredentialId }[]> =>
    world.app.services.database.query<{ id: CredentialId }>(sql`
      select id from credentials where partner_id = ${company.partnerId} and parent_id is not null order by id`)

  test('is asked for once, however many come at once, and again before it ends', async () => {
    let nowMs = Date.now()
    const fresh = openAs(company, {}, () => nowMs)
    const before = (await tokens()).length
    const answers = await Promise.all(Array.from({ length: 8 }, () => bring(purchase(), fresh)))
    expect(answers.every((answer) => answer?.state === 'delivered')).toBe(true)
    expect(await tokens()).toHaveLength(before + 1)
    nowMs += 55 * 60_000
    // Its clock is ahead of the other side’s, which takes no stamp of another time: that is told, and nothing is sent.
    const bought = purchase()
    expect(await fresh.buy(bought, terms)).toMatchObject({
      state: 'busy',
      detail: expect.stringContaining('An operator must look'),
    })
    nowMs = Date.now() + 60_000
    expect(await bring(bought, fresh)).toMatchObject({ state: 'delivered' })
    expect(await tokens()).toHaveLength(before + 2)
  })

  test('that is taken no more is replaced, and the call goes out again', async () => {
    const fresh = openAs(company)
    await fresh.inquire?.(purchase(), terms)
    const { database } = world.app.services
    const ids = (await tokens()).map(({ id }) => id)
    for (const credentialId of ids)
      await database.inTransaction((tx) =>
        revokeCredential(tx, { partnerId: company.partnerId, credentialId, actor: 'test' }),
      )
    expect(await bring(purchase(), fresh)).toMatchObject({ state: 'delivered' })
  })

  test('that nobody gives is for an operator to mend, and nothing was sent', async () => {
    const other = await world.company(0n)
    const bought = purchase()
    for (const changes of [
      { username: 'nobody' },
      { apiKey: 'another' },
      { certificate: other.credential.encryptionKey },
    ]) {
      const stranger = openAs(company, changes)
      expect(await stranger.buy(bought, terms)).toMatchObject({
        state: 'busy',
        detail: expect.stringContaining('An operator must look'),
      })
      expect(await stranger.inquire?.(bought, terms)).toMatchObject({ state: 'unknown' })
      await expect(stranger.listProducts?.(undefined, terms)).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(await supplier.inquire?.(bought, terms)).toMatchObject({ state: 'not_found' })
  })
})

test('the list has a product for every merchant, and one for all of them', async () => {
  const list = await supplier.listProducts?.(undefined, terms)
  expect(list?.nextCursor).toBeUndefined()
  expect(list?.products.map(({ productCode, name }) => [productCode, name])).toEqual([
    ['any', 'Voucher for every merchant'],
    ['merchant:naivas', 'Voucher for Naivas'],
    ['merchant:quickmart', 'Voucher for Quickmart'],
  ])
})
