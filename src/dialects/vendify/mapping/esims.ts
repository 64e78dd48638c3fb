import type { Esim } from '../../../core/fulfilment/esim.ts'
import type { EsimStatus } from '../../../core/fulfilment/supplier.ts'
import type { EsimReply } from '../wire/esims.ts'

/** How an eSIM is doing. Packages that were put on it later count, too; the plan is the one that it was sold with. */
export function toEsimReply(esim: Esim, status: EsimStatus, at: Date): EsimReply {
  const [first] = esim.packages
  const running = status.packages.filter((one) => one.status === 'waiting' || one.status === 'active')
  const counted = running.length > 0 ? running : status.packages.slice(-1)
  const sum = (of: (one: EsimStatus['packages'][number]) => bigint): bigint =>
    counted.reduce((total, one) => total + of(one), 0n)
  return {
    id: numberOf(esim.id),
    iccid: esim.iccid,
    planName: first?.name ?? '',
    status: words[status.status],
    lastUpdated: at.toISOString(),
    validityInDays: first?.validityDays ?? 0,
    totalDataAllowanceGb: toGigabytes(sum((one) => one.totalBytes)),
    remainingDataGb: toGigabytes(sum((one) => one.remainingBytes)),
    message: 'Esim Details',
  }
}

const words = {
  Released: 'Pending Activation',
  Installed: 'Pending Activation',
  Active: 'Data started',
  Depleted: 'Depleted',
  Expired: 'Expired',
} as const satisfies Record<EsimStatus['status'], EsimReply['status']>

/** Two decimals, cut off: nobody is promised what is not there. A gigabyte is 10^9 bytes. */
export function toGigabytes(bytes: bigint): string {
  const hundredths = bytes / 10_000_000n
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}

/** A number of up to 52 bits out of a UUID's random half: two of a partner's eSIMs do not meet. */
function numberOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(-13), 16)
}
