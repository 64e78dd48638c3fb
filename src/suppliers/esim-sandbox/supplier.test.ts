import { describe, expect, test } from 'vitest'
import { currency } from '../../../test/world.ts'
import { esimCountries, esimRegions } from '../../core/demo/data/esims.ts'
import { listSandboxOutcomes } from '../../core/demo/list-sandbox-outcomes.ts'
import type { EsimInQuestion, EsimStatus, Goods, Purchase, Supplier } from '../../core/fulfilment/supplier.ts'
import { openHttpClient } from '../../platform/http.ts'
import { esimSandbox } from './supplier.ts'

const http = openHttpClient({ allowLoopback: true })
const boughtAtMs = Date.UTC(2026, 0, 15)
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const terms = { timeoutMs: 1_000, mayStillSend: () => true }

function openAt(afterMs: number): Supplier {
  return esimSandbox.open(
    {},
    { http, environment: 'sandbox', sandboxDelayMs: 3_000, now: () => boughtAtMs + afterMs },
  )
}

function purchase(changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: '0199a1b2-0000-7000-8000-000000000001',
    productCode: 'ES-EUROPE-10GB-30D',
    quantity: 3,
    faceValue: 16_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: boughtAtMs,
    askedAtMs: boughtAtMs,
    tries: 1,
    ...changes,
  }
}

async function goodsOf(bought: Purchase): Promise<readonly Goods[]> {
  const answer = await openAt(0).buy(bought, terms)
  return answer.state === 'delivered' ? answer.goods : []
}

async function iccidOf(reference: string): Promise<string> {
  const [first] = await goodsOf(purchase({ reference, quantity: 1 }))
  return first?.kind === 'esim' ? first.iccid : ''
}

/** Luhn's rule, written another way than the code that is tested. */
function isLuhn(digits: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
  const values = Array.from(digits, Number)
    .toReversed()
    .map((digit, place) => (place % 2 === 1 ? (doubled[digit] ?? 0) : digit))
  return values.reduce((sum, value) => sum + value, 0) % 10 === 0
}

