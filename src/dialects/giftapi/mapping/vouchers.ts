import type { DeliveredCode } from '../../../core/orders/order.ts'

/** A code in this wire's words; `code` is there only when the other two are taken. */
export type Voucher = {
  readonly pin: string
  readonly serialNumber: string
  readonly code: string | undefined
}

/**
 * A code on a wire that knows a PIN and a serial number. A code alone is the `pin`. A code with a PIN is a card: the code is its
 * number. Only where there is a serial number too, the code needs a key of its own.
 */
export function toVoucher({ code, pin, serial }: DeliveredCode): Voucher {
  return {
    pin: pin ?? code,
    serialNumber: serial ?? (pin === undefined ? '' : code),
    code: pin !== undefined && serial !== undefined ? code : undefined,
  }
}
