import { Failure } from '../../values/failure.ts'
import type { Esim } from './esim.ts'
import type { SupplierBook } from './book.ts'
import type { EsimStatus } from './supplier.ts'

/** How an eSIM is doing, as its supplier says now. Throws Failure unavailable where that cannot be asked. */
export async function askEsimStatus(book: SupplierBook, esim: Esim): Promise<EsimStatus> {
  const booked = book.find(esim.supplierId)
  const ask = booked?.supplier.esimStatus?.bind(booked.supplier)
  if (booked === undefined || ask === undefined) throw unavailable('its supplier cannot be asked')
  const timeoutMs = Math.min(booked.supplier.profile.timeoutMs, patienceMs)
  const status = await booked.breaker
    .run(
      () => ask(esim, { timeoutMs, mayStillSend: () => true }),
      (found) => found === undefined,
    )
    .catch((error: unknown) => {
      throw unavailable('its supplier could not be asked', error)
    })
  if (status === undefined) throw unavailable('its supplier did not say')
  return status
}

function unavailable(internal: string, cause?: unknown): Failure {
  return new Failure('unavailable', { retryAfterSeconds: 5, internal, cause })
}

const patienceMs = 10_000
