import type { Database } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import { changeStatus } from './change-status.ts'
import { selectExpired } from './checkouts.sql.ts'
import { withdrawDecision } from './decisions.sql.ts'

/** Ends orders that nobody has paid for in time, each in a transaction of its own. Answers how many there were. */
export async function expireCheckouts(database: Database, keyRing: KeyRing): Promise<number> {
  let expired = 0
  for (let lot = 0; lot < lotsMost; lot += 1) {
    const ids = await selectExpired(database, lotSize)
    for (const id of ids) {
      const change = { status: 'unsuccessful', endReason: 'expired', when: 'expired' } as const
      const isOver = await database.inTransaction(async (tx) => {
        const ended = await changeStatus(tx, keyRing, id, change)
        if (ended !== undefined) await withdrawDecision(tx, ended.partnerId, id)
        return ended !== undefined
      })
      if (isOver) expired += 1
    }
    if (ids.length < lotSize) break
  }
  return expired
}

const lotSize = 200
const lotsMost = 500
