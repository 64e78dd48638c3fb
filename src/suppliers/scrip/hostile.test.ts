import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { hostileConnector, hostileProfiles } from '../../../test/hostile-connector.ts'
import { hostileBehaviours, startHostileSupplier } from '../../../test/hostile-supplier.ts'
import type { HostileAccount } from '../../../test/hostile-supplier-process.ts'
import type { HostileBehaviour, HostileEntry } from '../../../test/hostile-supplier.ts'
import { currency } from '../../../test/world.ts'
import type { Purchase, Supplier, SupplierAnswer } from '../../core/fulfilment/supplier.ts'
import { openHttpClient } from '../../platform/http.ts'

const http = openHttpClient({ allowLoopback: true })
afterAll(() => http.close())

const timeoutMs = 1_500
const lateMs = 3_000
const terms = { timeoutMs, mayStillSend: () => true }

/** What the first request, a question right after it, and a question after `lateMs` are answered, and how often money was taken by then. */
const expected = {
  'at-once': ['delivered', 'delivered', 'delivered', 1],
  'clean-refusal': ['refused', 'not_found', 'not_found', 0],
  'charged-then-reset': ['unknown', 'delivered', 'delivered', 1],
  'charged-then-silence': ['unknown', 'delivered', 'delivered', 1],
  'charged-late': ['unknown', 'not_found', 'delivered', 1],
  'charged-late-refused-meanwhile': ['unknown', 'not_found', 'delivered', 1],
  'charged-then-500': ['unknown', 'delivered', 'delivered', 1],
  'not-charged-reset': ['unknown', 'not_found', 'not_found', 0],
  slow: ['unknown', 'delivered', 'delivered', 1],
  'busy-429': ['busy', 'not_found', 'not_found', 0],
  'busy-503': ['unknown', 'not_found', 'not_found', 0],
  'not-found-then-success': ['unknown', 'not_found', 'delivered', 1],
  malformed: ['unknown', 'delivered', 'delivered', 1],
  'wrong-currency': ['unknown', 'unknown', 'unknown', 1],
  'empty-code': ['unknown', 'unknown', 'unknown', 1],
  'repeated-code': ['unknown', 'unknown', 'unknown', 1],
  reversed: ['delivered', 'delivered', 'reversed', 1],
  processing: ['pending', 'pending', 'delivered', 1],
} as const satisfies Record<HostileBehaviour, readonly [string, string, string, number]>

function open(profile: Parameters<typeof hostileConnector>[0], account: HostileAccount): Supplier {
  return hostileConnector(profile).open(account, { http, environment: 'sandbox', sandboxDelayMs: 0 })
}

function purchase(productCode: string, quantity = 2): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode,
    quantity,
    faceValue: 10_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
  }
}

function entryOf(log: readonly HostileEntry[], reference: string): HostileEntry | undefined {
  return log.find((entry) => entry.reference === reference)
}

async function ask(supplier: Supplier, bought: Purchase): Promise<SupplierAnswer['state'] | 'unasked'> {
  return (await supplier.inquire?.(bought, terms))?.state ?? 'unasked'
}

