import type { Db } from '../../platform/database.ts'
import { withdrawExpired } from './stock.sql.ts'

/**
 * Takes expired codes out of the stock and keeps them aside, in steps of 5,000 that each commit with their movements.
 * A code that a running order holds is left to the next time. @returns how many codes left.
 */
export async function expireCodes(db: Db, actor: string): Promise<number> {
  let expired = 0
  for (;;) {
    const gone = await withdrawExpired(db, { reason: 'expiry', note: '', actor, limit: step })
    expired += gone
    if (gone === 0) return expired
  }
}

const step = 5_000
