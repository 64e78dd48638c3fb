import type { OrderId, PartnerId, SkuId, SupplierId } from '../../values/ids.ts'
import type { EsimInQuestion } from './supplier.ts'

/** An eSIM that a partner bought, and what was put on it. */
export type Esim = EsimInQuestion & {
  readonly partnerId: PartnerId
  /** Ours, a UUID. */
  readonly id: string
  /** The order that brought it. */
  readonly orderId: OrderId
  readonly skuId: SkuId
  readonly supplierId: SupplierId
}

/** An eSIM in a list. */
export type EsimSummary = {
  /** Ours, a UUID. */
  readonly id: string
  readonly iccid: string
  /** The order that brought it, and what was bought then. */
  readonly orderId: OrderId
  readonly name: string
  /** All that was ever put on it, the first included. */
  readonly packages: number
  readonly createdAt: Date
}

/** An ICCID as ITU-T E.118 writes it: 18 to 22 digits, the last of them a Luhn check digit that suppliers do not always get right. */
export function isIccid(text: string): boolean {
  return /^\d{18,22}$/.test(text)
}

/** The parts of an activation code of GSMA SGP.22, "LPA:1$smdp.example.com$MATCHING-ID"; undefined if the text is none. */
export function readLpa(
  lpa: string,
): { readonly smdpAddress: string; readonly matchingId: string } | undefined {
  const [, smdpAddress, matchingId] = /^LPA:1\$([^$\s]+)\$([^$\s]*)(?:\$.*)?$/.exec(lpa) ?? []
  return smdpAddress === undefined ? undefined : { smdpAddress, matchingId: matchingId ?? '' }
}

const bytesPerGigabyte = 1_000_000_000n

/** Bytes of a plan that says how many gigabytes it has; 0 if it says nothing of the kind. */
export function planBytes(dataGb: unknown): bigint {
  return typeof dataGb === 'number' && dataGb > 0
    ? (BigInt(Math.round(dataGb * 1_000)) * bytesPerGigabyte) / 1_000n
    : 0n
}
