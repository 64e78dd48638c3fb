import type { DisbursementId, PartnerId, VoucherId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Value on a telephone number. Its code is sealed, and read by `revealCodes` alone. */
export type Voucher = {
  /** The issuer's. */
  readonly partnerId: PartnerId
  readonly id: VoucherId
  /** Where its worth came from, and goes when it ends. */
  readonly walletId: WalletId
  /** E.164. */
  readonly phone: string
  readonly holder: string
  readonly currency: Currency
  /** Micro-units: what it was worth, what is left, what was spent, and what went back to the issuer. */
  readonly amount: Micros
  readonly balance: Micros
  readonly redeemed: Micros
  readonly expired: Micros
  readonly startsAt: Date
  /** Worth nothing from then on. */
  readonly endsAt: Date
  /** Codes of the merchants that may take it; none: all may. */
  readonly merchants: readonly string[]
  /** An outside paybill may take it, too. */
  readonly isExternal: boolean
  /** Its holder is sent no messages. */
  readonly isSilent: boolean
  readonly frozenAt: Date | undefined
  readonly disbursementId: DisbursementId | undefined
  readonly position: number | undefined
}

/** A voucher to be issued. */
export type NewVoucher = Pick<
  Voucher,
  | 'walletId'
  | 'phone'
  | 'holder'
  | 'amount'
  | 'currency'
  | 'startsAt'
  | 'endsAt'
  | 'merchants'
  | 'isExternal'
  | 'isSilent'
  | 'disbursementId'
  | 'position'
>

/** Value that was taken out of a voucher, or put back. */
export type Part = {
  readonly partnerId: PartnerId
  readonly voucherId: VoucherId
  readonly disbursementId: DisbursementId | undefined
  readonly amount: Micros
}

/** True for an E.164 number. */
export function isPhone(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text)
}

/** Which vouchers may be taken by whom. */
export type Acceptance = {
  readonly phone: string
  /** The issuer; undefined: any. */
  readonly partnerId: PartnerId | undefined
  readonly currency: Currency
  /** The code of the merchant that takes them. */
  readonly merchant: string
  /** Only those that an outside paybill may take. */
  readonly isExternal: boolean
}

/** A part as it was taken. */
export type Taken = Part & {
  readonly isSilent: boolean
  /** In which order they were taken, from 1. */
  readonly place: number
}

/** What a telephone number may spend now, whoever issued it. */
export type Spendable = {
  /** Micro-units, of all of them. */
  readonly worth: Micros
  readonly count: number
  /** Those that are taken first, a hundred at the most. */
  readonly vouchers: readonly Voucher[]
}
