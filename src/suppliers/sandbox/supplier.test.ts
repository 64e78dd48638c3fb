import { describe, expect, test } from 'vitest'
import { currency } from '../../../test/world.ts'
import { listSandboxOutcomes } from '../../core/demo/list-sandbox-outcomes.ts'
import type { Purchase, Supplier, SupplierProduct } from '../../core/fulfilment/supplier.ts'
import { openHttpClient } from '../../platform/http.ts'
import { sandbox } from './supplier.ts'

const http = openHttpClient({ allowLoopback: true })
const firstSentAtMs = Date.UTC(2026, 0, 15)
const terms = { timeoutMs: 1_000, mayStillSend: () => true }

function openAt(afterMs: number): Supplier {
  return sandbox.open(
    {},
    { http, environment: 'sandbox', sandboxDelayMs: 3_000, now: () => firstSentAtMs + afterMs },
  )
}

function purchase(changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: '0199a1b2-0000-7000-8000-000000000001',
    productCode: 'GC-APPLE-US-25',
    quantity: 3,
    faceValue: 25_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs,
    askedAtMs: firstSentAtMs,
    tries: 1,
    ...changes,
  }
}

const outcome = (ending: string): Purchase => purchase({ productCode: `SANDBOX-GIFTCARD-${ending}` })
const toPhone = (phone: string): Purchase => purchase({ quantity: 1, recipient: { phone } })

/** What each ending and each number provokes: at once, to a question, after the delay to a question, at a second try. */
const expected = {
  'success-at-once': ['delivered', 'delivered', 'delivered', 'delivered'],
  'pending-success': ['pending', 'pending', 'delivered', 'delivered'],
  'pending-failure': ['pending', 'pending', 'rejected', 'rejected'],
  'invalid-recipient': Array(4).fill('invalid_recipient'),
  'operator-unavailable': Array(4).fill('operator_unavailable'),
  'timeout-after': ['unknown', 'delivered', 'delivered', 'delivered'],
  'timeout-before': ['unknown', 'not_found', 'not_found', 'operator_unavailable'],
  'pending-for-ever': Array(4).fill('pending'),
  'account-not-found': Array(4).fill('invalid_recipient'),
  partial: Array(4).fill('delivered'),
  'out-of-stock': Array(4).fill('out_of_stock'),
} as const satisfies Record<string, readonly string[]>

const numbers = [
  ['+254700000100', 'success-at-once'],
  ['+254700000901', 'pending-success'],
  ['+254700000902', 'pending-failure'],
  ['+254700000903', 'invalid-recipient'],
  ['+254700000904', 'operator-unavailable'],
  ['+254700000905', 'timeout-after'],
  ['+254700000906', 'timeout-before'],
  ['+254 700 000-907', 'pending-for-ever'],
  ['+254700000908', 'account-not-found'],
] as const

async function courseOf(bought: Purchase): Promise<string[]> {
  const answers = [
    await openAt(0).buy(bought, terms),
    await openAt(2_999).inquire?.(bought, terms),
    await openAt(3_000).inquire?.(bought, terms),
    await openAt(3_000).buy({ ...bought, tries: 2 }, terms),
  ]
  return answers.map((answer) =>
    answer?.state === 'refused' ? answer.reason : (answer?.state ?? 'no answer'),
  )
}

test.each(Object.entries(expected))('the ending %s has its outcome', async (ending, course) => {
  expect(await courseOf(outcome(ending.toUpperCase()))).toEqual(course)
})

test('every ending that the demo sells is known here', () => {
  const codes = listSandboxOutcomes().flatMap(({ skus }) => skus.map(({ code }) => code))
  const endings = new Set(codes.map((code) => code.replace(/^SANDBOX-[A-Z]+-/, '').toLowerCase()))
  expect([...endings].toSorted()).toEqual(Object.keys(expected).toSorted())
})

