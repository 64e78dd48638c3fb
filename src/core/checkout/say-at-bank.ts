import type { Tx } from '../../platform/database.ts'
import type { CheckoutId } from '../../values/ids.ts'
import { storeWord } from './decisions.sql.ts'

/**
 * What the buyer says on the page of a simulated bank: the bank's own memory, which a real one keeps by itself. The first word stands.
 * False, and nothing happened: the bank was not asked, or it has decided.
 */
export async function sayAtBank(tx: Tx, id: CheckoutId, word: 'approve' | 'decline'): Promise<boolean> {
  return storeWord(tx, id, word)
}
