import type { Order } from '../../../core/orders/order.ts'

export type PurchaseKind = 'giftcard' | 'airtime' | 'digital'

/** What an order keeps of the call that made it: written with the order, in one commit, and never changed. */
export type PurchaseNotes = {
  readonly kind: PurchaseKind
  readonly reference: string
  readonly productId: string
  readonly productName: string
  /** Of one, as decimals of the core. */
  readonly amount: string
  readonly currency: string
  readonly email: string
  /** With `{code}` in it; empty: the brand has none. */
  readonly redeemUrl: string
  readonly phone: string
  readonly operatorId: string
  readonly operator: string
}

/** The notes of an order that this dialect took; undefined for another's. */
export function notesOf({ dialect, notes }: Pick<Order, 'dialect' | 'notes'>): PurchaseNotes | undefined {
  return dialect === 'iascroft' ? (notes as PurchaseNotes) : undefined // Written by toPlaceOrder alone.
}