describe('an eSIM', () => {
  test('has a number of 19 digits with its check digit, and an activation code; none comes twice', async () => {
    const bought = Array.from({ length: 500 }, (_, number) =>
      goodsOf(purchase({ reference: `reference-${number}`, quantity: 2 })),
    )
    const goods = (await Promise.all(bought)).flat()
    const iccids = goods.map((one) => (one.kind === 'esim' ? one.iccid : ''))
    const lpas = goods.map((one) => (one.kind === 'esim' ? one.lpa : ''))
    expect([new Set(iccids).size, new Set(lpas).size]).toEqual([1_000, 1_000])
    for (const iccid of iccids)
      expect([iccid.slice(0, 4), iccid.length, isLuhn(iccid)]).toEqual(['8944', 19, true])
    for (const lpa of lpas)
      expect(lpa).toMatch(/^LPA:1\$smdp\.sandbox\.example\$([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$/)
  })

  test('is the same one at a repeat and to a question', async () => {
    const first = await openAt(0).buy(purchase(), terms)
    expect(await openAt(dayMs).buy(purchase({ tries: 2 }), terms)).toEqual(first)
    expect(await openAt(dayMs).inquire?.(purchase(), terms)).toEqual(first)
  })
})

/** At once, to a question, after the delay to a question, at a second try. */
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

test.each(Object.entries(expected))(
  'the ending %s has its outcome, in a top-up too',
  async (ending, course) => {
    const bought = purchase({ productCode: `SANDBOX-ESIM-${ending.toUpperCase()}` })
    expect(await courseOf(bought, 'buy')).toEqual(course)
    const topUp = { ...bought, quantity: 1, recipient: { iccid: await iccidOf('the first') } }
    expect(await courseOf(topUp, 'topUpEsim')).toEqual(course)
  },
)

async function courseOf(bought: Purchase, member: 'buy' | 'topUpEsim'): Promise<string[]> {
  const answers = [
    await openAt(0)[member]?.(bought, terms),
    await openAt(2_999).inquire?.(bought, terms),
    await openAt(3_000).inquire?.(bought, terms),
    await openAt(3_000)[member]?.({ ...bought, tries: 2 }, terms),
  ]
  return answers.map((answer) =>
    answer?.state === 'refused' ? answer.reason : (answer?.state ?? 'no answer'),
  )
}

test('every eSIM outcome that the demo sells is known here', () => {
  const codes = listSandboxOutcomes().flatMap(({ skus }) => skus.map(({ code }) => code))
  const endings = codes.flatMap((code) => /^SANDBOX-ESIM-(.+)$/.exec(code)?.[1]?.toLowerCase() ?? [])
  expect(endings.toSorted()).toEqual(Object.keys(expected).toSorted())
})

test('a top-up answers with a receipt, and refuses a number that is not its own', async () => {
  const iccid = await iccidOf('the first')
  const topUp = purchase({ quantity: 1, recipient: { iccid } })
  expect(await openAt(0).topUpEsim?.(topUp, terms)).toMatchObject({
    state: 'delivered',
    goods: [{ kind: 'receipt', status: 'recharged', iccid }],
  })
  for (const wrong of ['8944422711108338981', '8901260000000000001', '', 'x'])
    expect(await openAt(0).topUpEsim?.({ ...topUp, recipient: { iccid: wrong } }, terms)).toMatchObject({
      state: 'refused',
      reason: 'invalid_recipient',
    })
})

describe('the life of an eSIM', () => {
  async function esim(reference: string, more: EsimInQuestion['packages'] = []): Promise<EsimInQuestion> {
    const first = packageOf(reference, boughtAtMs)
    const iccid = await iccidOf(reference)
    return { iccid, supplierReference: undefined, packages: [...more, first], coverage: ['FR', 'DE', 'XX'] }
  }

  function packageOf(reference: string, atMs: number): EsimInQuestion['packages'][number] {
    return {
      reference,
      productCode: 'ES-EUROPE-10GB-30D',
      name: '10GB Europe Data, 30 days',
      dataBytes: 10_000_000_000n,
      validityDays: 30,
      boughtAt: new Date(atMs),
    }
  }

  async function statusAfter(afterMs: number, one: EsimInQuestion): Promise<EsimStatus> {
    const status = await openAt(afterMs).esimStatus?.(one, terms)
    if (status === undefined) throw new Error('It has no status.')
    return status
  }

  test('begins with its installation, and names its networks', async () => {
    const one = await esim('a')
    expect(await statusAfter(0, one)).toMatchObject({
      status: 'Released',
      canRenew: true,
      packages: [{ status: 'waiting', remainingBytes: 10_000_000_000n, activatedAt: undefined }],
      coverage: [
        { countryCode: 'FR', countryName: 'France', networkName: 'Orange' },
        { countryCode: 'DE', countryName: 'Germany', networkName: 'Telekom' },
      ],
    })
    expect((await statusAfter(11 * 60_000, one)).status).toBe('Installed')
    expect((await statusAfter(2 * hourMs, one)).status).toBe('Active')
  })

  test('goes on evenly, and the same at each look', async () => {
    const one = await esim('a')
    const rests = await Promise.all(
      [1, 3, 5, 7].map(
        async (days) => (await statusAfter(days * dayMs, one)).packages[0]?.remainingBytes ?? 0n,
      ),
    )
    expect(rests).toEqual(rests.toSorted((a, b) => (a > b ? -1 : 1)))
    expect(new Set(rests).size).toBe(4)
    expect(rests.every((rest) => rest > 0n && rest < 10_000_000_000n)).toBe(true)
    expect(await statusAfter(3 * dayMs, one)).toEqual(await statusAfter(3 * dayMs, one))
  })

  test('is depleted with the last byte and expired with the last day, and only an expired one cannot be renewed', async () => {
    const looks = (days: number) =>
      Promise.all(
        Array.from({ length: 40 }, async (_, number) =>
          statusAfter(days * dayMs, await esim(`one-${number}`)),
        ),
      )
    const late = await looks(29)
    const depleted = late.filter(({ status }) => status === 'Depleted')
    const active = late.filter(({ status }) => status === 'Active')
    expect([depleted.length > 5, active.length > 5, depleted.length + active.length]).toEqual([
      true,
      true,
      40,
    ])
    for (const { canRenew, packages } of depleted)
      expect([canRenew, packages[0]?.remainingBytes, packages[0]?.status]).toEqual([true, 0n, 'depleted'])
    for (const { status, canRenew, packages } of await looks(60))
      expect([status, canRenew, packages[0]?.status]).toEqual(['Expired', false, 'expired'])
  })

  test('uses a second package when the first has ended', async () => {
    const second = packageOf('the second', boughtAtMs + dayMs)
    const one = await esim('a', [second])
    const [first, next] = (await statusAfter(2 * dayMs, one)).packages
    expect([first?.id, first?.status, next?.id, next?.status]).toEqual([
      'a',
      'active',
      'the second',
      'waiting',
    ])
    const later = await statusAfter(40 * dayMs, one)
    expect(later.status).toBe('Active')
    expect(later.packages.map(({ status }) => status)).toEqual([
      expect.stringMatching(/depleted|expired/),
      'active',
    ])
    expect((await statusAfter(120 * dayMs, one)).status).toMatch(/Depleted|Expired/)
  })

  test('is not known of a number that was not made here', async () => {
    const one = { ...(await esim('a')), iccid: '8944422711108338981' }
    expect(await openAt(0).esimStatus?.(one, terms)).toBeUndefined()
  })

  test('every country that the demo covers has a network', async () => {
    const codes = [
      ...esimCountries.flatMap(({ codes }) => codes),
      ...esimRegions.flatMap(({ codes }) => codes),
    ]
    const { coverage } = await statusAfter(0, { ...(await esim('a')), coverage: codes })
    expect(coverage.map(({ countryCode }) => countryCode)).toEqual(codes)
    for (const { countryName, networkName } of coverage) expect([countryName, networkName]).not.toContain('')
  })
})
