import { addressSet } from '../../platform/addresses.ts'
import type { AddressSet } from '../../platform/addresses.ts'
import { BoundedMap } from '../../platform/bounded-map.ts'
import { isDatabaseDown } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { FailureCode } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { Plan } from '../plans/plan.ts'
import { selectCaller } from './credentials.sql.ts'
import type { CallerRow } from './credentials.sql.ts'
import type { Caller, Callers } from './partner.ts'

/** What is remembered of a token; without `caller`, `refusal` says why there is none. */
type Known = {
  readonly partnerId: PartnerId
  readonly allowed: AddressSet | undefined
  readonly caller: Caller | undefined
  readonly refusal: FailureCode
  /** On the process's monotonic clock, in ms. */
  readonly until: number
}

/** Opens the callers of this process; any number of processes may have theirs over one database. */
export function openCallers(database: Database, keyRing: KeyRing): Callers {
  const known = new BoundedMap<string, Known>(knownMost)
  /** When tokens that nobody has may be asked for again: apart, so that guessing pushes no caller out. */
  const unknownUntil = new BoundedMap<string, number>(unknownMost)
  let loading = new Map<string, Promise<Known | undefined>>()

  const subscription = database.listen(
    'partner_changed',
    (partnerId) => forget((entry) => entry.partnerId === partnerId),
    () => forget(() => true),
  )

  function forget(isStale: (entry: Known) => boolean): void {
    known.deleteWhere(isStale)
    unknownUntil.clear()
    // What is on its way may have been read before the change: it answers who asked before, and is neither kept nor shared.
    loading = new Map()
  }

  function rememberedEntry(key: string): Known | undefined {
    const entry = known.get(key)
    return entry !== undefined && performance.now() < entry.until ? entry : undefined
  }

  /** One query serves all who ask for a token at the same time. */
  function load(key: string, dialect: string, hash: string): Promise<Known | undefined> {
    const running = loading.get(key)
    if (running !== undefined) return running
    const generation = loading
    const loaded = read(database, keyRing, dialect, hash)
      .then((entry) => {
        if (generation === loading) {
          if (entry === undefined) unknownUntil.set(key, performance.now() + unknownLifeMs)
          else known.set(key, entry)
        }
        return entry
      })
      .finally(() => generation.delete(key))
    generation.set(key, loaded)
    return loaded
  }

  return {
    async find(dialect, token, address) {
      if (token.length > tokenLongest) throw new Failure('unauthenticated')
      const hash = sha256Hex(token)
      const key = keyOf(dialect, hash)
      const entry = rememberedEntry(key)
      if (entry !== undefined) return admit(entry, address)
      if (performance.now() < (unknownUntil.get(key) ?? 0)) throw new Failure('unauthenticated')
      const fresh = await load(key, dialect, hash)
      if (fresh === undefined) throw new Failure('unauthenticated')
      return admit(fresh, address)
    },
    remembered(dialect, token, address) {
      if (token.length > tokenLongest) return undefined
      const entry = rememberedEntry(keyOf(dialect, sha256Hex(token)))
      return entry === undefined ? undefined : admit(entry, address)
    },
    close: () => subscription.close(),
  }
}

function keyOf(dialect: string, hash: string): string {
  return `${dialect}/${hash}`
}

/** The address comes first: from elsewhere, not even the account's state is told. */
function admit(entry: Known, address: string): Caller {
  if (entry.allowed !== undefined && !entry.allowed.includes(address))
    throw new Failure('address_not_allowed')
  if (entry.caller === undefined) throw new Failure(entry.refusal)
  return entry.caller
}

async function read(
  database: Database,
  keyRing: KeyRing,
  dialect: string,
  hash: string,
): Promise<Known | undefined> {
  try {
    const askedAt = performance.now()
    const row = await selectCaller(database, dialect, Buffer.from(hash, 'hex'))
    return row === undefined ? undefined : await toKnown(keyRing, row, askedAt)
  } catch (error) {
    throw isDatabaseDown(error) ? new Failure('unavailable', { retryAfterSeconds: 1, cause: error }) : error
  }
}

async function toKnown(keyRing: KeyRing, row: CallerRow, askedAt: number): Promise<Known> {
  const entry = {
    partnerId: row.partner.id,
    allowed: row.allowedAddresses.length === 0 ? undefined : addressSet(row.allowedAddresses),
    until: askedAt + Math.min(knownLifeMs, row.expiresInMs ?? knownLifeMs),
  }
  if (row.partner.status !== 'active') return { ...entry, caller: undefined, refusal: 'partner_inactive' }
  if (row.walletId === null || row.walletCurrency === null)
    return { ...entry, caller: undefined, refusal: 'wallet_not_found' }
  const caller: Caller = {
    partner: { ...row.partner, requestsPerMinute: row.partner.requestsPerMinute ?? undefined },
    plan: row.plan === null ? undefined : toPlan(row.plan),
    credentialId: row.credentialId,
    scopes: row.scopes,
    defaultWallet: { id: row.walletId, currency: row.walletCurrency },
    secret:
      row.secret === null || row.dataKeyId === null
        ? undefined
        : await keyRing.open({ ciphertext: row.secret, dataKeyId: row.dataKeyId }, row.credentialId),
    publicKey: row.publicKey ?? undefined,
    wallets: row.wallets,
  }
  return { ...entry, caller, refusal: 'unauthenticated' }
}

function toPlan({
  code,
  name,
  requestsPerMinute,
  requestsPerMonth,
  areas,
}: NonNullable<CallerRow['plan']>): Plan {
  return {
    code,
    name,
    requestsPerMinute: requestsPerMinute ?? undefined,
    requestsPerMonth: requestsPerMonth ?? undefined,
    areas: areas ?? undefined,
  }
}

const knownMost = 10_000
/** Changes are announced, and an announcement that was missed is known within some 10 s; this is the bound behind these two. */
const knownLifeMs = 300_000
const unknownMost = 1_000
const unknownLifeMs = 1_000
const tokenLongest = 512
