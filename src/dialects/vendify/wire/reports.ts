import { Type } from 'typebox'
import type { Static } from 'typebox'

const day = (description: string) => Type.String({ maxLength: 10, description, examples: ['2021-01-25'] })

export const HistoryQuery = Type.Object({
  fromDate: day('The first day.'),
  toDate: day('The last day, included; at most two months later.'),
  status: Type.Unsafe<'all' | 'used' | 'unused'>(
    Type.String({
      enum: ['all', 'used', 'unused'],
      description: 'Whether it was redeemed, as far as is known.',
    }),
  ),
})
export type HistoryQuery = Static<typeof HistoryQuery>

export const HistoryRow = Type.Object({
  transactionReference: Type.String(),
  transactionDate: Type.String({ examples: ['2023/04/09'] }),
  voucher: Type.String({ examples: ['GEJ*********KDB'] }),
  currency: Type.String(),
  voucherValue: Type.String({ examples: ['100.00'] }),
  transactedCurrency: Type.String(),
  transactedValue: Type.String({ examples: ['57,191.70'] }),
  redeemedStatus: Type.String({ examples: ['Not Redeemed'] }),
  buyerFirstname: Type.String(),
  buyerLastname: Type.String(),
  buyerTelephone: Type.String({ examples: ['+**********77'] }),
  buyerEmail: Type.String({ examples: ['po**************com'] }),
  beneficiaryTelephone: Type.String(),
  beneficiaryEmail: Type.String(),
})
export type HistoryRow = Static<typeof HistoryRow>

export const SummaryQuery = Type.Object({
  fromDate: day('The first day.'),
  toDate: day('The last day, included; at most 24 months later.'),
})
export type SummaryQuery = Static<typeof SummaryQuery>

export const SummaryRow = Type.Object({
  productCode: Type.String(),
  productName: Type.String(),
  transactionCount: Type.String({ examples: ['2'] }),
  totalVoucherValue: Type.String({ examples: ['1,000.00'] }),
  voucherCurrency: Type.String(),
  currencyCountry: Type.String(),
  reportFromDate: Type.String(),
  reportToDate: Type.String(),
})
export type SummaryRow = Static<typeof SummaryRow>

export const VoucherPath = Type.Object({ transactionReference: Type.String() })

export const VoucherDetails = Type.Object({
  status: Type.Literal(1),
  code: Type.String({ examples: ['XCJ*********UYV'] }),
  description: Type.String(),
  expirationDate: Type.String({ examples: ['2024/04/03'] }),
})
export type VoucherDetails = Static<typeof VoucherDetails>

const contact = (maxLength: number, description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength, description }))

export const UpdateDeliveryBody = Type.Object({
  buyerEmail: contact(254, 'The buyer’s new address.'),
  beneficiaryEmail: contact(254, 'The recipient’s new address.'),
  beneficiaryTelephone: contact(20, 'The recipient’s new phone, international.'),
  transactionReference: Type.String({ minLength: 1, maxLength: 100 }),
})
export type UpdateDeliveryBody = Static<typeof UpdateDeliveryBody>

export const UpdatedDelivery = Type.Object({
  voucherCode: Type.String({ examples: ['LVX*********QLB'] }),
  status: Type.Literal(1),
  requestResponse: Type.String(),
  expirationDate: Type.String({ examples: ['2024-03-23'] }),
})
export type UpdatedDelivery = Static<typeof UpdatedDelivery>

export const HistoryReply = Type.Array(HistoryRow)
export const SummaryReply = Type.Array(SummaryRow)

export const ExportBody = Type.Object({
  report: Type.Unsafe<'TransactionHistory' | 'TransactionSummary'>(
    Type.String({ enum: ['TransactionHistory', 'TransactionSummary'] }),
  ),
  fromDate: day('The first day.'),
  toDate: day('The last day, included; as far away as you like.'),
  status: Type.Optional(
    Type.Unsafe<'all' | 'used' | 'unused'>(
      Type.String({ enum: ['all', 'used', 'unused'], description: 'Of a history; all without it.' }),
    ),
  ),
  format: Type.Unsafe<'csv' | 'xlsx'>(Type.String({ enum: ['csv', 'xlsx'] })),
})
export type ExportBody = Static<typeof ExportBody>

export const ExportQueued = Type.Object({
  exportId: Type.String(),
  status: Type.Literal('QUEUED'),
})

export const ExportQuery = Type.Object({ token: Type.String({ minLength: 1, maxLength: 100 }) })
