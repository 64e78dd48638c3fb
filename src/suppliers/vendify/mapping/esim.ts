import type { EsimStatus } from '../../../core/fulfilment/supplier.ts'
import type { Esim } from '../wire.ts'
import { toBytes } from './amounts.ts'

/** Undefined where a word or a figure is not one that we know. The wire tells of one plan, of no network and of no time. */
export function toEsimStatus({ id, planName, ...esim }: Esim): EsimStatus | undefined {
  const words = meanings.get(esim.status.toLowerCase())
  const totalBytes = toBytes(esim.totalDataAllowanceGb)
  const remainingBytes = toBytes(esim.remainingDataGb)
  if (words === undefined || totalBytes === undefined || remainingBytes === undefined) return undefined
  const [status, ofPackage] = words
  const plan = { id: String(id), name: planName, totalBytes, remainingBytes, status: ofPackage }
  return {
    status,
    canRenew: false,
    packages: [{ ...plan, activatedAt: undefined, expiresAt: undefined }],
    coverage: [],
  }
}

type Words = readonly [EsimStatus['status'], EsimStatus['packages'][number]['status']]

const meanings: ReadonlyMap<string, Words> = new Map<string, Words>([
  ['pending activation', ['Released', 'waiting']],
  ['data started', ['Active', 'active']],
  ['depleted', ['Depleted', 'depleted']],
  ['expired', ['Expired', 'expired']],
])
