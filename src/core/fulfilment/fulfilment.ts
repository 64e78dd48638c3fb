import type { OrderId, PartnerId, SkuId, SupplierId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export type FulfilmentState =
  | 'accepted'
  | 'dispatching'
  | 'unknown'
  | 'pending'
  | 'completed'
  | 'failed'
  | 'parked'

/** Which item: also the key of its rows. */
export type ItemKey = { readonly partnerId: PartnerId; readonly orderId: OrderId; readonly item: number }

/** How far an item is with whoever was asked last. */
export type Progress = {
  readonly state: FulfilmentState
  readonly supplierId: SupplierId | undefined
  /** Purchases sent to that supplier, and when the first of them went out. */
  readonly sends: number
  readonly sentAt: Date | undefined
  /** When the last of those before this claim went out that had no answer; undefined: each had one. */
  readonly unansweredAt: Date | undefined
  /** Questions since its last definite word; of an accepted item, how often everybody was busy. */
  readonly asks: number
  /** Claims in a row of which nobody lived to tell. */
  readonly claims: number
}

/** An item in the hands of this process, with what a supplier has to know. Amounts are micro-units. */
export type ClaimedItem = ItemKey &
  Progress & {
    readonly fence: bigint
    /** When the claim runs out, in ms of this process's monotonic clock. */
    readonly claimedUntilMs: number
    /** What the database's clock showed when that clock began, in ms since 1970: what is waited for must not depend on ours. */
    readonly clockStartMs: number
    /** How long ago the order was accepted, in ms. */
    readonly ageMs: number
    readonly refusedBy: readonly SupplierId[]
    readonly skuId: SkuId
    readonly skuName: string
    readonly brandId: number
    readonly productType: string
    readonly dialect: string
    readonly quantity: number
    readonly unitPrice: Micros
    readonly walletCurrency: Currency
    readonly faceValue: Micros
    readonly faceCurrency: Currency
    readonly isOpenAmount: boolean
    readonly customerData: unknown
  }

/** Somebody in the chain of a SKU who could be asked now. */
export type Candidate = {
  readonly supplierId: SupplierId
  readonly productCode: string
  /** The least is asked first. */
  readonly priority: number
  /** Micro-units of the supplier's currency for all of the item. */
  readonly cost: Micros
  readonly currency: Currency
  /** False while its breaker keeps calls away. */
  readonly isHealthy: boolean
  /** The cost in the currency of the price; undefined where there is no rate. */
  readonly costInPriceCurrency: Micros | undefined
}

/** Our name for an item at every supplier, for ever: the order's id, with the item's number behind it for all but the first. */
export function referenceOf({ orderId, item }: Pick<ItemKey, 'orderId' | 'item'>): string {
  return item === 1 ? orderId : `${orderId}-${item}`
}

/** The item behind a reference; undefined if the text is no reference of ours. */
export function parseReference(
  text: string,
): { readonly orderId: OrderId; readonly item: number } | undefined {
  const [, orderId, item = '1'] =
    /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-(\d{1,4}))?$/.exec(text) ?? []
  return orderId === undefined ? undefined : { orderId: orderId as OrderId, item: Number(item) } // The shape is all that an id promises.
}

/**
 * Whom to ask: of those who do not cost more than the order pays, the one with the least priority, then the cheapest. A supplier whose
 * breaker is open is passed over while there is another, and waited for when there is none.
 *
 * @param price micro-units that the order pays for all of it
 */
export function chooseSupplier(
  candidates: readonly Candidate[],
  price: Micros,
): { readonly kind: 'ask'; readonly candidate: Candidate } | { readonly kind: 'wait' | 'none' | 'too_dear' } {
  // A cost that cannot be compared is no reason to buy at a loss.
  const affordable = candidates.filter(({ costInPriceCurrency: cost }) => cost !== undefined && cost <= price)
  const [first] = affordable.filter(({ isHealthy }) => isHealthy).toSorted(byPriorityThenCost)
  if (first !== undefined) return { kind: 'ask', candidate: first }
  if (affordable.length > 0) return { kind: 'wait' }
  return { kind: candidates.length > 0 ? 'too_dear' : 'none' }
}

function byPriorityThenCost(a: Candidate, b: Candidate): number {
  if (a.priority !== b.priority) return a.priority - b.priority
  const [first, second] = [a.costInPriceCurrency ?? 0n, b.costInPriceCurrency ?? 0n]
  if (first !== second) return first < second ? -1 : 1
  return a.supplierId < b.supplierId ? -1 : 1
}

/** What the buyer wrote about the recipient, as texts; what is no text or number says nothing to a supplier. */
export function recipientOf(customerData: unknown): Readonly<Record<string, string>> {
  if (typeof customerData !== 'object' || customerData === null) return {}
  return Object.fromEntries(
    Object.entries(customerData).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' && key !== 'quantity' && key !== 'amount' ? [[key, value]] : [],
    ),
  )
}

/** The ICCID of the eSIM on which an item puts another package; undefined for everything else. */
export function toppedUpIccid({
  productType,
  customerData,
}: Pick<ClaimedItem, 'productType' | 'customerData'>): string | undefined {
  return productType === 'esim' ? recipientOf(customerData)['iccid'] : undefined
}
