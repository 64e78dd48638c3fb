import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { TransferId } from '../../values/ids.ts'
import { moveVoucherMoney } from '../ledger/move-voucher-money.ts'
import { expireLot } from './vouchers.sql.ts'

/**
 * Gives what is left of vouchers that have ended back to the wallets that paid for them, a lot per transaction. It may run twice at the
 * same time: a voucher is in one's hands only.
 *
 * @returns how many vouchers ended
 */
export async function expireVouchers(
  database: Database,
  limits: { readonly perLot?: number; readonly lotsMost?: number } = {},
): Promise<number> {
  const { perLot = 1_000, lotsMost = 10_000 } = limits
  let ended = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const count = await database.inTransaction(async (tx) => {
      const parts = await expireLot(tx, perLot)
      for (const { partnerId, walletId, currency, amount } of parts) {
        const sides = [
          { kind: 'wallet', walletId, amount },
          { kind: 'voucher_liability', amount: -amount },
        ] as const
        await moveVoucherMoney(tx, {
          kind: 'voucher_expiry',
          currency,
          transfers: [{ partnerId, id: newId<TransferId>(), sides }],
          description: 'Unspent vouchers that ended',
          actor: 'system',
        })
      }
      return parts.reduce((sum, part) => sum + part.count, 0)
    })
    ended += count
    if (count === 0) break
  }
  return ended
}
