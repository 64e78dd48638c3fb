import { readLpa } from '../../../core/fulfilment/esim.ts'
import type { DeliveredCode, OrderItem, Receipt } from '../../../core/orders/order.ts'
import type { EsimDelivery, ReceiptDelivery } from '../wire/deliveries.ts'

/** What an item delivered beside vouchers, in this wire's words: the same in replies and in events. */
export function toOtherDeliveries(item: OrderItem): (EsimDelivery | ReceiptDelivery)[] {
  return [
    ...item.codes.flatMap((code) => (code.lpa === undefined ? [] : [toEsim(code, code.lpa)])),
    ...item.receipts.map(toReceipt),
  ]
}

/** The delivered vouchers; an eSIM is none. */
export function vouchersOf(item: OrderItem): DeliveredCode[] {
  return item.codes.filter(({ lpa }) => lpa === undefined)
}

/** An eSIM whose activation code is "LPA:1$smdp.example.com$MATCHING-ID"; phones install it from these addresses, too. */
function toEsim({ code: iccid }: DeliveredCode, lpa: string): EsimDelivery {
  const { smdpAddress = '', matchingId = '' } = readLpa(lpa) ?? {}
  const card = encodeURIComponent(lpa)
  return {
    iccid,
    qr_code: lpa,
    smdp_address: smdpAddress,
    activation_code: matchingId,
    ios_install_url: `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${card}`,
    android_install_url: `https://esimsetup.android.com/esim_qrcode_provisioning?carddata=${card}`,
  }
}

/** A package on an eSIM tells which; a recharge, what the operator calls it. */
function toReceipt({ iccid, status, message, operatorReference }: Receipt): ReceiptDelivery {
  if (iccid !== undefined) return { iccid, status: 'recharged', message }
  return { status, message, operator_reference: operatorReference ?? null }
}
