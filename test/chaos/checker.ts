import { externalIdOf } from './evidence.ts'
import type { EffectRow, Evidence, OrderRow } from './evidence.ts'
import type { Kind, Told } from './told.ts'

/** A promise of the product, and a sentence for each time it was broken. */
export type Verdict = {
  readonly promise: PromiseName
  readonly what: string
  readonly broken: readonly string[]
}

type PromiseName = keyof typeof promises

/**
 * Judges a run by what everybody outside wrote down and by what stands in the database. It knows nothing of how the product works, and
 * imports nothing of it.
 */
export function judgeAll(evidence: Evidence): Verdict[] {
  return Object.entries(promises).map(([promise, { what, check }]) => ({
    promise: promise as PromiseName, // A key of that very object.
    what,
    broken: [...new Set(check(evidence))],
  }))
}

const promises = {
  P1: { what: 'an order that was answered 2xx is there, with its code, and ends', check: checkLost },
  P2: { what: 'a code goes to one order at most', check: checkCodes },
  P3: { what: 'the same key has one effect, and another request under it is refused', check: checkKeys },
  P4: { what: 'no key is burnt, or in progress for over 60 s', check: checkProgress },
  P5: { what: 'money is neither made nor lost', check: ({ bookFaults }) => bookFaults.map(nameFault) },
  P6: { what: 'no limit is overrun', check: ({ limitFaults }) => limitFaults.map(nameFault) },
  P7: { what: 'a supplier is charged at most once for an item', check: checkCharges },
  P8: { what: 'nothing is paid back before the supplier has refused', check: checkRefunds },
  P9: { what: 'the event of each final state arrives, under one id', check: checkEvents },
  P11: { what: 'no process ends by itself', check: ({ exits }) => exits },
  P12: {
    what: 'no lock on a wallet is held for over 5 s',
    check: ({ locks }) =>
      locks.map(
        ({ pid, heldMs, state, query }) =>
          `process ${pid} held wallets for ${Math.round(heldMs)} ms (${state}): ${query}`,
      ),
  },
  P13: { what: 'after a full disk there are answers again, without a hand', check: checkRoom },
} as const satisfies Readonly<
  Record<string, { readonly what: string; check(evidence: Evidence): readonly string[] }>
>

function nameFault({ rule, subject }: { readonly rule: string; readonly subject: string }): string {
  return `${rule}: ${subject}`
}

const orderKinds: ReadonlySet<Kind> = new Set([
  'giftapi order',
  'vendify order',
  'iascroft purchase',
  'iascroft topup',
])

function isOrder({ kind }: Told): boolean {
  return orderKinds.has(kind)
}

function isOperator({ kind }: Told): boolean {
  return kind === 'operator decision' || kind === 'operator reversal'
}

function isDone({ outcome }: Told): boolean {
  return outcome === 'done'
}

type Rows = { ordersOf(told: Told): readonly OrderRow[]; effectsOf(told: Told): readonly EffectRow[] }

function indexRows({ orders, effects }: Evidence): Rows {
  const byExternalId = Map.groupBy(orders, ({ externalId }) => externalId)
  const byKey = Map.groupBy(effects, ({ kind, key }) => `${kind} ${key}`)
  return {
    ordersOf: ({ kind, key }) => byExternalId.get(externalIdOf(kind, key)) ?? [],
    effectsOf: ({ kind, key }) => byKey.get(`${kind} ${key}`) ?? [],
  }
}

const ended: ReadonlySet<string> = new Set(['completed', 'partially_completed', 'failed', 'cancelled'])

function checkLost(evidence: Evidence): string[] {
  const broken: string[] = []
  const { ordersOf, effectsOf } = indexRows(evidence)
  const lastRead = new Map<string, Told>()
  for (const told of evidence.told) if (told.turn === 'read' && isDone(told)) lastRead.set(told.key, told)
  for (const told of evidence.told) {
    const name = `${told.kind} ${told.key}`
    if (told.turn === 'read' && told.outcome === 'refused')
      broken.push(`${name} cannot be read any more: ${told.status} ${told.text ?? ''}`)
    if (told.turn !== 'first' || !isDone(told)) continue
    if (isOperator(told)) broken.push(...checkOperator(told, evidence))
    else if (!isOrder(told)) {
      const [effect] = effectsOf(told)
      if (effect === undefined) broken.push(`${name} was answered ${told.status} and is not there`)
      else if (effect.kind === 'giftpesa disbursement' && !ended.has(effect.state))
        broken.push(`${name} has not ended: ${effect.state}`)
    } else {
      const [order] = ordersOf(told)
      if (order === undefined) broken.push(`${name} was answered ${told.status} and is not there`)
      else
        broken.push(
          ...checkOrder(told, order, lastRead.get(told.key)).map(
            (fault) => `${name} (${order.id}): ${fault}`,
          ),
        )
    }
  }
  return broken
}

