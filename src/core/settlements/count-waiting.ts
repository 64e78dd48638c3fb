import type { Db } from '../../platform/database.ts'
import { selectDetailsWaiting } from './details.sql.ts'
import { selectSettlementsWaiting } from './settlements.sql.ts'

type Waiting = { readonly count: bigint; readonly since: Date | undefined }

/** How many payouts and returns wait for a second person, and since when the oldest; undefined: none does. */
export async function countWaitingSettlements(db: Db): Promise<Waiting> {
  const { count, since } = await selectSettlementsWaiting(db)
  return { count, since: since ?? undefined }
}

/** The same for bank details of merchants. */
export async function countWaitingBankDetails(db: Db): Promise<Waiting> {
  const { count, since } = await selectDetailsWaiting(db)
  return { count, since: since ?? undefined }
}
