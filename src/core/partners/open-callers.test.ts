import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { currencyOf, fundedWallet, newPartner, usd } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { openDatabase, sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newSecretKey } from '../../platform/secrets.ts'
import type { PartnerId } from '../../values/ids.ts'
import { openKeyRing } from '../keys/open-key-ring.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { createCredential } from './create-credential.ts'
import type { CreateCredential } from './create-credential.ts'
import { openCallers } from './open-callers.ts'
import { revokeCredential } from './revoke-credential.ts'
import { rotateCredential } from './rotate-credential.ts'
import { setPartnerStatus } from './set-partner-status.ts'
import { setRateLimit } from './set-rate-limit.ts'

const { database, url } = await createTestDatabase()
const keyRing = await openKeyRing(database, newSecretKey())
const address = '192.0.2.1'
const eur = currencyOf('EUR')

afterEach(() => {
  vi.useRealTimers()
})

async function issue(changes: Partial<CreateCredential> = {}) {
  const wallet = await fundedWallet(database, 0n)
  const { partnerId } = wallet
  const command = { partnerId, dialect: 'test', label: '', withSecret: true, ...changes }
  const issued = await database.inTransaction((tx) => createCredential(tx, keyRing, command))
  return { ...issued, partnerId, wallet }
}

/**
 * Callers over the real database, whose ear is in the hands of the test: what is not passed on was not heard. `queries` counts what
 * the callers ask for; `failure`, once set, is what every question gets.
 */
function openDeafCallers() {
  const seen = { queries: 0, failure: undefined as Error | undefined }
  let hear: (payload: string) => void = () => undefined
  let gap: () => void = () => undefined
  const wrapped: Database = {
    ...database,
    query: async (statement) => {
      seen.queries += 1
      if (seen.failure !== undefined) throw seen.failure
      return database.query(statement)
    },
    listen: (channel, onMessage, onGap) => {
      expect(channel).toBe('partner_changed')
      hear = onMessage
      gap = onGap
      return { close: async () => undefined }
    },
  }
  const callers = openCallers(wrapped, keyRing)
  return { callers, seen, hear: (payload: string) => hear(payload), gap: () => gap() }
}

const suspend = (partnerId: PartnerId) =>
  database.inTransaction((tx) => setPartnerStatus(tx, { partnerId, status: 'suspended', actor: 'ops' }))

describe('a valid token', () => {
  test('tells the partner, its default wallet, the scopes and the secret', async () => {
    const { callers } = openDeafCallers()
    const { token, secret, credentialId, partnerId, wallet } = await issue({ scopes: ['orders'] })
    await database.inTransaction((tx) => setRateLimit(tx, { partnerId, requestsPerMinute: 60, actor: 'ops' }))
    const caller = await callers.find('test', token, address)
    expect(caller).toMatchObject({
      partner: { id: partnerId, status: 'active', locale: 'en', timeZone: 'UTC', requestsPerMinute: 60 },
      credentialId,
      scopes: ['orders'],
      defaultWallet: { id: wallet.id, currency: 'USD' },
      secret,
    })
  })

  test('has no secret where the credential has none', async () => {
    const { callers } = openDeafCallers()
    const { token } = await issue({ withSecret: false })
    expect((await callers.find('test', token, address)).secret).toBeUndefined()
  })

  test('is good from its allowed addresses only, asked for first or remembered', async () => {
    const { callers, seen } = openDeafCallers()
    const { token } = await issue({ allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'] })
    for (let round = 0; round < 2; round += 1) {
      for (const from of ['198.51.100.1', '::ffff:198.51.100.1', '2001:db9::1', '']) {
        await expect(callers.find('test', token, from)).rejects.toMatchObject({ code: 'address_not_allowed' })
      }
      for (const from of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::9']) {
        expect(await callers.find('test', token, from)).toBeDefined()
      }
    }
    expect(seen.queries).toBe(1)
  })

  test('is no token of another dialect', async () => {
    const { callers } = openDeafCallers()
    const { token } = await issue()
    await callers.find('test', token, address)
    await expect(callers.find('other', token, address)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('of a partner without a default wallet is refused as that', async () => {
    const { callers } = openDeafCallers()
    const { id: partnerId } = await newPartner(database)
    await database.inTransaction((tx) => openWallet(tx, { partnerId, currency: usd, isDefault: false }))
    const command = { partnerId, dialect: 'test', label: '', withSecret: true }
    const { token } = await database.inTransaction((tx) => createCredential(tx, keyRing, command))
    await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'wallet_not_found' })
  })
})

describe('a token is refused', () => {
  test('when nobody has it', async () => {
    const { callers, seen } = openDeafCallers()
    for (const token of ['', 'scrip_nobody', 'x'.repeat(100_000), 'lone \ud800', "' or 1=1 --"]) {
      await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    expect(seen.queries).toBe(4) // The endless one is not even asked for.
  })

  test('when it was revoked or has expired', async () => {
    const { callers } = openDeafCallers()
    const revoked = await issue()
    await database.inTransaction((tx) => revokeCredential(tx, { ...revoked, actor: 'ops' }))
    const expired = await issue({ expiresAt: new Date('2020-01-01') })
    for (const { token } of [revoked, expired]) {
      await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'unauthenticated' })
    }
  })

  test('when its partner is suspended, but from elsewhere not even that is told', async () => {
    const { callers } = openDeafCallers()
    const { token, partnerId } = await issue({ allowedAddresses: ['192.0.2.0/24'] })
    await suspend(partnerId)
    await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'partner_inactive' })
    await expect(callers.find('test', token, '198.51.100.1')).rejects.toMatchObject({
      code: 'address_not_allowed',
    })
  })
})

