import type { Db } from '../../platform/database.ts'
import { randomCharacters } from '../../platform/secrets.ts'
import { codeAlphabet } from '../vouchers/code.ts'
import { isReceiptUsed } from './redemptions.sql.ts'

/**
 * The number of a receipt, eight capitals and digits, that no redemption has yet: people name a redemption by it alone, and of ten million
 * random ones some fifty would be another's.
 *
 * @param draw makes one
 */
export async function newReceipt(
  db: Db,
  draw: () => string = () => randomCharacters(codeAlphabet, 8),
): Promise<string> {
  for (let tries = 0; tries < triesMost; tries += 1) {
    const receipt = draw()
    if (!(await isReceiptUsed(db, receipt))) return receipt
  }
  throw new Error(`Each of ${triesMost} numbers drawn for a receipt was used already.`)
}

const triesMost = 10
