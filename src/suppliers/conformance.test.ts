import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { abilities, subjects } from '../../test/supplier-subjects.ts'
import type { FarEnd } from '../../test/supplier-subjects.ts'
import { currency } from '../../test/world.ts'
import type { ConnectorSettings, Purchase, Supplier, SupplierAnswer } from '../core/fulfilment/supplier.ts'
import { openHttpClient } from '../platform/http.ts'
import { Failure } from '../values/failure.ts'
import { connectors } from './all.ts'

const http = openHttpClient({ allowLoopback: true })
const terms = { timeoutMs: 2_000, mayStillSend: () => true }
const iccid = '8944422711108338982'

function purchase(productCode: string, changes: Partial<Purchase> = {}): Purchase {
  return {
    reference: crypto.randomUUID(),
    productCode,
    quantity: 2,
    faceValue: 10_000_000n,
    currency: currency('USD'),
    isOpenAmount: false,
    recipient: {},
    firstSentAtMs: Date.now(),
    askedAtMs: Date.now(),
    tries: 1,
    ...changes,
  }
}

test('every connector is a subject of this suite', () => {
  expect(subjects.map(({ name }) => name)).toEqual(connectors.map(({ name }) => name))
})

describe.each(subjects)('$name', (subject) => {
  const connector = connectors.find(({ name }) => name === subject.name)
  if (connector === undefined) throw new Error(`There is no connector ${subject.name}.`)
  const { readSettings, secretSettings } = connector
  const settingNames = connector.settings.map(({ name }) => name)
  let farEnd: FarEnd | undefined

  function open(settings: ConnectorSettings, environment: 'sandbox' | 'live' = 'sandbox'): Supplier {
    if (connector === undefined) throw new Error('It was found above.')
    return connector.open(settings, { http, environment, sandboxDelayMs: 3_000 })
  }

  /** With the best of all far ends. */
  const openGood = (): Supplier => open(farEnd?.settings ?? subject.settings)
  const good = (): Purchase => purchase(farEnd?.productCode ?? subject.productCode, subject.purchase)

  beforeAll(async () => {
    farEnd = await subject.startFarEnd?.()
  })
  afterAll(() => farEnd?.close())

  describe('its settings', () => {
    test('are explained, and the secret ones are among them', () => {
      expect(connector.name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      for (const { name, description } of connector.settings) {
        expect(name).toMatch(/^[a-z][a-zA-Z]+$/)
        expect(description).toMatch(/^[A-Z].+\.$/)
      }
      expect(settingNames).toEqual(expect.arrayContaining([...secretSettings]))
      expect(settingNames.filter((name) => /token|secret|password|key/i.test(name))).toEqual([
        ...secretSettings,
      ])
    })

    test('are read to what can be read again, without what it does not know', () => {
      const read = readSettings({ ...subject.settings, unknown: 'x' })
      expect(readSettings(read)).toEqual(read)
      expect(Object.keys(read).toSorted()).toEqual(settingNames.toSorted())
    })

    test('are refused by name where they are missing, without telling a secret', () => {
      for (const rubbish of [undefined, null, 1, 'x', [], {}])
        expect(problemsOf(() => readSettings(rubbish))).toEqual(settingNames)
      for (const missing of settingNames) {
        const { [missing]: _, ...rest } = subject.settings
        expect(problemsOf(() => readSettings(rest))).toEqual([missing])
      }
      for (const name of secretSettings) {
        const given = { ...subject.settings, [name]: 'whisper\u0000' }
        expect(() => readSettings(given)).toThrow(Failure)
        expect(() => readSettings(given)).not.toThrow('whisper')
      }
    })

    test(`open it live: ${subject.notLive ?? 'yes'}`, () => {
      if (subject.notLive === undefined) expect(() => open(subject.settings, 'live')).not.toThrow()
      else expect(() => open(subject.settings, 'live')).toThrow(Failure)
    })
  })

  test('it has the abilities that it does not list as lacking, and the question where it can be asked', () => {
    const supplier = openGood()
    const lacking = abilities.filter((ability) => supplier[ability] === undefined)
    expect(lacking.toSorted()).toEqual(Object.keys(subject.lacks).toSorted())
    expect(supplier.inquire !== undefined).toBe(supplier.profile.statusByReference)
    expect(supplier.profile.timeoutMs).toBeGreaterThan(0)
    expect(supplier.profile.settleWindowMs).toBeGreaterThanOrEqual(0)
  })

  test('a purchase is delivered whole, and the same one to a repeat and to a question', async () => {
    const supplier = openGood()
    const bought = good()
    const first = await untilEnded(supplier, bought)
    expect(first.state === 'delivered' && first.goods.length).toBe(2)
    expect(JSON.stringify(first, digits)).not.toContain('""')
    if (supplier.profile.dedupsByReference)
      expect(await supplier.buy({ ...bought, tries: 2 }, terms)).toEqual(first)
    if (supplier.inquire !== undefined) expect(await supplier.inquire(bought, terms)).toEqual(first)
  })

  test('another reference brings other goods', async () => {
    const supplier = openGood()
    const answers = [await untilEnded(supplier, good()), await untilEnded(supplier, good())]
    const goods = answers.flatMap((answer) => (answer.state === 'delivered' ? answer.goods : []))
    expect(new Set(goods.map((one) => JSON.stringify(one))).size).toBe(4)
  })

  test('a withdrawn purchase is not sent', async () => {
    const supplier = openGood()
    const bought = good()
    const before = await farEnd?.heard()
    expect((await supplier.buy(bought, { ...terms, mayStillSend: () => false })).state).toBe('busy')
    expect(await farEnd?.heard()).toBe(before)
  })

  test('its balance and its list make sense', async () => {
    const supplier = openGood()
    const balance = await supplier.balance?.(terms)
    expect(balance?.amount ?? 1n).toBeGreaterThan(0n)
    const list = await supplier.listProducts?.(undefined, terms)
    expect(list?.products.length).toBeGreaterThan(0)
    for (const product of list?.products ?? []) {
      expect([product.productCode, product.name]).not.toContain('')
      expect(product.cost ?? 1n).toBeGreaterThan(0n)
      expect(product.costRate ?? '1').toMatch(/^\d+(\.\d+)?$/)
    }
  })

  test('it believes no notice that nobody signed', () => {
    const supplier = openGood()
    for (const body of ['', '{', '[]', 'null', '{"event":"order.status_changed"}', '<a/>'])
      expect(supplier.readNotice?.({ headers: {}, body, nowMs: Date.now() })).toBeUndefined()
  })
})

/** Every way in which the other end of a wire can fail, and what a purchase may be answered then. */
const troubles: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['resets the connection', (response) => void response.socket?.resetAndDestroy()],
  [
    'closes it in the middle',
    (response) =>
      void (response.writeHead(200, { 'content-length': '99' }), response.write('{'), response.socket?.end()),
  ],
  ['never answers', () => undefined],
  ['answers nothing', (response) => void response.end()],
  ['answers half a JSON', (response) => void response.end('{"success":true,"data":{')],
  ['answers another shape', (response) => void response.end('[1,2,3]')],
  ['answers success without an order', (response) => void response.end('{"success":true,"data":{}}')],
  [
    'answers a page',
    (response) =>
      void (response.writeHead(502, { 'content-type': 'text/html' }), response.end('<h1>Bad gateway</h1>')),
  ],
  [
    'redirects',
    (response) => void (response.writeHead(302, { location: 'http://127.0.0.1:1/' }), response.end()),
  ],
  ['answers without end', (response) => endless(response)],
]

