import type { EsimStatus } from '../../../core/fulfilment/supplier.ts'
import type { EsimPackage, EsimState } from '../wire.ts'
import { toScaled } from './amounts.ts'

/** Undefined where a word or a figure is not one that we know. */
export function toEsimStatus(state: EsimState): EsimStatus | undefined {
  const status = statuses.find((word) => word === state.status)
  const packages = state.active_packages.flatMap(toPackage)
  if (status === undefined || packages.length < state.active_packages.length) return undefined
  return {
    status,
    canRenew: state.can_renew,
    packages,
    coverage: state.coverage.map((one) => ({
      countryName: one.country_name,
      countryCode: one.country_code,
      networkName: one.network_name,
    })),
  }
}

const statuses = ['Released', 'Installed', 'Active', 'Depleted', 'Expired'] as const
const packageStatuses = ['waiting', 'active', 'depleted', 'expired'] as const

/** A gigabyte has 10^9 bytes here, as networks sell it. */
const gigabyteDigits = 9

function toPackage(given: EsimPackage): EsimStatus['packages'][number][] {
  const totalBytes = toScaled(given.data_total, gigabyteDigits)
  const remainingBytes = toScaled(given.data_remaining, gigabyteDigits)
  const status = packageStatuses.find((word) => word === given.status)
  if (totalBytes === undefined || remainingBytes === undefined || status === undefined) return []
  const { id, name } = given
  const [activatedAt, expiresAt] = [toDate(given.activated_at), toDate(given.expires_at)]
  return [{ id, name, totalBytes, remainingBytes, activatedAt, expiresAt, status }]
}

function toDate(text: string | null | undefined): Date | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : new Date(ms)
}