describe.concurrent.each(hostileProfiles)('a supplier with %j', (profile) => {
  test('is understood, whatever it does, and its books say what a repeat would cost', async () => {
    const hostile = await startHostileSupplier({ ...profile, lateMs, slowMs: 4_000, retryAfterSeconds: 7 })
    const supplier = open(profile, hostile.account)
    const chargesOf = (reference: string) => entryOf(hostile.log(), reference)?.charges

    const courses = hostileBehaviours.map(async (behaviour) => {
      const bought = purchase(behaviour)
      const first = await supplier.buy(bought, terms)
      const atOnce = await ask(supplier, bought)
      await pause(lateMs + 100)
      const later = await ask(supplier, bought)
      const charged = chargesOf(bought.reference)
      const repeat = await supplier.buy({ ...bought, tries: 2 }, terms)
      return { behaviour, first, course: [first.state, atOnce, later, charged], repeat, bought, charged }
    })
    for (const { behaviour, first, course, repeat, bought, charged } of await Promise.all(courses)) {
      const [buy, question, lateQuestion, charges] = expected[behaviour]
      const answers = profile.statusByReference ? [question, lateQuestion] : ['unasked', 'unasked']
      expect(course, behaviour).toEqual([buy, ...answers, charges])
      if (first.state === 'busy') expect(first.retryAfterMs).toBe(7_000)
      const isRefused = behaviour === 'clean-refusal'
      const repeated = isRefused ? 0 : profile.dedupsByReference ? 1 : (charged ?? 0) + 1
      expect(chargesOf(bought.reference), `${behaviour}, bought again`).toBe(repeated)
      expect(repeat.state, behaviour).toBe(repeatOf(behaviour, profile.dedupsByReference, buy))
    }
    await hostile.close()
  })
})

/** What a second request is answered, after `lateMs`. */
function repeatOf(behaviour: HostileBehaviour, dedups: boolean, first: string): string {
  if (behaviour === 'clean-refusal') return 'refused'
  if (['wrong-currency', 'empty-code', 'repeated-code'].includes(behaviour)) return first
  if (behaviour === 'reversed') return dedups ? 'refused' : 'delivered'
  return behaviour === 'processing' && !dedups ? 'pending' : 'delivered'
}

test('a repeat brings the very codes that the books show', async () => {
  const hostile = await startHostileSupplier()
  const supplier = open({ dedupsByReference: true, statusByReference: true }, hostile.account)
  const bought = purchase('charged-then-reset', 5)
  await supplier.buy(bought, terms)
  const repeat = await supplier.buy({ ...bought, tries: 2 }, terms)
  const codes = repeat.state === 'delivered' ? repeat.goods.map((one) => one.kind === 'code' && one.code) : []
  expect(codes).toEqual(hostile.log()[0]?.codes)
  expect(repeat).toMatchObject({ cost: { amount: 50_000_000n, currency: 'USD' } })
  await hostile.close()
})

test('a second order under one reference is never taken for the first', async () => {
  const profile = { dedupsByReference: false, statusByReference: true }
  const hostile = await startHostileSupplier(profile)
  const supplier = open(profile, hostile.account)
  const bought = purchase('at-once')
  await supplier.buy(bought, terms)
  await supplier.buy({ ...bought, tries: 2 }, terms)
  expect(await supplier.inquire?.(bought, terms)).toEqual({
    state: 'unknown',
    detail: 'There are 2 orders with our reference.',
  })
  await hostile.close()
})

test('nobody listening, or a withdrawn request, is busy: nothing was sent', async () => {
  const hostile = await startHostileSupplier()
  const supplier = open({ dedupsByReference: false, statusByReference: true }, hostile.account)
  const withdrawn = await supplier.buy(purchase('at-once'), { ...terms, mayStillSend: () => false })
  expect(withdrawn.state).toBe('busy')
  expect(hostile.log()).toEqual([])
  await hostile.close()
  expect((await supplier.buy(purchase('at-once'), terms)).state).toBe('busy')
  expect(await ask(supplier, purchase('at-once'))).toBe('unknown')
})

test('it keeps its books in a process of its own, too', async () => {
  const program = join(import.meta.dirname, '../../../test/hostile-supplier-process.ts')
  const child = spawn(process.execPath, [program, JSON.stringify({ seed: 'of this test' })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer] // A pipe without an encoding.
  const account = JSON.parse(line.toString()) as HostileAccount // What that program prints.
  const supplier = open({ dedupsByReference: true, statusByReference: true }, account)
  const bought = purchase('any')
  await supplier.buy(bought, terms)
  const log: unknown = await (await fetch(`${account.baseUrl}/log`)).json()
  expect(log).toMatchObject({ entries: [{ reference: bought.reference, tries: 1 }] })
  child.kill()
})
