import type { Locale } from '../../values/locale.ts'
import type { DeliveredCode, PlaceOrder, Receipt } from '../orders/order.ts'

/** The order that a request makes, placed already or not. */
export type OrderedBy = Pick<PlaceOrder, 'partnerId' | 'dialect' | 'externalId' | 'requestKey'>

/** A mail that goes out once an order has delivered. */
export type OrderMail = {
  readonly of: OrderedBy
  readonly recipient: string
  readonly locale: Locale
  /** How the recipient knows the order. */
  readonly reference: string
  /** Where the goods are redeemed by link: an address with `{code}` in it. */
  readonly redeemUrl: string | undefined
}

/** All that its receiver needs of what was delivered, line by line. */
export function goodsLines(
  codes: readonly DeliveredCode[],
  receipts: readonly Receipt[],
  redeemUrl: string | undefined,
): string[] {
  return [
    ...codes.flatMap(({ code, pin, serial, url, lpa, expiresOn }) => [
      code,
      ...(pin === undefined ? [] : [`PIN: ${pin}`]),
      ...(serial === undefined ? [] : [`Serial number: ${serial}`]),
      ...(lpa === undefined ? [] : [lpa]),
      ...linkOf(code, url, redeemUrl),
      ...(expiresOn === undefined ? [] : [`Valid until ${expiresOn}`]),
    ]),
    ...receipts.map(({ message }) => message),
  ]
}

function linkOf(code: string, url: string | undefined, redeemUrl: string | undefined): string[] {
  const link = url ?? redeemUrl?.replaceAll('{code}', encodeURIComponent(code.toWellFormed()))
  return link === undefined ? [] : [link]
}