describe('what is remembered', () => {
  test('answers without the database, and goes on answering while it is down', async () => {
    const { callers, seen } = openDeafCallers()
    const [known, unknown] = [await issue(), await issue()]
    const caller = await callers.find('test', known.token, address)
    seen.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    for (let call = 0; call < 10; call += 1)
      expect(await callers.find('test', known.token, address)).toBe(caller)
    expect(seen.queries).toBe(1)
    await expect(callers.find('test', unknown.token, address)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 1,
    })
    seen.failure = undefined
    expect(await callers.find('test', unknown.token, address)).toBeDefined()
  })

  test('is asked for once, however many want it at the same time', async () => {
    const { callers, seen } = openDeafCallers()
    const { token } = await issue()
    const found = await Promise.all(Array.from({ length: 50 }, () => callers.find('test', token, address)))
    expect(new Set(found).size).toBe(1)
    const nobody = await Promise.allSettled(
      Array.from({ length: 50 }, () => callers.find('test', 'scrip_nobody', address)),
    )
    expect(nobody.every(({ status }) => status === 'rejected')).toBe(true)
    expect(seen.queries).toBe(2)
  })

  test('lives five minutes at the most, whatever is heard', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { callers } = openDeafCallers()
    const { token, partnerId } = await issue()
    await callers.find('test', token, address)
    await suspend(partnerId)
    vi.advanceTimersByTime(299_999)
    expect(await callers.find('test', token, address)).toBeDefined()
    vi.advanceTimersByTime(1)
    await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'partner_inactive' })
  })

  test('ends with its credential', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { callers, seen } = openDeafCallers()
    const { token } = await issue()
    await database.query(
      sql`update credentials set expires_at = clock_timestamp() + interval '20 s' where token_hash = sha256(${token}::bytea)`,
    )
    await callers.find('test', token, address)
    vi.advanceTimersByTime(10_000)
    await callers.find('test', token, address)
    expect(seen.queries).toBe(1)
    vi.advanceTimersByTime(10_000)
    await callers.find('test', token, address)
    expect(seen.queries).toBe(2)
  })

  test('of a token that nobody has lives a second, and ends when anything changes', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { callers, seen, hear } = openDeafCallers()
    const ask = () =>
      expect(callers.find('test', 'scrip_nobody', address)).rejects.toMatchObject({ code: 'unauthenticated' })
    await ask()
    vi.advanceTimersByTime(999)
    await ask()
    expect(seen.queries).toBe(1)
    vi.advanceTimersByTime(1)
    await ask()
    expect(seen.queries).toBe(2)
    hear('of some partner')
    await ask()
    expect(seen.queries).toBe(3)
  })

  test('of guessed tokens pushes no caller out', async () => {
    const { callers, seen } = openDeafCallers()
    const { token } = await issue()
    await callers.find('test', token, address)
    for (let lot = 0; lot < 20; lot += 1) {
      const guesses = Array.from({ length: 100 }, (_, place) =>
        callers.find('test', `scrip_guess_${lot}_${place}`, address),
      )
      await Promise.allSettled(guesses)
    }
    const { queries } = seen
    await callers.find('test', token, address)
    expect(seen.queries).toBe(queries)
  })

  test('is dropped when its partner is said to have changed, and only then', async () => {
    const { callers, seen, hear } = openDeafCallers()
    const [one, other] = [await issue(), await issue()]
    for (const { token } of [one, other]) await callers.find('test', token, address)
    await suspend(one.partnerId)
    expect(await callers.find('test', one.token, address)).toBeDefined()
    hear(one.partnerId)
    await expect(callers.find('test', one.token, address)).rejects.toMatchObject({ code: 'partner_inactive' })
    const { queries } = seen
    await callers.find('test', other.token, address)
    expect(seen.queries).toBe(queries)
  })

  test('is dropped as a whole when something may have gone unheard', async () => {
    const { callers, gap } = openDeafCallers()
    const [one, other] = [await issue(), await issue()]
    for (const { token, partnerId } of [one, other]) {
      await callers.find('test', token, address)
      await suspend(partnerId)
    }
    gap()
    for (const { token } of [one, other]) {
      await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'partner_inactive' })
    }
  })

  test('was not read before a change that came meanwhile', async () => {
    const { callers, hear } = openDeafCallers()
    const { token, partnerId } = await issue()
    const early = callers.find('test', token, address)
    // Asked for before the change, told of it before the answer: that answer is not kept, and not shared with who asks after it.
    hear(partnerId)
    await suspend(partnerId)
    const late = callers.find('test', token, address)
    await Promise.allSettled([early])
    await expect(late).rejects.toMatchObject({ code: 'partner_inactive' })
    await expect(callers.find('test', token, address)).rejects.toMatchObject({ code: 'partner_inactive' })
  })
})