function* checkOrder(told: Told, order: OrderRow, read: Told | undefined): Generator<string> {
  if (!ended.has(order.status) && order.state !== 'parked' && !order.isScheduled)
    yield `it stands at ${order.status}, ${order.state ?? 'without a supplier'}, and nobody goes on with it`
  if (order.codes !== order.delivered && told.kind !== 'iascroft topup')
    yield `it has ${order.codes} codes and says that ${order.delivered} were delivered`
  if (order.status !== 'completed' || told.kind === 'iascroft topup') return
  const codes = read?.codes ?? told.codes
  if (codes.length !== order.delivered) yield `its client reads ${codes.length} codes of ${order.delivered}`
}

function checkOperator({ kind, key, state }: Told, { effects }: Evidence): string[] {
  const wanted = kind === 'operator decision' ? 'iascroft withdrawal' : 'giftpesa redemption'
  const found = effects.find((one) => one.kind === wanted && one.key === key)
  return found?.state === state ? [] : [`${kind} ${key} was ${state} and is ${found?.state}`]
}

/** What was answered before is P1's to judge. Other faults may follow on a full disk, so that the time is generous. */
function checkRoom({ told, roomAgainAtMs }: Evidence): string[] {
  const lastAtMs = told.reduce((latest, { atMs }) => Math.max(latest, atMs), 0)
  return roomAgainAtMs.flatMap((atMs) => {
    const until = atMs + recoveryMsMost
    const isAnswered = told.some((one) => isDone(one) && one.sentAtMs >= atMs && one.atMs <= until)
    // The clients had gone before so much time was over.
    if (isAnswered || lastAtMs < until) return []
    return [
      `nobody was answered 2xx in ${recoveryMsMost} ms after the disk had room again, at ${new Date(atMs).toISOString()}`,
    ]
  })
}

const recoveryMsMost = 30_000

/** Every code that anybody was ever told, in answers and webhooks, with whom it was told for. */
function* readCodes({ told, received }: Evidence): Generator<readonly [code: string, key: string]> {
  for (const { codes, key } of told) for (const code of codes) yield [code, key]
  for (const { body } of received) yield* codesOfEvent(body)
}

function* codesOfEvent(body: string): Generator<readonly [code: string, key: string]> {
  const event = JSON.parse(body) as GiftapiEvent & IascroftEvent // What is none of the two has none of these.
  const { order, reference, code } = event.data ?? {}
  for (const item of order?.items ?? [])
    for (const { pin } of item.delivery_data ?? [])
      if (pin !== undefined) yield [pin, order?.external_id ?? '']
  if (typeof code === 'string' && reference !== undefined) yield [code, reference]
}

type GiftapiEvent = {
  readonly data?: {
    readonly order?: {
      readonly external_id: string
      readonly items: readonly { readonly delivery_data?: readonly { readonly pin?: string }[] }[]
    }
  }
}
type IascroftEvent = { readonly data?: { readonly reference?: string; readonly code?: unknown } }

function checkCodes(evidence: Evidence): string[] {
  const owners = new Map<string, string>()
  const broken = evidence.codesTwice.map((code) => `code ${code} stands in two orders`)
  for (const [code, key] of readCodes(evidence)) {
    const owner = owners.get(code)
    if (owner !== undefined && owner !== key) broken.push(`a code was given to ${owner} and to ${key}`)
    owners.set(code, owner ?? key)
  }
  return broken
}

function checkKeys(evidence: Evidence): string[] {
  const broken: string[] = []
  const { ordersOf, effectsOf } = indexRows(evidence)
  for (const [name, all] of Map.groupBy(
    evidence.told.filter((told) => !isOperator(told)),
    ({ kind, key }) => `${kind} ${key}`,
  )) {
    const [some] = all
    if (some === undefined) continue
    const say = (fault: string): void => void broken.push(`${name}: ${fault}`)
    const ids = new Set(all.filter((one) => isDone(one) && one.id !== undefined).map(({ id }) => id))
    if (ids.size > 1) say(`it was answered as ${[...ids].join(' and ')}`)
    const codes = new Set(all.filter((one) => one.codes.length > 0).map((one) => one.codes.toSorted().join()))
    if (codes.size > 1) say('it was answered with other codes')
    if (all.some((one) => one.turn === 'other' && isDone(one)))
      say('another request under its key was answered')
    const firsts = all.filter(({ turn }) => turn === 'first')
    const isRefused = firsts.some(({ outcome }) => outcome === 'refused')
    if (isRefused && firsts.some(isDone)) say('it was refused and done')
    if (isOrder(some)) {
      const rows = ordersOf(some)
      if (rows.length > 1) say(`there are ${rows.length} orders`)
      if (isRefused && rows.length > 0) say('it was refused and is there')
      if (rows.some(({ charges }) => charges > 1)) say('it was charged more than once')
    } else {
      const rows = effectsOf(some)
      if (rows.length > 1) say(`it is there ${rows.length} times`)
      if (isRefused && rows.length > 0) say('it was refused and is there')
      for (const { moved, due, state } of rows)
        if (moved !== due) say(`money moved ${moved} times for what is ${state}`)
    }
  }
  return broken
}

