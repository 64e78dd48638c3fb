import { openBreaker } from '../../platform/breaker.ts'
import type { Database } from '../../platform/database.ts'
import type { SupplierId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { BookedSupplier, SupplierBook } from './book.ts'
import type { OpenSupplier } from './open-account.ts'
import type { ConnectorSettings } from './supplier.ts'
import { selectSuppliers } from './suppliers.sql.ts'
import type { SupplierRow } from './suppliers.sql.ts'

/**
 * Opens all suppliers, and opens them anew when one has changed. One that cannot be opened is left out and told of.
 *
 * @param options.breaker after how many failures in a row a supplier is left alone, and for how long; 5 and 10 s by default
 * @param onError told of each account that could not be opened, and of each look that failed
 */
export async function openSupplierBook(
  database: Database,
  keyRing: KeyRing,
  open: OpenSupplier,
  onError: (error: unknown, code?: string) => void,
  options: { readonly breaker?: { readonly failures: number; readonly restMs: number } } = {},
): Promise<SupplierBook> {
  let held: ReadonlyMap<SupplierId, Entry> = new Map()
  let last: Promise<void> = Promise.resolve()

  async function load(): Promise<void> {
    const entries = new Map<SupplierId, Entry>()
    for (const row of await selectSuppliers(database)) {
      const known = held.get(row.id)
      try {
        const booked = known?.mark === markOf(row) ? known.booked : await openRow(row, known?.booked)
        if (booked !== undefined) entries.set(row.id, { mark: markOf(row), booked })
      } catch (error) {
        onError(error, row.code)
      }
    }
    held = entries
  }

  async function openRow(
    row: SupplierRow,
    known: BookedSupplier | undefined,
  ): Promise<BookedSupplier | undefined> {
    const { settings, dataKeyId, ...account } = row
    const text = await keyRing.open({ ciphertext: settings, dataKeyId }, row.id)
    const supplier = open(row.connector, JSON.parse(text) as ConnectorSettings) // `createSupplier` wrote it.
    if (supplier === undefined) {
      onError(new Error(`There is no connector "${row.connector}" here.`), row.code)
      return undefined
    }
    return {
      account,
      supplier,
      breaker: known?.breaker ?? openBreaker(options.breaker ?? breakerUsual),
      calls: known?.calls ?? { inHand: 0 },
    }
  }

  function refresh(): void {
    last = last.then(load).catch((error: unknown) => onError(error))
  }

  await load()
  const subscription = database.listen('suppliers_changed', refresh, refresh)
  return {
    find: (id) => held.get(id)?.booked,
    all: () => [...held.values()].map(({ booked }) => booked),
    async close() {
      await subscription.close()
      await last
    },
  }
}

type Entry = { readonly mark: string; readonly booked: BookedSupplier }

/** What an account was opened from: with the same, it need not be opened again. */
function markOf({ settings, ...row }: SupplierRow): string {
  return `${JSON.stringify(row)}/${settings.toString('base64')}`
}

const breakerUsual = { failures: 5, restMs: 10_000 }
