import type { SupplierId } from '../../values/ids.ts'
import type { Currency } from '../../values/money.ts'

/** Our account with somebody we buy from. Its settings, which hold keys, are told to its connector alone. */
export type SupplierAccount = {
  readonly id: SupplierId
  /** "scrip-kenya": how people and the ledger name it. */
  readonly code: string
  readonly name: string
  /** Which protocol it speaks. */
  readonly connector: string
  /** What it bills in. */
  readonly currency: Currency
  /** The least is asked first. */
  readonly priority: number
  /** Calls at a time from one process. */
  readonly concurrency: number
  readonly active: boolean
  readonly createdAt: Date
}
