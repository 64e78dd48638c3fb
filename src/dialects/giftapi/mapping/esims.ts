import type { Esim } from '../../../core/fulfilment/esim.ts'
import type { EsimStatus as CoreStatus } from '../../../core/fulfilment/supplier.ts'
import { printDecimal } from '../../../values/decimal.ts'
import { exactNumber } from '../../../values/json.ts'
import type { EsimStatus, Gigabytes } from '../wire/esims.ts'

type CorePackage = CoreStatus['packages'][number]

/** `lpa` is the text behind the eSIM's QR code, where it is known. */
export function toEsimStatus(esim: Esim, status: CoreStatus, lpa: string | undefined): EsimStatus {
  const running = status.packages.filter(isRunning)
  return {
    esim_id: esim.id,
    iccid: esim.iccid,
    status: status.status,
    qr_code: lpa ?? null,
    can_renew: status.canRenew,
    last_bundle: esim.packages.at(-1)?.name ?? null,
    data_balance: {
      total_gb: toGigabytes(sum(running, (one) => one.totalBytes)),
      remaining_gb: toGigabytes(sum(running, (one) => one.remainingBytes)),
      unit: 'GB',
    },
    active_packages: running.map((one) => ({
      id: one.id,
      name: one.name,
      data_total: toGigabytes(one.totalBytes),
      data_remaining: toGigabytes(one.remainingBytes),
      data_unit: 'GB',
      activated_at: toZulu(one.activatedAt),
      expires_at: toZulu(one.expiresAt),
      status: one.status,
    })),
    coverage: status.coverage.map(({ countryName, countryCode, networkName }) => ({
      country_name: countryName,
      country_code: countryCode,
      network_name: networkName,
    })),
  }
}

function isRunning({ status }: CorePackage): boolean {
  return status === 'active' || status === 'waiting'
}

function sum(packages: readonly CorePackage[], bytesOf: (one: CorePackage) => bigint): bigint {
  return packages.reduce((total, one) => total + bytesOf(one), 0n)
}

/** Decimal gigabytes, 10^9 bytes. */
function toGigabytes(bytes: bigint): Gigabytes {
  return exactNumber(printDecimal(bytes, 9))
}

/** The instants of this one reply end in Z on the vendor's page. */
function toZulu(at: Date | undefined): string | null {
  return at === undefined ? null : `${at.toISOString().slice(0, 19)}Z`
}
