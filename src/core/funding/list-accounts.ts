import type { Db } from '../../platform/database.ts'
import type { PartnerId } from '../../values/ids.ts'
import type { DedicatedAccount, ReceivingAccount } from './funding.ts'
import { selectDedicatedAccounts, selectReceivingAccounts } from './funding.sql.ts'

/** Our own accounts, those that are open first. At most 1,000. */
export async function listReceivingAccounts(db: Db): Promise<ReceivingAccount[]> {
  return selectReceivingAccounts(db, accountsMost)
}

/** The accounts that are a partner's wallets' alone. At most 1,000. */
export async function listDedicatedAccounts(db: Db, partnerId: PartnerId): Promise<DedicatedAccount[]> {
  return selectDedicatedAccounts(db, partnerId, accountsMost)
}

const accountsMost = 1_000
