import { violatedConstraint } from '../../platform/database.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, SkuId, WalletId } from '../../values/ids.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import {
  deleteBalanceAlert,
  deleteStockAlert,
  selectBalanceAlerts,
  selectStockAlerts,
  upsertBalanceAlert,
  upsertStockAlert,
} from './alerts.sql.ts'

/**
 * Says below how much of a wallet its owners are told by mail, once each time it falls below; undefined: not at all. What counts is what can be
 * spent without an overdraft. Throws Failure wallet_not_found, validation_failed.
 */
export async function setBalanceAlert(
  tx: Tx,
  command: {
    readonly partnerId: PartnerId
    readonly walletId: WalletId
    /** Micro-units, above zero. */
    readonly threshold: Micros | undefined
    readonly actor: string
  },
): Promise<void> {
  const { partnerId, walletId, threshold, actor } = command
  if (threshold === undefined) await deleteBalanceAlert(tx, partnerId, walletId)
  else {
    if (threshold <= 0n || threshold > largestAmountMicros) throw invalid('The mark must be above zero.')
    await upsertBalanceAlert(tx, { partnerId, walletId, threshold }).catch((error: unknown) => {
      throw violatedConstraint(error) === 'balance_alerts_partner_id_wallet_id_fkey'
        ? new Failure('wallet_not_found', { cause: error })
        : error
    })
  }
  const details = { threshold: threshold ?? null }
  await recordAudit(tx, { actor, action: 'wallet.alert_set', partnerId, subject: walletId, details })
}

/** Below how much each of a partner's wallets is told of; micro-units. */
export async function findBalanceAlerts(
  db: Db,
  partnerId: PartnerId,
): Promise<ReadonlyMap<WalletId, Micros>> {
  const rows = await selectBalanceAlerts(db, partnerId)
  return new Map(rows.map(({ walletId, threshold }) => [walletId, threshold]))
}

/** Says below how many codes of a SKU those who keep the stock are told by mail; undefined: not at all. Throws Failure sku_not_found, validation_failed. */
export async function setStockAlert(
  tx: Tx,
  command: { readonly skuId: SkuId; readonly threshold: number | undefined; readonly actor: string },
): Promise<void> {
  const { skuId, threshold, actor } = command
  if (threshold === undefined) await deleteStockAlert(tx, skuId)
  else {
    if (!Number.isInteger(threshold) || threshold < 1 || threshold > 1_000_000_000)
      throw invalid('The mark must be a whole number from 1 to 1,000,000,000.')
    await upsertStockAlert(tx, skuId, threshold).catch((error: unknown) => {
      throw violatedConstraint(error) === 'stock_alerts_sku_id_fkey'
        ? new Failure('sku_not_found', { cause: error })
        : error
    })
  }
  const details = { threshold: threshold ?? null }
  await recordAudit(tx, { actor, action: 'stock.alert_set', subject: skuId, details })
}

/** Below how many codes each of the SKUs is told of. */
export async function findStockAlerts(db: Db, skuIds: readonly SkuId[]): Promise<ReadonlyMap<SkuId, number>> {
  const rows = await selectStockAlerts(db, skuIds)
  return new Map(rows.map(({ skuId, threshold }) => [skuId, threshold]))
}

function invalid(sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field: 'threshold', sentence }] })
}