describe('over a real connection', () => {
  /** Far below the five minutes after which everything is forgotten anyway. */
  const soon = { timeout: 8_000, interval: 20 }
  /** The database's owner: only it sees what others do. */
  const owner = openDatabase({ url, poolSize: 4 })
  const own = openDatabase({ url, role: 'scrip_app', poolSize: 4, applicationName: 'hearing' })
  const heard: string[] = []
  const listen: Database['listen'] = (channel, onMessage, onGap) => {
    const noting = (payload: string): void => {
      heard.push(payload)
      onMessage(payload)
    }
    return own.listen(channel, noting, onGap)
  }
  const callers = openCallers({ ...own, listen }, keyRing)

  const listeners = sql`
    from pg_stat_activity
    where datname = current_database() and application_name = 'hearing' and query in ('listen "partner_changed"', 'select 1') and state = 'idle'`

  beforeAll(async () => {
    await vi.waitFor(
      async () => expect(await owner.query(sql`select pid ${listeners}`)).toHaveLength(1),
      soon,
    )
  })

  afterAll(async () => {
    await callers.close()
    await own.close()
    await owner.close()
  })

  type Issued = Awaited<ReturnType<typeof issue>>
  type Change = {
    readonly what: string
    readonly make: (issued: Issued) => Promise<unknown>
    readonly now: Readonly<Record<string, unknown>>
  }

  const changes: readonly Change[] = [
    { what: 'a suspension', make: ({ partnerId }) => suspend(partnerId), now: { code: 'partner_inactive' } },
    {
      what: 'a revocation',
      make: (issued) => database.inTransaction((tx) => revokeCredential(tx, { ...issued, actor: 'ops' })),
      now: { code: 'unauthenticated' },
    },
    {
      what: 'a rotation',
      make: (issued) =>
        database.inTransaction((tx) =>
          rotateCredential(tx, keyRing, { ...issued, graceSeconds: 0, actor: 'ops' }),
        ),
      now: { code: 'unauthenticated' },
    },
    {
      what: 'a new limit',
      make: ({ partnerId }) =>
        database.inTransaction((tx) => setRateLimit(tx, { partnerId, requestsPerMinute: 7, actor: 'ops' })),
      now: { partner: { requestsPerMinute: 7 } },
    },
    {
      what: 'a new default wallet',
      make: ({ partnerId }) =>
        database.inTransaction((tx) => openWallet(tx, { partnerId, currency: eur, isDefault: true })),
      now: { defaultWallet: { currency: 'EUR' } },
    },
  ]

  const find = ({ token }: Issued) => callers.find('test', token, address).catch((error: unknown) => error)

  test.each(changes)('$what is known to other processes at once', async ({ make, now }) => {
    const issued = await issue()
    // Its wallet and its credential were announced, too; only when that is over does what is remembered stay remembered.
    await vi.waitFor(
      () => expect(heard.filter((partnerId) => partnerId === issued.partnerId)).toHaveLength(2),
      soon,
    )
    const before = await find(issued)
    expect(before).toMatchObject({ partner: { status: 'active' }, defaultWallet: { currency: 'USD' } })
    expect(await find(issued)).toBe(before)
    await make(issued)
    await vi.waitFor(async () => expect(await find(issued)).toMatchObject(now), soon)
  })

  test('what happened while the connection was broken is known when it is back', async () => {
    const issued = await issue()
    expect(await find(issued)).toMatchObject({ partner: { status: 'active' } })
    await owner.query(sql`select pg_terminate_backend(pid) ${listeners}`)
    await suspend(issued.partnerId)
    await vi.waitFor(async () => expect(await find(issued)).toMatchObject({ code: 'partner_inactive' }), soon)
  })
})