test.each(numbers)('the number %s provokes %s', async (phone, ending) => {
  expect(await courseOf(toPhone(phone))).toEqual(expected[ending])
})

test('the account decides, not the phone beside it', async () => {
  const bill = { account: '45021234567', phone: '+2348030000903' }
  expect((await openAt(0).buy(purchase({ recipient: bill }), terms)).state).toBe('delivered')
})

describe('what is delivered', () => {
  test('a repeat and a question bring the codes of the first answer', async () => {
    const first = await openAt(0).buy(purchase(), terms)
    expect(await openAt(86_400_000).buy(purchase({ tries: 2 }), terms)).toEqual(first)
    expect(await openAt(86_400_000).inquire?.(purchase(), terms)).toEqual(first)
  })

  test('looks like codes, none of them twice', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        openAt(0).buy(purchase({ reference: `reference-${number}`, quantity: 5 }), terms),
      ),
    )
    const goods = answers.flatMap((answer) => (answer.state === 'delivered' ? answer.goods : []))
    const codes = goods.map((one) => (one.kind === 'code' ? one.code : ''))
    expect(new Set(codes).size).toBe(1_000)
    for (const code of codes) expect(code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$/)
  })

  test('is a part of a partial order, and never nothing', async () => {
    const counts = [1, 2, 3, 10].map(async (quantity) => {
      const answer = await openAt(0).buy({ ...outcome('PARTIAL'), quantity }, terms)
      return answer.state === 'delivered' ? answer.goods.length : 0
    })
    expect(await Promise.all(counts)).toEqual([1, 1, 2, 6])
  })

  test('is a token for a prepaid meter, which is kept as a code is', async () => {
    const recipient = { account: '45021234567' }
    const bought = purchase({ productCode: 'EKEDC-PREPAID', quantity: 1, recipient })
    expect(await openAt(0).buy(bought, terms)).toMatchObject({
      state: 'delivered',
      goods: [{ kind: 'code', code: expect.stringMatching(/^(\d{4} ){4}\d{4}$/) }],
    })
  })

  test('is a receipt where somebody is credited', async () => {
    const recipient = { account: '45021234567' }
    const answer = await openAt(0).buy(
      purchase({ productCode: 'EKEDC-POSTPAID', quantity: 1, recipient }),
      terms,
    )
    expect(answer).toMatchObject({
      state: 'delivered',
      goods: [
        {
          kind: 'receipt',
          status: 'success',
          message: '25 USD were credited to 45021234567.',
          operatorReference: expect.stringMatching(/^SBX\d{10}$/),
        },
      ],
    })
  })
})

test('a withdrawn purchase is not delivered', async () => {
  const withdrawn = await openAt(0).buy(purchase(), { ...terms, mayStillSend: () => false })
  expect(withdrawn.state).toBe('busy')
})

test('validation finds every account but one that ends in 908', async () => {
  const validate = (recipient: Record<string, string>) =>
    openAt(0).validate?.({ productCode: 'EKEDC-PREPAID', recipient }, terms)
  expect(await validate({ account: '45021234567' })).toEqual({
    state: 'valid',
    name: 'Sandbox Customer 4567',
  })
  expect(await validate({ account: '45021234908' })).toMatchObject({ state: 'invalid' })
  expect(await validate({})).toMatchObject({ state: 'unknown' })
})

test('the list has all pages, and no product twice', async () => {
  const products: SupplierProduct[] = []
  let cursor: string | undefined
  do {
    const page = await openAt(0).listProducts?.(cursor, terms)
    products.push(...(page?.products ?? []))
    cursor = page?.nextCursor
  } while (cursor !== undefined)
  expect(products).toHaveLength(23)
  expect(new Set(products.map(({ productCode }) => productCode)).size).toBe(23)
})

test('a live installation has no sandbox supplier', () => {
  expect(() => sandbox.open({}, { http, environment: 'live', sandboxDelayMs: 3_000 })).toThrow('no value')
})
