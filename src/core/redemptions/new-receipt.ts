import { randomCharacters } from '../../platform/secrets.ts'
import { codeAlphabet } from '../vouchers/code.ts'

/** The number of a receipt: eight capitals and digits. */
export function newReceipt(): string {
  return randomCharacters(codeAlphabet, 8)
}
