import type { PartnerId, ProductId } from '../../values/ids.ts'

/** An account that a partner asked about, for one product. */
export type ValidatedAccount = {
  readonly partnerId: PartnerId
  readonly productId: ProductId
  readonly account: string
}

/** How long it counts that an account was found. */
export const validMinutes = 30
