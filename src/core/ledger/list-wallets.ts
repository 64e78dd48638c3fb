import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { Wallet } from './ledger.ts'
import { selectWallets } from './wallets.sql.ts'

/** The partner's wallets, the default one first, then by currency and number. A partner has a handful; over a thousand are cut off. */
export async function listWallets(db: Db, partnerId: PartnerId): Promise<Wallet[]> {
  return selectWallets(db, partnerId, walletsMost)
}

const walletsMost = 1_000
