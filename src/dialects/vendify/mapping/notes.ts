import type { Order } from '../../../core/orders/order.ts'

/**
 * What an order keeps of the call that made it: written with the order, in one commit, and never changed. The figures are those that
 * the wallet was charged by, as decimals of the core.
 */
export type OrderNotes = {
  readonly sysId: string
  readonly sessionUid: string
  readonly walletId: string
  readonly productId: number
  readonly productCode: string
  readonly providerId: number
  readonly providerName: string
  readonly faceValue: string
  readonly faceCurrency: string
  readonly targetValue: string
  readonly rate: string
  readonly customerReference: string
  readonly uniqueAccountId: string
  readonly transactionTitle: string
  readonly transactionComment: string
  readonly email: string
  readonly telephone: string
}

/** The notes of an order that this dialect took. Throws for another's: nobody asks for one. */
export function notesOf({ id, dialect, notes }: Pick<Order, 'id' | 'dialect' | 'notes'>): OrderNotes {
  if (dialect !== 'vendify' || typeof notes !== 'object' || notes === null)
    throw new Error(`The order ${id} has no notes of this dialect.`)
  return notes as OrderNotes // Written by toPlaceOrder alone.
}

/** By which name the client asks for an order. */
export function referenceOf({ sysId, sessionUid }: Pick<OrderNotes, 'sysId' | 'sessionUid'>): string {
  return `${sysId}:${sessionUid}`
}
