import { isInteger } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import { findWallet } from './find-wallet.ts'
import type { WalletEntry } from './ledger.ts'
import { selectEntries } from './transfers.sql.ts'
import type { EntryRow } from './transfers.sql.ts'

/** A page of a wallet's statement, newest first. Throws Failure wallet_not_found, and validation_failed for a foreign cursor. */
export async function listWalletEntries(
  db: Db,
  partnerId: PartnerId,
  walletId: WalletId,
  request: PageRequest,
): Promise<Page<WalletEntry>> {
  const wallet = await findWallet(db, partnerId, walletId)
  const page = await keysetPage<EntryRow>(
    {
      name: 'wallet entries',
      filters: { partnerId, walletId },
      keyShapes: [isInteger],
      keyOf: (entry) => [entry.number.toString()],
      find: (position, limit) => selectEntries(db, partnerId, wallet.code, position, limit),
    },
    request,
  )
  return { ...page, rows: page.rows.map(toEntry) }
}

function toEntry(row: EntryRow): WalletEntry {
  return { ...row, orderId: row.orderId ?? undefined, paymentMethod: row.paymentMethod ?? undefined }
}
