import { divideHalfEven } from '../../values/decimal.ts'
import type { DisbursementId, PartnerId, VoucherId, WalletId } from '../../values/ids.ts'
import { hundredPercent } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'

/** Failed: not one voucher was issued; partially completed: some were, and the rest was paid back. */
type DisbursementState = 'pending' | 'processing' | 'completed' | 'partially_completed' | 'failed'

/** Vouchers for many telephone numbers, paid for in one go and issued in the background. */
export type Disbursement = {
  readonly partnerId: PartnerId
  readonly id: DisbursementId
  /** The caller's own key. */
  readonly externalId: string
  readonly dialect: string
  readonly title: string
  readonly walletId: WalletId
  readonly currency: Currency
  /** "2026-11-26": the first and the last day on which its vouchers are worth something. */
  readonly startsOn: string
  readonly endsOn: string
  readonly startsAt: Date
  readonly endsAt: Date
  /** Codes of the merchants that may take its vouchers; none: all may. */
  readonly merchants: readonly string[]
  readonly isExternal: boolean
  /** Recipients are sent no messages. */
  readonly isSilent: boolean
  readonly callbackUrl: string | undefined
  /** Whether its callbacks may show codes. */
  readonly revealsCodes: boolean
  readonly recipientsCount: number
  /** Micro-units: what its vouchers are worth in all, and what was paid besides. */
  readonly amount: Micros
  readonly fee: Micros
  readonly feeEach: Micros
  /** Scaled by 10^percentScale. */
  readonly feePercent: bigint
  readonly issuedCount: number
  readonly issuedAmount: Micros
  readonly state: DisbursementState
  /** A letter and seven digits. */
  readonly transactionCode: string
  readonly createdAt: Date
  readonly endedAt: Date | undefined
}

/** Whom a voucher is for. */
export type NewRecipient = {
  readonly name: string
  /** E.164. */
  readonly phone: string
  /** Micro-units, above zero. */
  readonly amount: Micros
  /** What else the caller said of the recipient: a JSON object, as text; undefined: nothing. */
  readonly extra: string | undefined
}

/** A recipient with what became of its voucher. */
export type Recipient = Omit<NewRecipient, 'extra'> & {
  /** From 1. */
  readonly position: number
  readonly extra: Readonly<Record<string, unknown>>
  /** Undefined: it is not issued (yet). */
  readonly voucherId: VoucherId | undefined
  readonly balance: Micros
}

/** A disbursement with all its recipients, as its issuer is told of it; codes are in clear where its callbacks may show them. */
export type TellableDisbursement = Disbursement & {
  readonly recipients: readonly (Recipient & { readonly code: string | undefined })[]
}

/** What a partner pays for a disbursement. */
export type FeeSchedule = {
  /** Micro-units for each recipient. */
  readonly each: Micros
  /** Of what the vouchers are worth; scaled by 10^percentScale. */
  readonly percent: bigint
}

/** Of partners that have none of their own: 22.5 for each recipient. */
export const usualFees: FeeSchedule = { each: 22_500_000n, percent: 0n }

/** Rounded once, half-even, to the micro-unit. */
export function feeOf({ each, percent }: FeeSchedule, count: number, amount: Micros): Micros {
  return each * BigInt(count) + divideHalfEven(amount * percent, hundredPercent)
}

/** What issuing has cost by now: once it has ended, the fee for what could not be issued has gone back. */
export function feePaid(disbursement: Disbursement): Micros {
  const { endedAt, fee, feeEach, feePercent, issuedCount, issuedAmount } = disbursement
  return endedAt === undefined
    ? fee
    : feeOf({ each: feeEach, percent: feePercent }, issuedCount, issuedAmount)
}

/** Recipients of one disbursement. */
export const recipientsMost = 10_000

/** Days that vouchers may be worth something, at the most. */
export const lifeDaysMost = 36_600

/** After so many claims in a row without any progress the rest is paid back. */
export const claimsMost = 5
