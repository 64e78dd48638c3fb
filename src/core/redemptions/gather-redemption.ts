import type { Database } from '../../platform/database.ts'
import { parseId } from '../../values/ids.ts'
import type { PartnerId, RedemptionId, VoucherId } from '../../values/ids.ts'
import { findDisbursements } from '../disbursements/find-disbursement.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findPartner } from '../partners/find-partner.ts'
import { findVouchers } from '../vouchers/find-voucher.ts'
import { revealCodes } from '../vouchers/reveal-codes.ts'
import { findRedemption } from './find-redemption.ts'
import { selectMerchantCode } from './redemptions.sql.ts'
import type { TellableRedemption } from './redemption.ts'

/** What an event `redemption.completed` is about, for the partner that is told. */
export async function gatherRedemption(
  database: Database,
  keyRing: KeyRing,
  event: { readonly partnerId: PartnerId; readonly details: Readonly<Record<string, unknown>> },
): Promise<{ readonly subject: TellableRedemption; readonly secrets: readonly string[] }> {
  const { partnerId, details } = event
  const id = parseId<RedemptionId>(String(details['redemption_id']))
  const redeemerId = parseId<PartnerId>(String(details['redeemer_id']))
  if (id === undefined || redeemerId === undefined) throw new Error('The event names no redemption.')
  const { shares, ...redemption } = await findRedemption(database, redeemerId, id)
  const own = shares.filter((share) => share.partnerId === partnerId)
  const vouchers = await findVouchers(
    database,
    partnerId,
    own.map(({ voucherId }) => voucherId),
  )
  const disbursementIds = [...new Set(vouchers.flatMap(({ disbursementId }) => disbursementId ?? []))]
  const open = new Set(
    (await findDisbursements(database, partnerId, disbursementIds))
      .filter(({ revealsCodes }) => revealsCodes)
      .map((disbursement) => disbursement.id),
  )
  const revealed = vouchers.filter(
    ({ disbursementId }) => disbursementId !== undefined && open.has(disbursementId),
  )
  const codes = await revealCodes(
    database,
    keyRing,
    partnerId,
    revealed.map((voucher) => voucher.id),
  )
  const byId = new Map<VoucherId, (typeof vouchers)[number]>(vouchers.map((voucher) => [voucher.id, voucher]))
  const told = own.flatMap(({ voucherId, amount }) => {
    const voucher = byId.get(voucherId)
    return voucher === undefined
      ? []
      : [{ holder: voucher.holder, phone: voucher.phone, amount, code: codes.get(voucherId) }]
  })
  const { timeZone } = await findPartner(database, { id: partnerId })
  const merchantCode =
    redemption.merchantId === undefined
      ? undefined
      : await selectMerchantCode(database, redemption.merchantId)
  return { subject: { ...redemption, merchantCode, timeZone, vouchers: told }, secrets: [...codes.values()] }
}
