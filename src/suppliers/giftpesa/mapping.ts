import type { Goods, Purchase, SupplierAnswer, SupplierProduct } from '../../core/fulfilment/supplier.ts'
import { digitsOf, exactNumber } from '../../values/json.ts'
import { parseAmount, parseCurrency, printAmount } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Booked, Disbursement, Merchant } from './wire.ts'

/** All amounts of this wire are Kenyan shillings. */
const currency: Currency | undefined = parseCurrency('KES')

/** Units of one purchase: as many as one page of a question shows. */
export const unitsMost = 1_000

/** "any" for vouchers that every merchant takes, "merchant:naivas" for one's own; undefined for anything else. */
function readProductCode(code: string): { readonly merchants: readonly string[] } | undefined {
  if (code === 'any') return { merchants: [] }
  const merchant = /^merchant:([!-~]{1,64})$/.exec(code)?.[1]
  return merchant === undefined ? undefined : { merchants: [merchant] }
}

/** Why a purchase is none that this wire can carry; undefined: it is one. */
export function problemOf(purchase: Purchase): Extract<SupplierAnswer, { state: 'refused' }> | undefined {
  const { productCode, quantity } = purchase
  if (readProductCode(productCode) === undefined)
    return refused(
      'product_unavailable',
      'The product code must be "any" or "merchant:" and a merchant’s id.',
    )
  if (purchase.currency !== currency)
    return refused('product_unavailable', 'Vouchers of this supplier are worth Kenyan shillings.')
  if (quantity > unitsMost)
    return refused('limit_exceeded', `At most ${unitsMost} vouchers are bought at once.`)
  return undefined
}

/** The same purchase has the same body for ever: the other side takes a different one for a conflict. */
export function toBody(purchase: Purchase, notifies: 'yes' | 'no'): object {
  const { reference, quantity, recipient } = purchase
  const one = {
    Name: recipient['name']?.trim().slice(0, 200) || 'Voucher holder',
    Phone: recipient['phone'] ?? '',
    Amount: exactNumber(printAmount(purchase.faceValue)),
  }
  return {
    DisbursementID: reference,
    DisbursementTitle: `Order ${reference}`,
    Merchant: readProductCode(purchase.productCode)?.merchants ?? [],
    Recipients: Array.from({ length: quantity }, () => one),
    SuppressNotifications: notifies === 'no',
  }
}

/** Whether an answer to a disbursement speaks of ours: it is accepted, and its end can be asked for. */
export function isOurs(reply: Booked, purchase: Purchase): boolean {
  return (
    reply.DisbursementID === purchase.reference &&
    reply.RecipientsCount === purchase.quantity &&
    toMicros(reply.Amount) === purchase.faceValue * BigInt(purchase.quantity)
  )
}

/** What the other side says of a disbursement of ours. */
export function readDisbursement(reply: Disbursement, purchase: Purchase): SupplierAnswer {
  if (!isOurs(reply, purchase)) return unknown('The answer is about another disbursement.')
  const supplierReference = reply.TransactionCode
  switch (reply.Status) {
    case 'pending':
    case 'processing':
      return { state: 'pending', detail: `The disbursement is ${reply.Status}.`, supplierReference }
    case 'failed':
      return refused('rejected', 'No voucher could be issued.')
    case 'success':
    case 'partial': {
      const goods = goodsOf(reply, purchase)
      if (typeof goods === 'string') return unknown(goods)
      const [issued, fee] = [toMicros(reply.AmountDisbursed), toMicros(reply.Cost)]
      if (issued !== purchase.faceValue * BigInt(goods.length) || fee === undefined || currency === undefined)
        return unknown('The amounts of the answer do not fit its vouchers.')
      return { state: 'delivered', goods, cost: { amount: issued + fee, currency }, supplierReference }
    }
    default:
      return unknown(`The disbursement has the unknown status "${reply.Status}".`)
  }
}

/** One for each voucher that was issued, or what is wrong with them. */
function goodsOf(reply: Disbursement, purchase: Purchase): readonly Goods[] | string {
  const { Recipients: recipients, Status: status, TransactionCode: operatorReference } = reply
  if (recipients.length !== purchase.quantity) return `${recipients.length} recipients are told of.`
  const ours = recipients.every(
    ({ Phone: phone, Amount: amount }) =>
      isSamePhone(phone, purchase.recipient['phone']) && toMicros(amount) === purchase.faceValue,
  )
  if (!ours) return 'The answer is about another telephone or amount.'
  const issued = recipients.filter((one) => one.Status === 'success')
  if (issued.length === 0 || (status === 'success') !== (issued.length === recipients.length))
    return `${issued.length} of ${recipients.length} vouchers were issued, and the whole is told as "${status}".`
  const codes = issued.map((one) => one.VoucherCode ?? '')
  if (codes.includes('')) return 'A code is empty.'
  // A key without the right to see codes is shown asterisks: the vouchers are on the telephone, which has its message.
  const areHidden = codes.every((code) => /^\*+$/.test(code))
  if (areHidden) {
    const message = 'The voucher is on the telephone.'
    return codes.map((): Goods => ({ kind: 'receipt', status: 'success', message, operatorReference }))
  }
  if (codes.some((code) => code.includes('*'))) return 'A code is masked.'
  if (new Set(codes).size < codes.length) return 'The same code was delivered twice.'
  return codes.map((code): Goods => ({ kind: 'code', code }))
}

/** The other side writes E.164, a buyer as he likes: the last nine digits are the subscriber's. */
function isSamePhone(theirs: string, ours: string | undefined): boolean {
  const last = (text: string): string => text.replaceAll(/\D/g, '').slice(-9)
  return last(theirs).length === 9 && last(theirs) === last(ours ?? '')
}

/** What anybody takes first, then each merchant's own. What vouchers cost besides their worth is told by no list. */
export function toProducts(merchants: readonly Merchant[]): SupplierProduct[] {
  if (currency === undefined) return []
  const product = { cost: undefined, costRate: undefined, currency, stock: undefined }
  return [
    { ...product, productCode: 'any', name: 'Voucher for every merchant' },
    ...merchants
      .filter(
        ({ MerchantID: id, Merchant: name }) =>
          readProductCode(`merchant:${id}`) !== undefined && name !== '',
      )
      .map(({ MerchantID: id, Merchant: name }) => ({
        ...product,
        productCode: `merchant:${id}`,
        name: `Voucher for ${name}`,
      })),
  ]
}

/** An amount of the wire in micro-units, not below zero; undefined if it is none. */
function toMicros(value: unknown): Micros | undefined {
  const digits = digitsOf(value)
  const amount = digits === undefined ? undefined : parseAmount(digits)
  return amount === undefined || amount < 0n ? undefined : amount
}

function refused(
  reason: Extract<SupplierAnswer, { state: 'refused' }>['reason'],
  detail: string,
): Extract<SupplierAnswer, { state: 'refused' }> {
  return { state: 'refused', reason, detail }
}

function unknown(detail: string): Extract<SupplierAnswer, { state: 'unknown' }> {
  return { state: 'unknown', detail }
}
