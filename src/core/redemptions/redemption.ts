import type {
  MerchantId,
  PartnerId,
  ProposalId,
  RedemptionId,
  VoucherId,
  WalletId,
} from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** How value was taken: by a partner's call, an outside paybill, the holder's own hand on the web or by telephone, or into a wallet. */
export type RedemptionMode = 'api' | 'external' | 'web' | 'ussd' | 'wallet'

/** Value that was taken out of vouchers, at a till or into a wallet. */
export type Redemption = {
  /** Who asked for it; `nobodysId` for what a merchant or a telephone's owner asked for himself. */
  readonly partnerId: PartnerId
  readonly id: RedemptionId
  readonly transactionId: string
  readonly mode: RedemptionMode
  readonly phone: string
  readonly name: string
  /** Micro-units. */
  readonly amount: Micros
  readonly currency: Currency
  readonly merchantId: MerchantId | undefined
  readonly merchantName: string | undefined
  readonly tillNumber: string | undefined
  readonly tillName: string | undefined
  /** Where it went, if it went into a wallet. */
  readonly walletId: WalletId | undefined
  readonly remarks: string
  readonly mpesaCode: string | undefined
  /** Eight capitals and digits. */
  readonly receipt: string
  /** A letter and seven digits. */
  readonly transactionCode: string
  readonly createdAt: Date
  readonly proposalId: ProposalId | undefined
  readonly proposedBy: string | undefined
  readonly reversalNote: string | undefined
  readonly reversedBy: string | undefined
  readonly reversedAt: Date | undefined
}

/** Under which a redemption stands that no partner asked for: the nil UUID. */
export const nobodysId = '00000000-0000-0000-0000-000000000000' as PartnerId // There is no row to take it from.

/** A voucher's share in a redemption, as its issuer sees it. */
export type Share = { readonly partnerId: PartnerId; readonly voucherId: VoucherId; readonly amount: Micros }

/** A redemption as one of the issuers is told of it. */
export type TellableRedemption = Redemption & {
  readonly merchantCode: string | undefined
  /** The issuer's. */
  readonly timeZone: string
  /** The issuer's own vouchers that were touched; codes are in clear where its callbacks may show them. */
  readonly vouchers: readonly {
    readonly holder: string
    readonly phone: string
    /** Micro-units that were taken from it. */
    readonly amount: Micros
    readonly code: string | undefined
  }[]
}

/** Failed tries within an hour, after which nothing is tried for an hour: of a telephone number at tills, and of a partner with codes. */
export const failuresMost = { phone: 10, partner: 50 } as const
