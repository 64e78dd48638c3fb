import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, SkuId } from '../../values/ids.ts'
import type { SupplierBook } from './book.ts'
import { selectCandidates } from './candidates.sql.ts'

/** What is known of an account: who holds it, where that is told; undefined: there is no such account. */
export type FoundAccount = { readonly holder: string | undefined }

/**
 * Asks the suppliers of a SKU, the first ones first, whether a recipient's account exists. Throws Failure unavailable where none of them can
 * tell now.
 */
export async function validateAccount(
  db: Db,
  book: SupplierBook,
  wanted: {
    readonly partnerId: PartnerId
    readonly skuId: SkuId
    readonly recipient: Readonly<Record<string, string>>
  },
): Promise<FoundAccount | undefined> {
  const { partnerId, skuId, recipient } = wanted
  const sources = await selectCandidates(db, { partnerId, skuId, refusedBy: [], iccid: null })
  for (const { supplierId, productCode } of sources.toSorted((a, b) => a.priority - b.priority)) {
    const booked = book.find(supplierId)
    const ask = booked?.supplier.validate?.bind(booked.supplier)
    if (booked === undefined || ask === undefined) continue
    const timeoutMs = Math.min(booked.supplier.profile.timeoutMs, patienceMs)
    const answer = await booked.breaker
      .run(
        () => ask({ productCode, recipient }, { timeoutMs, mayStillSend: () => true }),
        ({ state }) => state === 'unknown',
      )
      // What was thrown is a defect of the connector, and says nothing of the account.
      .catch(() => undefined)
    if (answer?.state === 'valid') return { holder: answer.name }
    if (answer?.state === 'invalid') return undefined
  }
  throw new Failure('unavailable', {
    retryAfterSeconds: 5,
    internal: 'no supplier could validate the account',
  })
}

const patienceMs = 10_000
