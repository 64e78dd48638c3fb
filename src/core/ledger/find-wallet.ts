import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import type { Wallet } from './ledger.ts'
import { selectWallet } from './wallets.sql.ts'

/** One of the partner's wallets as it now is. Throws Failure wallet_not_found, for another partner's wallet too. */
export async function findWallet(db: Db, partnerId: PartnerId, walletId: WalletId): Promise<Wallet> {
  const wallet = await selectWallet(db, partnerId, walletId)
  if (wallet === undefined) throw new Failure('wallet_not_found')
  return wallet
}
