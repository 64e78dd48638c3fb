import { failpoint } from '../../platform/failpoints.ts'
import type { SupplierId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { askSupplier, hasHandsFull, inHand, keptAway } from './ask-supplier.ts'
import type { AskParts } from './ask-supplier.ts'
import { completeItem, failItem, quarantine } from './end-item.ts'
import type { Delivery } from './end-item.ts'
import { costOf, findCandidates } from './find-candidates.ts'
import type { RateSource } from './find-candidates.ts'
import { chooseSupplier, recipientOf, referenceOf, toppedUpIccid } from './fulfilment.ts'
import type { Candidate, ClaimedItem, Progress } from './fulfilment.ts'
import { giveBack, selectState, storeIntent } from './fulfilments.sql.ts'
import { selectProductCode } from './candidates.sql.ts'
import type { NextWait } from './fulfilments.sql.ts'
import type { BookedSupplier, SupplierBook } from './book.ts'
import { judge, lookAgainAfterMs, nextStep } from './policy.ts'
import type { Paces, Verdict } from './policy.ts'
import { recordBreak } from './record-break.ts'
import type { Goods, Purchase, RefusalReason, SupplierAnswer } from './supplier.ts'
import { tellWaiting } from './tell-waiting.ts'

/** What filling items takes. */
export type FillParts = AskParts & {
  readonly keyRing: KeyRing
  readonly book: SupplierBook
  readonly rates: RateSource
  readonly paces: Paces
}

/** Somebody, and under which name they sell what the item asks for. */
type Source = {
  readonly booked: BookedSupplier
  readonly productCode: string
  readonly cost: Delivery['cost']
}

/**
 * Takes a claimed item one step further: asks whom it must, outside any transaction, and writes down what follows. Whatever happens to
 * this process, the item comes back when its claim has run out, and the policy knows what an answer that never came allows.
 */
export async function fillItem(parts: FillParts, item: ClaimedItem): Promise<void> {
  const booked = item.supplierId === undefined ? undefined : parts.book.find(item.supplierId)
  const step = nextStep(item, booked?.supplier.profile)
  switch (step.kind) {
    case 'route':
      return route(parts, item)
    case 'park':
      return park(parts, item, step.reason)
    case 'rest':
      return rest(parts, item)
    case 'buy':
    case 'inquire': {
      const source = booked === undefined ? undefined : await sourceOf(parts, item, booked)
      if (source === undefined) return park(parts, item, 'its supplier does not list it any more')
      return step.kind === 'buy' ? buy(parts, item, source) : inquire(parts, item, source)
    }
  }
}

async function route(parts: FillParts, item: ClaimedItem): Promise<void> {
  const candidates = await findCandidates(parts.database, parts.book, parts.rates, item)
  const choice = chooseSupplier(candidates, item.unitPrice * BigInt(item.quantity))
  switch (choice.kind) {
    case 'ask': {
      const booked = parts.book.find(choice.candidate.supplierId)
      if (booked === undefined) return giveBackUntouched(parts, item, breakerWaitMs)
      return buy(parts, item, toSource(booked, choice.candidate))
    }
    case 'wait':
      // Nobody has been asked, so nothing can come of it later: after a while the buyer is better off with the money.
      return item.ageMs > unaskedMostMs
        ? fail(parts, item, 'operator_unavailable')
        : giveBackUntouched(parts, item, breakerWaitMs)
    case 'too_dear':
      return fail(parts, item, 'price_changed')
    case 'none':
      return fail(parts, item, 'product_unavailable')
  }
}

function toSource(booked: BookedSupplier, { productCode, cost, currency }: Candidate): Source {
  return { booked, productCode, cost: { amount: cost, currency } }
}

async function sourceOf(
  { database }: FillParts,
  item: ClaimedItem,
  booked: BookedSupplier,
): Promise<Source | undefined> {
  const row = await selectProductCode(database, item.skuId, booked.account.id)
  if (row === undefined) return undefined
  return { booked, productCode: row.productCode, cost: { amount: costOf(row, item), currency: row.currency } }
}

async function buy(parts: FillParts, item: ClaimedItem, source: Source): Promise<void> {
  if (hasHandsFull(source.booked)) return giveBackUntouched(parts, item, queueWaitMs)
  if (source.booked.breaker.isOpen()) return giveBackUntouched(parts, item, breakerWaitMs)
  const sent = await inHand(source.booked, () => send(parts, item, source))
  if (sent !== undefined) await follow(parts, sent.item, source, 'buy', sent.answer)
}

/** Writes the purchase down and makes it. Undefined: the claim is lost, and nothing was done. */
async function send(
  parts: FillParts,
  item: ClaimedItem,
  source: Source,
): Promise<{ readonly item: ClaimedItem; readonly answer: SupplierAnswer } | undefined> {
  const { account, supplier } = source.booked
  const intent = await storeIntent(parts.database, item, account.id)
  if (intent === undefined) return undefined
  await failpoint('fulfilment.intent-stored')
  const sent: ClaimedItem = { ...item, supplierId: account.id, state: stateWhileSending(item), ...intent }
  const purchase = toPurchase(sent, source)
  const isTopUp = toppedUpIccid(item) !== undefined
  const call = isTopUp ? supplier.topUpEsim?.bind(supplier) : supplier.buy.bind(supplier)
  const answer =
    call === undefined
      ? ({ state: 'refused', reason: 'not_renewable', detail: 'The supplier tops no eSIM up.' } as const)
      : await askSupplier(parts, sent, source.booked, 'buy', (terms) => call(purchase, terms))
  return { item: sent, answer }
}

/** What the supplier had in hand before stays in its hands while it is asked again. */
function stateWhileSending({ state }: ClaimedItem): ClaimedItem['state'] {
  return state === 'pending' ? 'pending' : 'dispatching'
}

async function inquire(parts: FillParts, item: ClaimedItem, source: Source): Promise<void> {
  const { supplier } = source.booked
  if (supplier.inquire === undefined) return park(parts, item, 'its supplier cannot be asked')
  if (hasHandsFull(source.booked)) return giveBackUntouched(parts, item, queueWaitMs)
  const purchase = toPurchase(item, source)
  const inquireOf = supplier.inquire.bind(supplier)
  const answer = await inHand(source.booked, () =>
    askSupplier(parts, item, source.booked, 'inquire', (terms) => inquireOf(purchase, terms)),
  )
  // Nobody was asked, so the next question need not come later for it.
  if (answer === keptAway) return giveBackUntouched(parts, item, breakerWaitMs)
  await follow(parts, item, source, 'inquire', answer)
}

async function follow(
  parts: FillParts,
  item: ClaimedItem,
  source: Source,
  asked: 'buy' | 'inquire',
  answer: SupplierAnswer,
): Promise<void> {
  const { profile } = source.booked.supplier
  const verdict = judge(item, asked, answer, profile, parts.paces, databaseMs(item))
  await failpoint('fulfilment.before-note')
  switch (verdict.kind) {
    case 'complete':
      return complete(parts, item, source, answer, verdict)
    case 'refused':
      return passOn(parts, item, verdict.reason)
    case 'unasked':
      return waitUnasked(parts, item, verdict.afterMs)
    case 'wait':
      return waitOn(parts, item, {
        ...waitOf(item, verdict),
        supplierReference: 'supplierReference' in answer ? answer.supplierReference : undefined,
      })
    case 'send_again':
      return buy(parts, item, source)
    case 'park':
      return park(parts, item, verdict.reason)
    case 'break':
      return breakOpen(parts, item, source, verdict)
    case 'rest':
      return void (await giveBack(parts.database, item, { state: item.state, ...restOf(item) }))
  }
}

async function complete(
  parts: FillParts,
  item: ClaimedItem,
  { booked, productCode, cost: agreed }: Source,
  answer: SupplierAnswer,
  { goods, cost }: Extract<Verdict, { kind: 'complete' }>,
): Promise<void> {
  const { database, keyRing } = parts
  const { id: supplierId, code: supplierCode } = booked.account
  const supplierReference = 'supplierReference' in answer ? answer.supplierReference : undefined
  const delivery = { supplierId, supplierCode, productCode, supplierReference, goods, cost: cost ?? agreed }
  const outcome = await completeItem(database, keyRing, item, delivery)
  if (outcome === 'bad_goods') {
    await quarantine(database, keyRing, item, {
      kind: 'bad_goods',
      supplierId,
      goods,
      detail: 'A code is empty, malformed or known already.',
    })
    return park(parts, item, 'the supplier delivered codes that cannot be right')
  }
  if (outcome === 'stale') return noteLateSuccess(parts, item, supplierId, goods)
  if (goods.length > item.quantity) {
    const extra = goods.slice(item.quantity)
    await quarantine(database, keyRing, item, {
      kind: 'bad_goods',
      supplierId,
      goods: extra,
      detail: `${extra.length} more than asked for.`,
    })
  }
  if (
    cost !== undefined &&
    agreed !== undefined &&
    (cost.currency !== agreed.currency || cost.amount > agreed.amount)
  )
    await recordBreak(database, {
      kind: 'cost_mismatch',
      supplierId,
      partnerId: item.partnerId,
      orderId: item.orderId,
      item: item.item,
      reference: referenceOf(item),
      amount: cost.amount,
      currency: cost.currency,
      detail: 'The supplier charged more than its list said.',
    })
}

/**
 * A delivery that came when this process had lost its claim: harmless, as whoever has the item now hears of the same. Unless it has failed
 * meanwhile, or gone to somebody else because this supplier said to the next one who asked that it would not deliver.
 */
async function noteLateSuccess(
  { database, keyRing }: FillParts,
  item: ClaimedItem,
  supplierId: SupplierId,
  goods: readonly Goods[],
): Promise<void> {
  const now = await selectState(database, item)
  if (now === undefined || (now.state !== 'failed' && now.supplierId === supplierId)) return
  const detail =
    now.state === 'failed'
      ? 'Delivered after it had failed and was paid back.'
      : 'Delivered after it had been refused and was passed on.'
  await quarantine(database, keyRing, item, { kind: 'late_success', supplierId, goods, detail })
}

/** The next in the chain is asked; with nobody left, the item fails. */
async function passOn(parts: FillParts, item: ClaimedItem, reason: RefusalReason): Promise<void> {
  if (item.supplierId === undefined) return
  const candidates = await findCandidates(parts.database, parts.book, parts.rates, {
    ...item,
    refusedBy: [...item.refusedBy, item.supplierId],
  })
  const { kind } = chooseSupplier(candidates, item.unitPrice * BigInt(item.quantity))
  if (kind === 'none' || kind === 'too_dear') return fail(parts, item, reason)
  await giveBack(parts.database, item, {
    state: 'accepted',
    afterMs: 0,
    asks: 0,
    forgetSupplier: true,
    refusedBy: item.supplierId,
    refusal: reason,
  })
}

/** Where a purchase was sent more than once, its end is looked at again: what was slow to arrive may yet be delivered. */
async function fail(parts: FillParts, item: ClaimedItem, reason: RefusalReason): Promise<void> {
  await failItem(parts.database, item, reason, item.sends > 1 ? lookAgainAfterMs : undefined)
}

async function breakOpen(
  parts: FillParts,
  item: ClaimedItem,
  { booked }: Source,
  verdict: Extract<Verdict, { kind: 'break' }>,
): Promise<void> {
  await quarantine(parts.database, parts.keyRing, item, {
    kind: verdict.break,
    supplierId: booked.account.id,
    goods: verdict.goods,
    detail:
      verdict.break === 'late_success'
        ? 'Delivered after it had failed and was paid back.'
        : 'Taken back after it was delivered.',
  })
  await rest(parts, item)
}

/** Nobody looks at it again by itself. */
async function rest({ database }: FillParts, item: ClaimedItem): Promise<void> {
  await giveBack(database, item, { state: item.state, afterMs: null, asks: 0 })
}

/** Leaves it to a person. What has ended stays as it ended: there is nothing to decide about it. */
async function park(parts: FillParts, item: ClaimedItem, reason: string): Promise<void> {
  if (item.state === 'completed' || item.state === 'failed') return rest(parts, item)
  const isOurs = await giveBack(parts.database, item, {
    state: 'parked',
    afterMs: null,
    asks: item.asks,
    parkedReason: reason.slice(0, 500),
  })
  if (isOurs) parts.log.warn({ order: item.orderId, reason }, 'an item waits for a person')
}

/** Its supplier has not said its last word: whoever wants to know is told, the first time. */
async function waitOn({ database }: FillParts, item: ClaimedItem, next: NextWait): Promise<void> {
  const isFirst = item.state === 'dispatching' && next.state !== 'dispatching'
  if (!isFirst) return void (await giveBack(database, item, next))
  await database.inTransaction(async (tx) => {
    if (await giveBack(tx, item, next)) await tellWaiting(tx, item)
  })
}

/** Nobody has the item: it is routed again. */
async function waitUnasked({ database }: FillParts, item: ClaimedItem, afterMs: number): Promise<void> {
  await giveBack(database, item, { state: 'accepted', afterMs, asks: item.asks + 1, forgetSupplier: true })
}

/** Nothing was done; the item keeps its state. */
async function giveBackUntouched({ database }: FillParts, item: ClaimedItem, afterMs: number): Promise<void> {
  await giveBack(database, item, { state: item.state, afterMs, asks: item.asks })
}

/** A first "pending" begins the pace anew; otherwise it slows down. */
function waitOf(
  item: Progress,
  wait: { readonly state?: 'unknown' | 'pending'; readonly afterMs: number },
): NextWait {
  const state =
    wait.state ?? (item.state === 'dispatching' || item.state === 'accepted' ? 'unknown' : item.state)
  return { state, afterMs: wait.afterMs, asks: state === item.state ? item.asks + 1 : 1 }
}

/** After the second look at a failed item nobody looks again by itself. */
function restOf({ state, asks }: Progress): Pick<NextWait, 'afterMs' | 'asks'> {
  return { afterMs: state === 'failed' && asks === 0 ? lastLookAfterMs : null, asks: asks + 1 }
}

/** Now, in ms since 1970, by the database's clock as it was when the item was claimed. */
function databaseMs({ clockStartMs }: ClaimedItem): number {
  return clockStartMs + performance.now()
}

function toPurchase(item: ClaimedItem, { productCode }: Source): Purchase {
  const askedAtMs = Math.round(databaseMs(item))
  return {
    reference: referenceOf(item),
    productCode,
    quantity: item.quantity,
    faceValue: item.faceValue,
    currency: item.faceCurrency,
    isOpenAmount: item.isOpenAmount,
    recipient: recipientOf(item.customerData),
    firstSentAtMs: item.sentAt?.getTime() ?? askedAtMs,
    askedAtMs,
    tries: item.sends,
  }
}

const queueWaitMs = 250
const breakerWaitMs = 3_000
const lastLookAfterMs = 82_800_000
const unaskedMostMs = 600_000