describe.each(subjects.filter(({ settingsAt }) => settingsAt !== undefined))(
  '$name over a network',
  (subject) => {
    const connector = connectors.find(({ name }) => name === subject.name)

    /** A supplier whose far end does one thing to every call. */
    async function withFarEnd<Value>(
      act: (response: ServerResponse) => void,
      use: (supplier: Supplier, settings: ConnectorSettings) => Promise<Value>,
    ): Promise<Value> {
      const { signIn } = subject
      const server = createServer((request, response) => {
        request.resume()
        request.on('end', () => {
          if (signIn !== undefined && request.url === signIn.path) response.end(JSON.stringify(signIn.reply))
          else act(response)
        })
      })
      server.listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const { port } = server.address() as AddressInfo // A TCP server's address.
      const settings = subject.settingsAt?.(`http://127.0.0.1:${port}`) ?? {}
      const supplier = connector?.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
      if (supplier === undefined) throw new Error(`There is no connector ${subject.name}.`)
      try {
        return await use(supplier, settings)
      } finally {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    }

    test.each(troubles)(
      'a far end that %s leaves everything open, and nothing throws',
      async (_name, act) => {
        await withFarEnd(act, async (supplier, settings) => {
          const bought = purchase(subject.productCode, { recipient: { iccid }, ...subject.purchase })
          const answers = await Promise.all([
            supplier.buy(bought, terms),
            supplier.topUpEsim?.({ ...bought, quantity: 1 }, terms),
            supplier.inquire?.(bought, terms),
          ])
          for (const answer of answers) expect(answer?.state ?? 'unknown').toBe('unknown')
          const [balance, list, status] = await Promise.allSettled([
            supplier.balance?.(terms) ?? Promise.reject(new Failure('unavailable')),
            supplier.listProducts?.(undefined, terms) ?? Promise.reject(new Failure('unavailable')),
            supplier.esimStatus?.({ iccid, supplierReference: undefined, packages: [], coverage: [] }, terms),
          ])
          for (const outcome of [balance, list])
            expect(outcome.status === 'rejected' && outcome.reason).toMatchObject({ code: 'unavailable' })
          expect(status).toEqual({ status: 'fulfilled', value: undefined })
          const secrets = (connector?.secretSettings ?? []).map((name) => settings[name] ?? name)
          for (const secret of secrets)
            expect(JSON.stringify([answers, balance, list], digits)).not.toContain(secret)
        })
      },
    )

    test('no status with a word of its own is taken for a refusal or a success', async () => {
      const statuses = [...Array.from({ length: 300 }, (_, index) => 300 + index), 200, 201, 202, 204].filter(
        (status) => status !== 304,
      )
      const word = JSON.stringify({ success: false, message: 'No.', error: 'not_documented', data: null })
      let status = 0
      const act = (response: ServerResponse): void => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(status === 204 ? undefined : word)
      }
      await withFarEnd(act, async (supplier) => {
        for (status of statuses) {
          const answer = await supplier.buy(purchase(subject.productCode, subject.purchase), terms)
          expect(['unknown', 'busy'] satisfies SupplierAnswer['state'][], String(status)).toContain(
            answer.state,
          )
          const answered = await supplier.inquire?.(purchase(subject.productCode, subject.purchase), terms)
          expect(answered?.state ?? 'unknown', String(status)).toBe('unknown')
        }
      })
    })

    test('nobody there is busy: nothing was sent', async () => {
      const settings = subject.settingsAt?.('http://127.0.0.1:1') ?? {}
      const supplier = connector?.open(settings, { http, environment: 'sandbox', sandboxDelayMs: 0 })
      const bought = purchase(subject.productCode, subject.purchase)
      expect((await supplier?.buy(bought, terms))?.state).toBe('busy')
      expect((await supplier?.inquire?.(bought, terms))?.state).toBe('unknown')
    })
  },
)

afterAll(() => http.close())

/** Bought, and asked for while it is on its way. */
async function untilEnded(supplier: Supplier, bought: Purchase): Promise<SupplierAnswer> {
  let answer = await supplier.buy(bought, terms)
  for (let asks = 0; answer.state === 'pending' && asks < 100; asks += 1) {
    await pause(50)
    answer = (await supplier.inquire?.(bought, terms)) ?? answer
  }
  return answer
}

function problemsOf(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return failure.fields.map(({ field }) => field)
  }
}

/** bigints for JSON.stringify. */
function digits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function endless(response: ServerResponse): void {
  const chunk = 'x'.repeat(65_536)
  const go = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', go)
  }
  go()
}
