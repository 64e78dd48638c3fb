import type { BankDetailsId, MerchantId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'

export const detailsStates = ['entered', 'confirmed', 'rejected', 'replaced'] as const

export type DetailsState = (typeof detailsStates)[number]

/** Where a merchant is paid to in a currency, as it may be shown. */
export type BankDetails = {
  readonly id: BankDetailsId
  readonly merchantId: MerchantId
  /** The merchant's code. */
  readonly merchant: string
  readonly currency: Currency
  /** With all but the last four signs of the number hidden. */
  readonly accountShown: string
  /** replaced: others took their place. */
  readonly state: DetailsState
  readonly enteredBy: string
  readonly decidedBy: string | undefined
  /** Why they were rejected. */
  readonly reason: string
  readonly createdAt: Date
  readonly decidedAt: Date | undefined
}
