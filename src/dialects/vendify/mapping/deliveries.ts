import type { DeliveredCode, Order, OrderItem, Receipt } from '../../../core/orders/order.ts'
import type { Delivered, EsimLinks } from '../wire/orders.ts'

/** How a product's codes are printed and redeemed, as long as it is in the catalogue. */
export type Display = {
  /** Where its brand redeems, with `{code}` in it. */
  readonly redeemUrl: string | undefined
  /** Whether the brand prints its codes in groups of four. */
  readonly isGrouped: boolean
}

const nothing: Delivered = {
  voucherCode: '',
  redemptionUrl: '#',
  qrCodeData: '',
  deliveryField: 'voucherCode',
  redemptionInfo: '',
}

/** What an order delivered, with the name of the field that holds it. */
export function toDelivered({ items: [item] }: Pick<Order, 'items'>, display: Display): Delivered {
  if (item === undefined) return nothing
  const [code] = item.codes
  if (code !== undefined) return code.lpa === undefined ? toVoucher(code, display) : toEsim(code, code.lpa)
  const [receipt] = item.receipts
  return receipt === undefined ? nothing : toReceipt(receipt)
}

/** All that its buyer needs of what an order delivered, line by line. */
export function toGoodsLines(order: Pick<Order, 'items'>, display: Display): string[] {
  const { voucherCode, redemptionUrl, qrCodeData, redemptionInfo } = toDelivered(order, display)
  return [voucherCode, redemptionUrl, qrCodeData, redemptionInfo].filter(
    (line) => line !== '' && line !== '#',
  )
}

/** Our pages for whoever bought an eSIM. */
export type Pages = {
  readonly pagesUrl: string
  /** What follows the question mark in the address that shows an eSIM's data. */
  usageQuery(iccid: string): string
}

/** Where an eSIM is installed and watched; nothing for everything else. */
export function toEsimLinks(item: OrderItem | undefined, { pagesUrl, usageQuery }: Pages): EsimLinks {
  const [code] = item?.codes ?? []
  if (code?.lpa === undefined) return {}
  return {
    androidInstallUrl: `${pagesUrl}/setup?card=${encodeURIComponent(code.lpa)}`,
    iosInstallUrl: `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${code.lpa}`,
    eSimDataUsageUrl: `${pagesUrl}/balance?${usageQuery(code.code)}`,
  }
}

function toVoucher({ code, pin, serial, url }: DeliveredCode, display: Display): Delivered {
  const link = url ?? display.redeemUrl?.replaceAll('{code}', encodeURIComponent(code.toWellFormed()))
  const lines = [
    ...(pin === undefined ? [] : [`PIN: ${pin}`]),
    ...(serial === undefined ? [] : [`Serial number: ${serial}`]),
  ]
  return {
    ...nothing,
    voucherCode: display.isGrouped ? inGroups(code) : code,
    redemptionUrl: link ?? '#',
    deliveryField: url === undefined ? 'voucherCode' : 'redemptionUrl',
    redemptionInfo: lines.join('. '),
  }
}

function toEsim({ code: iccid }: DeliveredCode, lpa: string): Delivered {
  return { ...nothing, voucherCode: inGroups(iccid), qrCodeData: lpa, deliveryField: 'qrCodeData' }
}

/** A recharge hands out what its operator calls it; a prepaid meter's token stands in the text of its receipt. */
function toReceipt({ message, operatorReference }: Receipt): Delivered {
  const token = /\btoken:\s*([\d -]{8,})/i.exec(message)?.[1]?.trim()
  return { ...nothing, voucherCode: token ?? operatorReference ?? '', redemptionInfo: message }
}

function inGroups(code: string): string {
  return code.replaceAll(/[\s-]/g, '').replaceAll(/.{4}(?=.)/g, '$& ')
}
