import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, RedemptionId } from '../../values/ids.ts'
import type { Redemption, Share } from './redemption.ts'
import { selectByReceipt, selectRedemption, selectShares } from './redemptions.sql.ts'

/** A redemption with its vouchers' shares, in the order in which they were taken. Throws Failure redemption_not_found. */
export async function findRedemption(
  db: Db,
  partnerId: PartnerId,
  id: RedemptionId,
): Promise<Redemption & { readonly shares: readonly Share[] }> {
  const redemption = await selectRedemption(db, partnerId, id)
  if (redemption === undefined) throw new Failure('redemption_not_found')
  return { ...redemption, shares: await selectShares(db, id) }
}

/** For operators: the redemption of a receipt; of several with one number, the newest. Throws Failure redemption_not_found. */
export async function findByReceipt(
  db: Db,
  receipt: string,
): Promise<Redemption & { readonly shares: readonly Share[] }> {
  const [redemption] = await selectByReceipt(db, receipt)
  if (redemption === undefined) throw new Failure('redemption_not_found')
  return { ...redemption, shares: await selectShares(db, redemption.id) }
}

/** For the owner of a telephone: the redemption of a receipt that is about it; of several with one number, the newest. Throws Failure redemption_not_found. */
export async function findReceiptOf(db: Db, phone: string, receipt: string): Promise<Redemption> {
  const found = (await selectByReceipt(db, receipt)).find((one) => one.phone === phone)
  if (found === undefined) throw new Failure('redemption_not_found')
  return found
}
