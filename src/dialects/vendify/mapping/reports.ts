import type { OrderContacts } from '../../../core/contacts/contact.ts'
import type { Order } from '../../../core/orders/order.ts'
import type { SalesSum } from '../../../core/sales/sale.ts'
import { divideHalfEven } from '../../../values/decimal.ts'
import { parseAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { HistoryRow, SummaryQuery, SummaryRow } from '../wire/reports.ts'
import { toDelivered } from './deliveries.ts'
import { maskCode, maskEmail, maskTelephone } from './masks.ts'
import { notesOf, referenceOf } from './notes.ts'

/** Whether what was bought is known to be used up: a recharge is, a code that somebody may yet redeem is not. */
export function isUsed({ items: [item] }: Order): boolean {
  return item !== undefined && item.codes.length === 0
}

/** What holds an order's goods, as one text. */
export function goodsOf(order: Order): string {
  const { voucherCode, redemptionUrl } = toDelivered(order, { redeemUrl: undefined, isGrouped: false })
  return voucherCode === '' && redemptionUrl !== '#' ? redemptionUrl : voucherCode
}

/** Where an order's goods go: as it was placed, or as that was changed since. */
export function contactsOf(order: Order, changed: OrderContacts | undefined): OrderContacts {
  const { email, telephone } = notesOf(order)
  return {
    buyerEmail: changed?.buyerEmail,
    beneficiaryEmail: changed?.beneficiaryEmail ?? (email === '' ? undefined : email),
    beneficiaryTelephone: changed?.beneficiaryTelephone ?? (telephone === '' ? undefined : telephone),
  }
}

export function toHistoryRow(order: Order, changed: OrderContacts | undefined): HistoryRow {
  const notes = notesOf(order)
  const contacts = contactsOf(order, changed)
  return {
    transactionReference: referenceOf(notes),
    transactionDate: order.createdAt.toISOString().slice(0, 10).replaceAll('-', '/'),
    voucher: maskCode(goodsOf(order)),
    currency: notes.faceCurrency,
    voucherValue: toGrouped(parseAmount(notes.faceValue) ?? 0n),
    transactedCurrency: order.currency,
    transactedValue: toGrouped(order.totalAmount),
    redeemedStatus: isUsed(order) ? 'Redeemed' : 'Not Redeemed',
    // The wire drops what an order says of its buyer.
    buyerFirstname: '',
    buyerLastname: '',
    buyerTelephone: '',
    buyerEmail: maskEmail(contacts.buyerEmail),
    beneficiaryTelephone: maskTelephone(contacts.beneficiaryTelephone),
    beneficiaryEmail: maskEmail(contacts.beneficiaryEmail),
  }
}

export function toSummaryRow(
  sum: SalesSum,
  countries: ReadonlyMap<string, string>,
  { fromDate, toDate }: SummaryQuery,
): SummaryRow {
  return {
    productCode: sum.skuCode,
    productName: sum.skuName,
    transactionCount: String(sum.orders),
    totalVoucherValue: toGrouped(sum.faceValue),
    voucherCurrency: sum.currency,
    // ISO 4217 begins a code with the country's: USD, GBP, NGN. A union's currency has no country.
    currencyCountry: countries.get(sum.currency.slice(0, 2)) ?? '',
    reportFromDate: fromDate,
    reportToDate: toDate,
  }
}

/** "57,191.70": two decimals, rounded half-even, thousands apart. */
export function toGrouped(amount: Micros): string {
  const hundredths = divideHalfEven(amount, 10_000n)
  const whole = String(hundredths / 100n).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return `${whole}.${String(hundredths % 100n).padStart(2, '0')}`
}
