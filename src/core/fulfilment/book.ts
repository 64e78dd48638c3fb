import type { SupplierId } from '../../values/ids.ts'
import type { SupplierAccount } from './account.ts'
import type { Supplier } from './supplier.ts'

/** A supplier with what this process knows of it. */
export type BookedSupplier = {
  readonly account: SupplierAccount
  readonly supplier: Supplier
  readonly breaker: {
    /** Whether a call would be refused now. */
    isOpen(): boolean
    /** Makes a call; undefined: it was refused. See platform/breaker.ts. */
    run<T>(call: () => Promise<T>, isFailure: (value: T) => boolean): Promise<T | undefined>
  }
  /** Calls under way from this process, whatever has changed about the account since they began. */
  readonly calls: { inHand: number }
}

/** Everybody that this process can buy from, opened, and up to date within some seconds. */
export type SupplierBook = {
  find(id: SupplierId): BookedSupplier | undefined
  all(): readonly BookedSupplier[]
  close(): Promise<void>
}
