import type { CodeId, DataKeyId, OrderId, PartnerId } from '../../values/ids.ts'
import type { DeliveredCode, Order, PlaceOrder } from './order.ts'

export type BatchOutcome =
  | 'placed'
  | 'accepted'
  | 'repeat'
  | 'wallet_not_found'
  | 'partner_inactive'
  | 'insufficient_funds'
  | 'out_of_stock'
  | 'contended'

/** A sold code as it is stored. */
export type SealedCode = {
  readonly id: CodeId
  readonly dataKeyId: DataKeyId
  readonly ciphertext: Buffer
  readonly expiresOn: string
}

/** What `place_orders` said of one order, committed. */
export type BatchAnswer = {
  readonly outcome: BatchOutcome
  /** Of a repeat: the first order's. */
  readonly orderId: OrderId
  /** Of a repeat: what the first order's request was. */
  readonly requestHash: string
  readonly delivered: number
  readonly createdAt: Date
  readonly codes: readonly SealedCode[]
}

export type DeskAnswer = BatchAnswer & { readonly sameRequest: boolean }

/**
 * Where orders queue. While one batch is on its way to the database the next one collects, without a timer: under load batches
 * grow and one commit serves many orders, alone an order waits for nothing.
 */
export type OrderDesk = {
  /** Answers when the order is committed or refused. Throws Failure order_in_progress, unavailable. */
  submit(command: PlaceOrder): Promise<DeskAnswer>
  /** One of the partner's orders as it now is. Throws Failure order_not_found. */
  orderOf(partnerId: PartnerId, orderId: OrderId): Promise<Order>
  /** A sold code in clear. */
  open(code: SealedCode): Promise<DeliveredCode>
  /** Told of each answered batch: how many orders, and the milliseconds it took. */
  onBatch: ((size: number, milliseconds: number) => void) | undefined
  /** Waits until all that was submitted is answered. */
  drain(): Promise<void>
}

/** Tells who waits that an order has ended, whichever process ended it. */
export type OrderEnds = {
  /**
   * Waits until the order may have ended: true when whoever waits should look, and wait again if it has not; false when `patienceMs` are
   * over or this process stops.
   */
  wait(orderId: OrderId, patienceMs: number): Promise<boolean>
  /** Lets everybody who waits go on. */
  close(): Promise<void>
}