function checkProgress({ told, keys }: Evidence): string[] {
  const broken: string[] = []
  const firsts = told.filter(({ turn }) => turn === 'first')
  const doneKeys = new Set(firsts.filter(isDone).map(({ key }) => key))
  for (const [key, all] of Map.groupBy(firsts, (one) => one.key)) {
    const last = all.at(-1)
    if (last?.outcome === 'again' || last?.outcome === 'silence')
      broken.push(`${last.kind} ${key} was never answered; last ${last.status} ${last.text ?? ''}`)
    const ms = progressMs(all)
    if (ms > progressMsMost) broken.push(`${last?.kind} ${key} was in progress for ${ms} ms`)
  }
  for (const { key, isAnswered, isClaimed, ageS } of keys) {
    if (isClaimed && ageS * 1_000 > progressMsMost)
      broken.push(`key ${key} is in progress for ${Math.round(ageS)} s`)
    if (!isAnswered && doneKeys.has(key)) broken.push(`key ${key} was answered, and the answer is not kept`)
  }
  return broken
}

/**
 * For how long, from each try that was told that the first one is still running to the next try, all together. The time in which nobody
 * answered, or the database was away, is not the key's.
 */
function progressMs(tries: readonly Told[]): number {
  let ms = 0
  let toldAtMs: number | undefined
  for (const { status, outcome, sentAtMs } of tries) {
    if (toldAtMs !== undefined) ms += sentAtMs - toldAtMs
    toldAtMs = status === 409 && outcome === 'again' ? sentAtMs : undefined
  }
  return ms
}

const progressMsMost = 60_000

function checkCharges({ supplier, orders, told }: Evidence): string[] {
  const broken: string[] = []
  const byId = new Map(orders.map((order) => [order.id, order]))
  const soldBy = new Map(
    supplier.flatMap(({ reference, codes }) => codes.map((code) => [code, reference] as const)),
  )
  for (const { reference, behaviour, charges } of supplier) {
    const order = byId.get(reference)
    if (charges > 1) broken.push(`${behaviour} ${reference} was charged ${charges} times`)
    if (charges > 0 && order === undefined)
      broken.push(`${behaviour} ${reference} was charged and is no order`)
    if (order?.status === 'completed' && charges !== 1)
      broken.push(`${behaviour} ${reference} was delivered and charged ${charges} times`)
  }
  for (const { kind, key, codes, id } of told)
    for (const code of codes) {
      const reference = soldBy.get(code)
      if (kind === 'giftapi order' && reference !== undefined && reference !== id)
        broken.push(`${key} was given a code that the supplier sold for ${reference}`)
    }
  return broken
}

function checkRefunds({ supplier, orders }: Evidence): string[] {
  const books = new Map(supplier.map((entry) => [entry.reference, entry]))
  return orders.flatMap(({ id, status, held, breaks }) => {
    const { charges = 0, refunds = 0, behaviour } = books.get(id) ?? {}
    const isPaidBack = held === 'released' || status === 'failed' || status === 'cancelled'
    return isPaidBack && charges > refunds && !breaks.includes('late_success')
      ? [`${behaviour} ${id} was paid back, the supplier has the money, and nobody is told`]
      : []
  })
}

function checkEvents({ finals, received }: Evidence): string[] {
  const broken: string[] = []
  const byId = Map.groupBy(received, ({ id }) => id)
  for (const { about, eventId, path, delivery } of finals) {
    if (eventId === null) {
      broken.push(`${about} has ended without an event`)
      continue
    }
    const came = (byId.get(eventId) ?? []).filter((one) => one.path === path)
    if (!came.some(({ answer }) => answer === 'taken'))
      broken.push(
        `${about}: event ${eventId} did not arrive at ${path} (${came.length} tries came, delivery ${delivery})`,
      )
  }
  for (const [id, tries] of byId) {
    if (id === '') broken.push('an event came without an id')
    else if (
      new Set(tries.map(({ path, body }) => `${path} ${body}`)).size >
      new Set(tries.map(({ path }) => path)).size
    )
      broken.push(`event ${id} came with other words on another try`)
  }
  return broken
}
