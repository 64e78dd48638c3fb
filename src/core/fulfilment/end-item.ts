import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { EventId, HoldId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { bookCost } from '../ledger/book-cost.ts'
import { releaseHold } from '../ledger/release-hold.ts'
import { settleHold } from '../ledger/settle-hold.ts'
import { recordEvent } from '../events/record-event.ts'
import { referenceOf, toppedUpIccid } from './fulfilment.ts'
import type { ClaimedItem } from './fulfilment.ts'
import { announceNews, endOrder } from './order-ends.sql.ts'
import { endFulfilment } from './fulfilments.sql.ts'
import {
  insertCodes,
  insertEsim,
  insertEsimPackage,
  insertFingerprints,
  insertQuarantined,
} from './goods.sql.ts'
import { recordBreak } from './record-break.ts'
import { isSound, sealGoods } from './seal-goods.ts'
import type { Goods, RefusalReason } from './supplier.ts'

/** What a supplier delivered, and what it takes for it. */
export type Delivery = {
  readonly supplierId: SupplierId
  readonly supplierCode: string
  readonly productCode: string
  readonly supplierReference: string | undefined
  readonly goods: readonly Goods[]
  /** Micro-units; undefined: nobody knows. */
  readonly cost: { readonly amount: Micros; readonly currency: Currency } | undefined
}

/**
 * Ends an item with what was delivered: codes are stored, the hold is settled for as much as came, the cost is booked, the event is on
 * its way, all in one commit. `stale`: the claim had run out and nothing was written. `bad_goods`: a code is empty, malformed or known
 * already, and nothing was written either.
 */
export async function completeItem(
  database: Database,
  keyRing: KeyRing,
  item: ClaimedItem,
  delivery: Delivery,
): Promise<'ended' | 'stale' | 'bad_goods'> {
  try {
    return await database.inTransaction((tx) => completeWithin(tx, keyRing, item, delivery))
  } catch (error) {
    if (error instanceof KnownCode) return 'bad_goods'
    throw error
  }
}

/** As `completeItem`, in the caller's transaction. Throws KnownCode, after which it must be rolled back. */
export async function completeWithin(
  tx: Tx,
  keyRing: KeyRing,
  item: ClaimedItem,
  delivery: Delivery,
): Promise<'ended' | 'stale' | 'bad_goods'> {
  const goods = delivery.goods.slice(0, item.quantity)
  if (goods.length === 0 || !delivery.goods.every(isSound)) return 'bad_goods'
  const isOurs = await endFulfilment(tx, item, {
    state: 'completed',
    supplierReference: delivery.supplierReference,
    // Its codes may have been told this once: who holds them must not drop them because nobody could ask for them meanwhile.
    evenParkedWith: delivery.supplierId,
  })
  if (!isOurs) return 'stale'
  await storeGoods(tx, keyRing, item, delivery, goods)
  const amount = item.unitPrice * BigInt(goods.length)
  await settleHold(tx, { partnerId: item.partnerId, holdId: holdOf(item), amount })
  if (delivery.cost !== undefined && delivery.cost.amount > 0n) {
    const { partnerId, orderId } = item
    await bookCost(tx, { partnerId, orderId, supplier: delivery.supplierCode, ...delivery.cost })
  }
  const status = goods.length === item.quantity ? 'completed' : 'partially_completed'
  const receipts = goods.flatMap((one) => (one.kind === 'receipt' ? [withoutKind(one)] : []))
  await endOrder(tx, item, {
    status,
    delivered: goods.length,
    totalAmount: amount,
    errorCode: undefined,
    receipts,
  })
  await tellEnd(tx, item, status)
  return 'ended'
}

/**
 * Ends an item that nobody will deliver: the hold is released in the same commit, so the money is back before the status says so.
 * False: the claim had run out and nothing was written.
 *
 * @param lookAgainAfterMs when to ask the supplier once more whether it stays so; undefined: there is no doubt
 */
export async function failItem(
  database: Database,
  item: ClaimedItem,
  reason: RefusalReason,
  lookAgainAfterMs: number | undefined,
): Promise<boolean> {
  return database.inTransaction((tx) => failWithin(tx, item, reason, lookAgainAfterMs))
}

/** As `failItem`, in the caller's transaction. */
export async function failWithin(
  tx: Tx,
  item: ClaimedItem,
  reason: RefusalReason,
  lookAgainAfterMs: number | undefined,
): Promise<boolean> {
  const isOurs = await endFulfilment(tx, item, { state: 'failed', refusal: reason, lookAgainAfterMs })
  if (!isOurs) return false
  await releaseHold(tx, { partnerId: item.partnerId, holdId: holdOf(item) })
  await endOrder(tx, item, {
    status: 'failed',
    delivered: 0,
    totalAmount: 0n,
    errorCode: reason,
    receipts: [],
  })
  await tellEnd(tx, item, 'failed')
  return true
}

/** Keeps codes aside that came when they should not have, and puts the matter before a person. */
export async function quarantine(
  database: Database,
  keyRing: KeyRing,
  item: ClaimedItem,
  found: {
    readonly kind: 'late_success' | 'reversal' | 'bad_goods'
    readonly supplierId: SupplierId
    readonly goods: readonly Goods[]
    readonly detail: string
  },
): Promise<void> {
  await database.inTransaction(async (tx) => {
    const { partnerId, orderId } = item
    const { repeated } = await recordBreak(tx, {
      kind: found.kind,
      supplierId: found.supplierId,
      partnerId,
      orderId,
      item: item.item,
      reference: referenceOf(item),
      amount: undefined,
      currency: undefined,
      detail: found.detail,
    })
    if (repeated) return
    const codes = found.goods.flatMap((one) => {
      // A code may be worth its money all the same where only the day of its expiry makes no sense.
      const kept = one.kind === 'code' && !isSound(one) ? { ...one, expiresOn: undefined } : one
      return kept.kind !== 'receipt' && isSound(kept) ? [sealGoods(keyRing, item.brandId, kept)] : []
    })
    const fresh = await insertFingerprints(tx, orderId, codes)
    const note = `${found.kind} ${referenceOf(item)}`
    await insertQuarantined(
      tx,
      { skuId: item.skuId, orderId, note },
      codes.filter(({ id }) => fresh.has(id)),
    )
  })
}

async function storeGoods(
  tx: Tx,
  keyRing: KeyRing,
  item: ClaimedItem,
  delivery: Delivery,
  goods: readonly Goods[],
): Promise<void> {
  const codes = goods.flatMap((one) =>
    one.kind === 'receipt' ? [] : [sealGoods(keyRing, item.brandId, one)],
  )
  if (codes.length > 0) {
    const fresh = await insertFingerprints(tx, item.orderId, codes)
    if (fresh.size < codes.length) throw new KnownCode('A code was delivered that is known already.')
    await insertCodes(tx, item, codes)
  }
  for (const one of goods) await noteEsim(tx, item, delivery, one)
}

async function noteEsim(tx: Tx, item: ClaimedItem, delivery: Delivery, goods: Goods): Promise<void> {
  const { productCode, supplierId, supplierReference } = delivery
  const iccid = goods.kind === 'esim' ? goods.iccid : toppedUpIccid(item)
  if (iccid === undefined) return
  if (goods.kind === 'esim')
    await insertEsim(tx, { ...item, iccid, id: newId(), supplierId, supplierReference })
  await insertEsimPackage(tx, { ...item, iccid, productCode })
}

/** The event, on its way to whoever wants it, and a word to who waits for the answer. */
async function tellEnd(
  tx: Tx,
  { partnerId, orderId, dialect }: ClaimedItem,
  status: 'completed' | 'partially_completed' | 'failed',
): Promise<void> {
  await recordEvent(tx, { partnerId, id: newId<EventId>(), type: `order.${status}`, orderId, dialect })
  await announceNews(tx, orderId)
}

/** The hold of an order has the order's id. */
function holdOf({ orderId }: ClaimedItem): HoldId {
  return orderId as string as HoldId // The order path gave it this one.
}

function withoutKind({ kind: _, ...receipt }: Extract<Goods, { kind: 'receipt' }>) {
  return receipt
}

/** Rolls a delivery back: a code in it is known already. */
export class KnownCode extends Error {
  override readonly name = 'KnownCode'
}
