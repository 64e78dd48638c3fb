import type { PartnerId } from '../../values/ids.ts'

type ReferenceKind = 'purchase' | 'withdrawal' | 'redemption' | 'funding'

/** A reference that a call wants to have for itself. */
export type ReferenceWish = {
  readonly partnerId: PartnerId
  readonly kind: ReferenceKind
  /** The caller's own text. */
  readonly reference: string
  /** What an order with this reference would be called: the dialect's external id. */
  readonly name: string
  /** The key under which the call may be repeated; undefined: nothing repeats it. */
  readonly key: string | undefined
}

/** So long a claim keeps others away that has led to nothing: longer than any call takes. */
export const idleClaimSeconds = 60
