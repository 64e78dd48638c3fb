import type { CredentialId, PartnerId } from '../../values/ids.ts'

/** A text that a credential signs one call with. */
export type Nonce = {
  readonly partnerId: PartnerId
  readonly credentialId: CredentialId
  readonly nonce: string
}

/** What an order is known by to who placed it. */
export type OrderNames = {
  /** The order's external id, under which it is placed. */
  readonly externalId: string
  /** The name that the client is told, unique for the partner. */
  readonly reference: string
}

/** How long a nonce that no order came with is remembered: whoever has kept a call for longer could make it again. */
export const nonceKeptDays = 400

/** So long after its request came in an order may go to be placed; with as long again to do so, nothing comes of it later. */
export const placingSecondsMost = 30
