import type { RawNumber } from '../../../values/json.ts'
import type { StatusWord } from './disbursements.ts'

type EventRecipient = {
  readonly Name: string
  readonly Amount: RawNumber
  readonly Phone: string
  /** Masked unless the key that asked for the disbursement may see codes; null: no voucher was issued. */
  readonly VoucherCode: string | null
}

export type DisbursementEvent = {
  /** Ours: the same on each try. */
  readonly EventID: string
  readonly DisbursementID: string
  readonly DisbursementTitle: string
  /** yyyyMMdd */
  readonly VoucherStartDate: string
  readonly VoucherEndDate: string
  readonly Merchant: readonly string[]
  readonly Recipients: readonly EventRecipient[]
  readonly Amount: RawNumber
  readonly AmountDisbursed: RawNumber
  readonly CreatedAt: string
  readonly DateProcessed: string | null
  readonly Status: StatusWord
  readonly TransactionCode: string
}

export type RedemptionEvent = {
  readonly EventID: string
  readonly Phone: string
  readonly Amount: RawNumber
  readonly TillNo: string
  readonly TransactionDate: string
  readonly TransactionCode: string
  readonly Status: 'success'
  readonly MpesaCode: string | null
  readonly Merchant: { readonly ID: string; readonly Name: string }
  /** Holders of the vouchers that were touched, with what was taken from each. */
  readonly Recipients: readonly EventRecipient[]
  readonly VoucherCodes: readonly string[]
  readonly Mode: 'API' | 'USSD' | 'Web' | 'External'
}

export type TestEvent = { readonly EventID: string; readonly Event: 'test'; readonly CreatedAt: string }
