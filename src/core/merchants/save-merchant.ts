import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { MerchantId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isMerchantCode, isName } from './merchant.ts'
import type { Merchant } from './merchant.ts'
import { upsertMerchant } from './merchants.sql.ts'

/**
 * Makes a merchant, or changes the one with the code. A closed one is named by no new voucher, and its tills take nothing; what it is owed stays.
 * Throws Failure validation_failed.
 */
export async function saveMerchant(
  tx: Tx,
  command: Omit<Merchant, 'id'> & { readonly actor: string },
): Promise<Merchant> {
  const { actor, ...merchant } = command
  const fields: FieldProblem[] = []
  const sentence = 'It must be small letters, digits and dashes, 64 at the most.'
  if (!isMerchantCode(merchant.code)) fields.push({ field: 'code', sentence })
  if (!isMerchantCode(merchant.category.code)) fields.push({ field: 'category', sentence })
  if (!isName(merchant.name)) fields.push({ field: 'name', sentence: nameSentence })
  if (!isName(merchant.category.name)) fields.push({ field: 'category_name', sentence: nameSentence })
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const saved = await upsertMerchant(tx, { ...merchant, id: newId<MerchantId>() })
  await recordAudit(tx, { actor, action: 'merchant.saved', subject: saved.id, details: { ...merchant } })
  return saved
}

const nameSentence = 'It must be 1 to 200 characters of one line.'
