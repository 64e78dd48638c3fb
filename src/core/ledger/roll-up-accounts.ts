import type { Database } from '../../platform/database.ts'
import { countNextTransfers, insertMissingTotals } from './totals.sql.ts'

/**
 * Brings the totals of all accounts forward, so that a balance of an account without a running row costs one row and what is not
 * counted yet. Orders never wait for it, and it may run in several processes at once.
 *
 * How far it has counted is not a time and not a transaction number but, for each wallet and each account of corrections, the number
 * of an entry. Entries of such an account are numbered under its row's lock, which is held until the transaction ends: whoever sees
 * one with n entries sees all n of them and their transfers, and what commits later has a higher number. So nothing that commits
 * late, with an older time, is missed, and no clock matters. It rests on every transfer having a numbered entry, which `checkLedger`
 * proves.
 *
 * @returns how many lots were counted; when it equals `lotsMost`, there may be more to do
 */
export async function rollUpAccounts(
  database: Database,
  limits: {
    readonly lotsMost?: number
    readonly walletsPerLot?: number
    readonly entriesPerWallet?: number
  } = {},
): Promise<number> {
  const { lotsMost = 10_000, walletsPerLot = 50, entriesPerWallet = 1_000 } = limits
  await insertMissingTotals(database)
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const wallets = await database.inTransaction((tx) =>
      countNextTransfers(tx, walletsPerLot, entriesPerWallet),
    )
    if (wallets === 0) return lot
  }
  return lotsMost
}
