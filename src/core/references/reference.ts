import type { PartnerId } from '../../values/ids.ts'

/** What a reference can be of. */
export const referenceKinds = ['purchase', 'withdrawal', 'redemption', 'funding'] as const

export type ReferenceKind = (typeof referenceKinds)[number]

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
